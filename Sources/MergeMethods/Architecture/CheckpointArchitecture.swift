import Checkpointing
import Foundation
import Transformer

/// What a checkpoint consists of: the name, shape and place of every tensor, as `config.json` says.
///
/// Nothing is assumed: the number of layers, widths, biases and whether the head is tied are read.
package struct CheckpointArchitecture: Sendable {
    /// Something that models must agree on to be merged.
    package struct Setting: Hashable, Sendable {
        /// The key of `config.json`.
        package let key: String
        /// What it is, as text.
        package let value: String
    }

    /// The family.
    package let family: ModelFamily
    /// The number of layers.
    package let layerCount: Int
    /// Whether the output head is the embedding matrix.
    package let tiedHead: Bool
    /// Exactly the tensors of the model, from the input to the output.
    package let tensors: [ArchitectureTensor]
    /// What models must agree on to be merged: shape, and how the tensors are computed with.
    package let settings: [Setting]
    /// What models may differ in, and the user should know.
    package let companions: [Setting]
    /// The tokens that begin, end and fill texts, as text by their keys; `null` is left out.
    package let tokens: [String: String]
    /// What the checkpoint may hold as head; nil when it was not read from a folder.
    package let head: TiedHead?

    private let sizes: Sizes

    /// The rows of the embeddings.
    package var vocabularySize: Int { sizes.vocabulary }

    /// The numbers that decide which tensors there are.
    struct Sizes: Sendable {
        var family: ModelFamily
        var vocabulary: Int
        var width: Int
        var layers: Int
        var heads: Int
        var keyValueHeads: Int
        var headWidth: Int
        var hidden: Int
        var tiedHead: Bool
        /// Biases of query, key and value.
        var inputBias = false
        /// Bias of the attention's output.
        var outputBias = false
        /// Biases of gate, up and down.
        var mlpBias = false
    }

    /// Reads and checks `config.json` of a checkpoint folder.
    ///
    /// - Throws: `ConfigurationError` when a value is missing, of the wrong type or out of range,
    ///   what contradicts another value, the family is none of `ModelFamily`, or the weights are
    ///   quantized.
    package init(in folder: URL) throws {
        let fields = try ConfigurationFields(of: folder)
        let model = try HubModel(fields)
        let sizes = try Sizes(model, fields)
        self.init(
            sizes,
            settings: try Self.settings(of: model, fields, sizes),
            companions: Self.companions(of: model),
            tokens: fields.texts(of: ["bos_token_id", "eos_token_id", "pad_token_id"]),
            head: model.head
        )
    }

    /// The tensors of a model in memory.
    package init(_ configuration: ModelConfiguration) {
        let sizes = Sizes(
            family: ModelFamily(rawValue: configuration.family.rawValue) ?? .llama,
            vocabulary: configuration.vocabularySize,
            width: configuration.modelWidth,
            layers: configuration.layerCount,
            heads: configuration.headCount,
            keyValueHeads: configuration.keyValueHeadCount,
            headWidth: configuration.headWidth,
            hidden: configuration.hiddenWidth,
            tiedHead: configuration.tiedEmbeddings,
            inputBias: configuration.biases.contains(.queryKeyValue),
            outputBias: configuration.biases.contains(.attentionOutput),
            mlpBias: configuration.biases.contains(.feedForward)
        )
        self.init(sizes, settings: sizes.settings)
    }

    private init(
        _ sizes: Sizes,
        settings: [Setting],
        companions: [Setting] = [],
        tokens: [String: String] = [:],
        head: TiedHead? = nil
    ) {
        family = sizes.family
        layerCount = sizes.layers
        tiedHead = sizes.tiedHead
        tensors = Self.tensors(of: sizes)
        self.settings = settings
        self.companions = companions
        self.tokens = tokens
        self.head = head
        self.sizes = sizes
    }

    /// The same model with another number of layers.
    func with(layerCount: Int) -> CheckpointArchitecture {
        guard layerCount != self.layerCount else { return self }
        var sizes = sizes
        sizes.layers = layerCount
        return CheckpointArchitecture(
            sizes,
            settings: settings.map {
                $0.key == Self.layerCountKey
                    ? Setting(key: $0.key, value: "\(layerCount)") : $0
            },
            companions: companions,
            tokens: tokens,
            head: head
        )
    }

    /// The key of the number of layers in `config.json`.
    package static let layerCountKey = "num_hidden_layers"

    /// The name of a tensor of a layer in another layer.
    static func name(of tensor: String, inLayer layer: Int) -> String {
        var parts = tensor.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if let place = parts.firstIndex(where: { Int($0) != nil }) { parts[place] = "\(layer)" }
        return parts.joined(separator: ".")
    }

    private static func tensors(of sizes: Sizes) -> [ArchitectureTensor] {
        var list: [ArchitectureTensor] = []
        func add(_ name: String, _ shape: [Int], _ place: TensorPlace) {
            list.append(ArchitectureTensor(name: name, shape: shape, place: place))
        }
        add(TiedHead.embeddingsName, [sizes.vocabulary, sizes.width], .embeddings)
        for layer in 0..<sizes.layers {
            for tensor in layerTensors(of: sizes) {
                let place = TensorPlace.layer(layer, tensor.half)
                add("model.layers.\(layer).\(tensor.name)", tensor.shape, place)
            }
        }
        add("model.norm.weight", [sizes.width], .finalNorm)
        if !sizes.tiedHead { add(TiedHead.headName, [sizes.vocabulary, sizes.width], .head) }
        return list
    }

    private static func layerTensors(
        of sizes: Sizes
    ) -> [(name: String, shape: [Int], half: LayerHalf)] {
        var list: [(name: String, shape: [Int], half: LayerHalf)] = []
        func norms(_ names: [String], _ half: LayerHalf) {
            for name in names { list.append(("\(name).weight", [sizes.width], half)) }
        }
        func linear(_ name: String, _ out: Int, _ into: Int, bias: Bool, _ half: LayerHalf) {
            list.append(("\(name).weight", [out, into], half))
            if bias { list.append(("\(name).bias", [out], half)) }
        }
        let queries = sizes.heads * sizes.headWidth
        let keys = sizes.keyValueHeads * sizes.headWidth
        norms(sizes.family.norms.attention, .attention)
        linear("self_attn.q_proj", queries, sizes.width, bias: sizes.inputBias, .attention)
        linear("self_attn.k_proj", keys, sizes.width, bias: sizes.inputBias, .attention)
        linear("self_attn.v_proj", keys, sizes.width, bias: sizes.inputBias, .attention)
        linear("self_attn.o_proj", sizes.width, queries, bias: sizes.outputBias, .attention)
        if sizes.family.normalizesHeads {
            for name in ["self_attn.q_norm", "self_attn.k_norm"] {
                list.append(("\(name).weight", [sizes.headWidth], .attention))
            }
        }
        norms(sizes.family.norms.mlp, .mlp)
        linear("mlp.gate_proj", sizes.hidden, sizes.width, bias: sizes.mlpBias, .mlp)
        linear("mlp.up_proj", sizes.hidden, sizes.width, bias: sizes.mlpBias, .mlp)
        linear("mlp.down_proj", sizes.width, sizes.hidden, bias: sizes.mlpBias, .mlp)
        return list
    }

    /// Whether a stored tensor can be computed from `config.json`, so that nobody needs it.
    ///
    /// Old checkpoints hold the frequencies of the rotary positions.
    package static func isDerived(_ name: String) -> Bool { name.hasSuffix(".rotary_emb.inv_freq") }
}
