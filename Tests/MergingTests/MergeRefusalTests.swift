import Checkpointing
import Foundation
import MergeMethods
import Merging
import Testing
import Transformer

@Suite("Models that are not merged")
struct MergeRefusalTests {
    private let workspace = MergeWorkspace(threadCount: 1)
    private let method = MergeMethod.layerSwap(.defaults(layerCount: 4))

    private func refusal(_ inputs: [MergeInput]) -> MergeError? {
        #expect(throws: MergeError.self) {
            _ = try MergeExecutor(method, of: inputs, workspace: workspace)
        }
    }

    private func descriptions(_ input: MergeInput) throws -> [TensorDescription] {
        try TensorCollection(at: input.folder).tensors
    }

    @Test("A missing model, and two of one name")
    func names() throws {
        let folders = try MergeFolders()
        let language = try folders.make("language", seed: 1)
        #expect(refusal([language]) == .missingInput(name: "math", given: ["language"]))
        #expect(refusal([]) != nil)
        #expect(refusal([language, language]) == .repeatedInput(name: "language"))
    }

    @Test("Different shapes, naming what differs; how weights were drawn is no difference")
    func shapes() throws {
        let folders = try MergeFolders()
        let language = try folders.make("language", seed: 1)
        var shape = MergeFolders.shape(layers: 4)
        shape.initializerRange = 0.5
        let math = try folders.make("math", shape, seed: 2)
        #expect(throws: Never.self) {
            try MergeExecutor(method, of: [language, math], workspace: workspace)
        }
        for (key, change) in [
            ("intermediate_size", { (shape: inout ModelConfiguration) in shape.hiddenWidth = 10 }),
            ("rope_theta", { $0.ropeTheta = 500_000 }),
            ("num_hidden_layers", { $0.layerCount = 5 }),
            ("tie_word_embeddings", { $0.tiedEmbeddings = false }),
        ] as [(String, (inout ModelConfiguration) -> Void)] {
            var shape = MergeFolders.shape(layers: 4)
            change(&shape)
            let other = try folders.make("math-\(key)", shape, seed: 2)
            let error = refusal([language, MergeInput(name: "math", folder: other.folder)])
            guard case .configuration(key, let first, let second) = error else {
                Issue.record("\(key): \(error?.description ?? "accepted")")
                continue
            }
            #expect(first.input == "language" && second.input == "math")
            #expect(first.value != second.value)
        }
    }

    @Test("Different tokenizers, or only one", arguments: ["other pieces", nil])
    func tokenizers(text: String?) throws {
        let folders = try MergeFolders()
        let language = try folders.make("language", seed: 1)
        let math = try folders.make("math", seed: 2, tokenizer: text)
        guard case .tokenizer(let file, let first, let second) = refusal([language, math]) else {
            Issue.record("accepted")
            return
        }
        #expect(file == "tokenizer.model")
        // printf pieces | sha256sum
        #expect(first.value == "b6aa423de4f7…")
        #expect((second.value == "missing") == (text == nil))
        #expect(first.value != second.value)
    }

    @Test("Missing and surplus tensors are named")
    func tensors() throws {
        let folders = try MergeFolders()
        let language = try folders.make("language", seed: 1)
        let math = try folders.make("math", seed: 2)
        let path = math.folder.path(percentEncoded: false)
        let all = try descriptions(math)
        let absent = "model.layers.3.mlp.up_proj.weight"
        try folders.rewrite(math.folder, all.filter { $0.name != absent }) {
            Data(count: $0.byteCount)
        }
        #expect(
            refusal([language, math])
                == .missingTensors(input: "math", path: path, names: [absent], repair: nil)
        )
        let extra = try TensorDescription(
            name: "model.layers.0.self_attn.q_proj.bias",
            elementType: .float32,
            shape: [8]
        )
        try folders.rewrite(math.folder, all + [extra]) { Data(count: $0.byteCount) }
        #expect(
            refusal([language, math])
                == .surplusTensors(input: "math", path: path, names: [extra.name], repair: nil)
        )
    }

    @Test("A tensor of another shape, of another stored type, or of whole numbers")
    func stored() throws {
        let folders = try MergeFolders()
        let language = try folders.make("language", seed: 1)
        let math = try folders.make("math", seed: 2)
        let all = try descriptions(math)
        // In the transition, so that it is read from both.
        let name = "model.layers.1.mlp.up_proj.weight"
        let turned = try all.map {
            try TensorDescription(
                name: $0.name,
                elementType: .float32,
                shape: $0.name == name ? $0.shape.reversed() : $0.shape
            )
        }
        try folders.rewrite(math.folder, turned) { Data(count: $0.byteCount) }
        #expect(
            refusal([language, math])
                == .shape(
                    input: "math",
                    path: math.folder.path(percentEncoded: false),
                    tensor: name,
                    found: [8, 6],
                    expected: [6, 8]
                )
        )
        let half = try all.map { $0.name == name ? try $0.stored(as: .float16) : $0 }
        try folders.rewrite(math.folder, half) { Data(count: $0.byteCount) }
        let error = refusal([language, math])
        #expect(
            error?.description
                == "'\(name)' is stored as F32 in 'language' and as F16 in 'math'; "
                + "say with dtype how the merged model is stored"
        )
        let whole = try all.map { try $0.stored(as: .int32) }
        for model in [language, math] {
            try folders.rewrite(model.folder, whole) { Data(count: $0.byteCount) }
        }
        guard case .notNumbers = refusal([language, math]) else {
            Issue.record("accepted")
            return
        }
    }

    @Test("Zones that do not fit are refused before weights are opened")
    func zones() throws {
        let folders = try MergeFolders()
        let inputs = try ["language", "math"].map { try folders.make($0, seed: 1) }
        for input in inputs {
            try FileManager.default.removeItem(
                at: input.folder.appending(path: TensorCollection.fileName)
            )
        }
        #expect(throws: LayerSwapError.self) {
            try MergeExecutor(
                .layerSwap(LayerSwap(bottom: 3, top: 2)),
                of: inputs,
                workspace: workspace
            )
        }
    }

    @Test("An existing output is left alone, and inputs are unchanged by a merge")
    func outputs() throws {
        let folders = try MergeFolders()
        let inputs = try ["language", "math"].enumerated().map {
            try folders.make($1, seed: UInt64($0))
        }
        let before = try inputs.map { try ContentHash.of(folder: $0.folder) }
        let executor = try MergeExecutor(method, of: inputs, workspace: workspace)
        #expect(throws: OutputError.self) {
            try executor.write(to: inputs[0].folder, version: "test")
        }
        _ = try executor.write(to: folders.folder("output"), version: "test")
        #expect(throws: OutputError.self) {
            try executor.write(to: folders.folder("output"), version: "test")
        }
        _ = try executor.write(to: folders.folder("output"), replacing: true, version: "test")
        #expect(try inputs.map { try ContentHash.of(folder: $0.folder) } == before)
    }
}
