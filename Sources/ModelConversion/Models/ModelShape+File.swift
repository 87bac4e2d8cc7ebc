import Checkpointing
import Kernels
import Transformer

extension ModelShape {
    /// Reads what a GGUF file says of its model.
    ///
    /// - Throws: `GGUFError` when a key is missing or has a value that no model of the families can
    ///   have, and for what is not converted: other architectures, mixtures of experts, split
    ///   files.
    init(of file: GGUFFile) throws {
        let key = "general.architecture"
        guard let family = Family(rawValue: try file.text(key) ?? "") else {
            let known = Family.allCases.map(\.rawValue).joined(separator: ", ")
            throw file.error(key, expected: "one of \(known)")
        }
        let name = { (key: String) in "\(family.rawValue).\(key)" }
        for key in ["split.count", name("expert_count")] {
            guard let count = file[key]?.integer, count > 1 else { continue }
            throw file.error(
                key,
                expected: key.hasPrefix("split")
                    ? "a model in one file; join the parts with 'llama-gguf-split --merge' first"
                    : "a dense model; mixtures of experts are not converted"
            )
        }
        if let window = file[name("attention.sliding_window")]?.integer, window > 0 {
            throw file.error(name("attention.sliding_window"), expected: "attention to all tokens")
        }
        let has = { (tensor: String) in file.tensor(named: tensor) != nil }
        width = try file.count(name("embedding_length"))
        heads = try file.count(name("attention.head_count"))
        keyValueHeads = try file.count(name("attention.head_count_kv"), default: heads)
        layers = try file.count(name("block_count"))
        hidden = try file.count(name("feed_forward_length"))
        context = try file.count(name("context_length"))
        guard heads % keyValueHeads == 0 else {
            throw file.error(
                name("attention.head_count_kv"),
                expected: "a divisor of the \(heads) heads"
            )
        }
        headWidth = try Self.headWidth(file, name, width: width, heads: heads)
        guard let embedding = file.tensor(named: TensorNames.embedding),
            embedding.shape.count == 2
        else {
            throw GGUFError(
                path: file.path,
                found: "no matrix '\(TensorNames.embedding)'",
                expected: "the embeddings of a model of text"
            )
        }
        vocabulary = embedding.shape[0]
        isTied = !has(TensorNames.head)
        var biases: LinearBiases = []
        if family == .qwen2 || has("blk.0.attn_q.bias") { biases.insert(.queryKeyValue) }
        if has("blk.0.attn_output.bias") { biases.insert(.attentionOutput) }
        if has("blk.0.ffn_up.bias") { biases.insert(.feedForward) }
        self.biases = biases
        let epsilon = name("attention.layer_norm_rms_epsilon")
        guard let value = try file.positive(epsilon) else {
            throw file.error(epsilon, expected: "a number above zero")
        }
        normEpsilon = value
        rotary = try Self.rotary(file, name, headWidth: headWidth)
        self.family = family
        try checkSizes(file, name)
    }

    /// Refuses sizes beyond every machine, which keeps all products inside an `Int`.
    private func checkSizes(_ file: GGUFFile, _ name: (String) -> String) throws {
        guard layers <= 4_096 else {
            throw file.error(name("block_count"), expected: "at most 4096")
        }
        // A layer has nine tensors or more, so that a lie about their number ends here.
        guard layers <= file.tensors.count else {
            throw file.error(
                name("block_count"),
                expected: "no more layers than the \(file.tensors.count) tensors can be of"
            )
        }
        if family == .llama, biases.contains(.queryKeyValue) != biases.contains(.attentionOutput) {
            throw GGUFError(
                path: file.path,
                found: "biases for some products of attention and not for all",
                expected: "'attn_q', 'attn_k', 'attn_v' and 'attn_output' with biases, or none"
            )
        }
        if family != .llama, biases != (family == .qwen2 ? .queryKeyValue : []) {
            throw GGUFError(
                path: file.path,
                found: "biases that layers of \(family.rawValue) do not have",
                expected: "the tensors of \(family.rawValue)"
            )
        }
    }

    private static func headWidth(
        _ file: GGUFFile,
        _ name: (String) -> String,
        width: Int,
        heads: Int
    ) throws -> Int {
        let (keys, values) = (name("attention.key_length"), name("attention.value_length"))
        if file[keys] == nil, width % heads != 0 {
            throw file.error(name("attention.head_count"), expected: "a divisor of \(width)")
        }
        let headWidth = try file.count(keys, default: width / heads)
        guard headWidth % 2 == 0 else { throw file.error(keys, expected: "an even width of heads") }
        for key in [values, name("rope.dimension_count")] {
            guard try file.count(key, default: headWidth) == headWidth else {
                throw file.error(key, expected: "\(headWidth), the width of a head")
            }
        }
        return headWidth
    }

    private static func rotary(
        _ file: GGUFFile,
        _ name: (String) -> String,
        headWidth: Int
    ) throws -> RotaryForm {
        let theta = try file.positive(name("rope.freq_base")) ?? 10_000
        let (kind, factorKey) = (name("rope.scaling.type"), name("rope.scaling.factor"))
        let scaling: RotaryForm.Scaling
        switch try file.text(kind) ?? "none" {
        case "none":
            let old = try file.positive(name("rope.scale_linear")) ?? 1
            scaling = old == 1 ? .plain : .linear(factor: old)
        case "linear":
            guard let factor = try file.positive(factorKey) else {
                throw file.error(factorKey, expected: "a number above zero")
            }
            scaling = factor == 1 ? .plain : .linear(factor: factor)
        case "yarn":
            guard let factor = try file.positive(factorKey) else {
                throw file.error(factorKey, expected: "a number above zero")
            }
            let original = try file.count(name("rope.scaling.original_context_length"))
            scaling = .yarn(factor: factor, originalContext: original)
        default: throw file.error(kind, expected: "none, linear or yarn")
        }
        guard let tensor = file.tensor(named: TensorNames.rotaryFactors) else {
            return RotaryForm(theta: theta, scaling: scaling)
        }
        let room = SharedBuffer(count: tensor.elementCount)
        try file.readRows(0..<tensor.rowCount, of: tensor.name, into: room.view)
        let factors = withExtendedLifetime(room) { room.view.array() }
        guard scaling == .plain, factors.count == headWidth / 2,
            let found = Llama3Scaling(of: factors, theta: theta)
        else {
            throw GGUFError(
                path: file.path,
                found: "'\(TensorNames.rotaryFactors)' holds factors of no scaling known here",
                expected: "those of Llama 3, or no such tensor"
            )
        }
        return RotaryForm(theta: theta, scaling: .llama3(found))
    }
}
