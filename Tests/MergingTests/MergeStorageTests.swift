import Checkpointing
import Foundation
import Kernels
import MergeMethods
import Merging
import Testing
import Transformer

@Suite("How merged models are stored")
struct MergeStorageTests {
    private let workspace = MergeWorkspace(threadCount: 2)

    private func merge(
        _ folders: MergeFolders,
        _ method: MergeMethod,
        _ inputs: [MergeInput],
        _ storage: MergeStorage = MergeStorage(),
        to output: String = "output"
    ) throws -> MergeReport {
        try MergeExecutor(method, of: inputs, storage: storage, workspace: workspace).write(
            to: folders.folder(output),
            version: "test"
        )
    }

    private func pair(
        _ folders: MergeFolders,
        _ shape: ModelConfiguration = MergeFolders.shape(layers: 4)
    ) throws -> [MergeInput] {
        try ["language", "math"].enumerated().map {
            try folders.make($1, shape, seed: UInt64($0))
        }
    }

    private let swap = MergeMethod.layerSwap(
        LayerSwap(bottom: 1, top: 1, bottomTransition: 1, transition: .constant(0.5))
    )

    @Test("Another stored type: every tensor converted once, and the configuration says so")
    func types() throws {
        let folders = try MergeFolders()
        let inputs = try pair(folders)
        _ = try merge(folders, swap, inputs, to: "exact")
        for (type, name) in [
            (ElementType.bfloat16, "bfloat16"), (.float16, "float16"), (.float32, "float32"),
        ] {
            let report = try merge(folders, swap, inputs, MergeStorage(elementType: type), to: name)
            #expect((report.copiedTensors == 0) == (type != .float32))
            let plan = try MergeExecutor(
                swap,
                of: inputs,
                storage: MergeStorage(elementType: type),
                workspace: workspace
            ).plan.lines().joined(separator: "\n")
            #expect(plan.contains(" converted") == (type != .float32), "\(plan)")
            #expect(plan.contains(" 0 copied") == (type != .float32), "\(plan)")
            for tensor in try folders.tensors("exact") {
                let exact = try TensorCollection(at: folders.folder("exact"))
                let count = exact.description(of: tensor)?.elementCount ?? 0
                let buffer = FloatBuffer(count: count)
                try exact.readFloats(of: tensor, into: buffer.view)
                var expected = [UInt8](repeating: 0, count: count * type.byteCount)
                expected.withUnsafeMutableBytes {
                    ElementConversion.encode(buffer.view, as: type, into: $0)
                }
                #expect(try folders.bytes(name, tensor) == expected, "\(tensor)")
            }
            let text = try String(
                contentsOf: folders.folder("\(name)/config.json"),
                encoding: .utf8
            )
            #expect(text.contains("\"torch_dtype\" : \"\(name)\""))
        }
    }

    @Test("Models of different stored types merge when a type is given")
    func mixedTypes() throws {
        let folders = try MergeFolders()
        let language = try folders.make("language", seed: 1, type: .bfloat16)
        let math = try folders.make("math", seed: 2, type: .float16)
        let soup = MergeMethod.average(.uniform(of: ["language", "math"]))
        #expect(throws: MergeError.self) { try merge(folders, soup, [language, math]) }
        // A swap without a transition reads every tensor from one model, and keeps its type.
        let whole = MergeMethod.layerSwap(LayerSwap(bottom: 1, top: 1))
        #expect(try merge(folders, whole, [language, math], to: "swap").computedTensors == 0)
        let storage = MergeStorage(elementType: .float32)
        _ = try merge(folders, soup, [language, math], storage)
        let name = "model.layers.2.mlp.up_proj.weight"
        let values = try ["language", "math", "output"].map { folder in
            let buffer = FloatBuffer(count: 48)
            try TensorCollection(at: folders.folder(folder)).readFloats(of: name, into: buffer.view)
            return buffer.view.array()
        }
        for i in 0..<48 {
            #expect(values[2][i] == Float((Double(values[0][i]) + Double(values[1][i])) / 2))
        }
    }

    @Test("Shards with an index hold the same bytes as one file; the folder opens unchanged")
    func shards() throws {
        let folders = try MergeFolders()
        let inputs = try pair(folders)
        _ = try merge(folders, swap, inputs, to: "whole")
        let report = try merge(folders, swap, inputs, MergeStorage(shardBytes: 2_000))
        #expect(report.weights.count > 2)
        let count = report.weights.count
        let digits = String(repeating: "0", count: 5 - "\(count)".count) + "\(count)"
        #expect(report.weights[0].name == "model-00001-of-\(digits).safetensors")
        for weights in report.weights {
            let file = folders.folder("output/\(weights.name)")
            #expect(try ContentHash.of(file: file) == weights.hash)
        }
        for tensor in try folders.tensors("whole") {
            #expect(try folders.bytes("output", tensor) == folders.bytes("whole", tensor))
        }
        let models = try ["whole", "output"].map { try TransformerModel(at: folders.folder($0)) }
        withExtendedLifetime(models) {
            let isSame = models[0].parameters.array() == models[1].parameters.array()
            #expect(isSame)
        }
        // A sharded model is a source as well.
        let sharded = MergeInput(name: "math", folder: folders.folder("output"))
        _ = try merge(folders, swap, [inputs[0], sharded], to: "again")
    }

    @Test("What is not a finite number is named, where it is copied and where it is computed")
    func notFinite() throws {
        for (tensor, element) in [
            ("model.layers.2.mlp.up_proj.weight", 31), ("model.layers.1.mlp.up_proj.weight", 7),
        ] {
            let folders = try MergeFolders()
            let inputs = try pair(folders)
            let all = try TensorCollection(at: inputs[1].folder)
            var contents: [String: Data] = [:]
            for description in all.tensors {
                contents[description.name] = try all.withBytes(of: description.name) { Data($0) }
            }
            contents[tensor]?.replaceSubrange(
                element * 4..<element * 4 + 4,
                with: withUnsafeBytes(of: Float.infinity) { Data($0) }
            )
            try folders.rewrite(inputs[1].folder, all.tensors) { contents[$0.name] ?? Data() }
            #expect(
                throws: MergeError.notFinite(
                    tensor: tensor,
                    element: element,
                    input: "math",
                    path: inputs[1].folder.path(percentEncoded: false)
                )
            ) { try merge(folders, swap, inputs) }
            // Nothing is left of it.
            let left = try FileManager.default.contentsOfDirectory(atPath: folders.root.path())
            #expect(left.sorted() == ["language", "math"])
        }
    }

    @Test("A number beyond half precision is named, and what to do")
    func overflow() throws {
        let folders = try MergeFolders()
        let inputs = try pair(folders)
        let all = try TensorCollection(at: inputs[0].folder)
        try folders.rewrite(inputs[0].folder, all.tensors) { tensor in
            withUnsafeBytes(of: Float(70_000)) { one in
                Data((0..<tensor.elementCount).flatMap { _ in Array(one) })
            }
        }
        let storage = MergeStorage(elementType: .float16)
        #expect(
            throws: MergeError.overflow(
                tensor: "model.embed_tokens.weight",
                element: 0,
                type: .float16
            )
        ) { try merge(folders, swap, inputs, storage) }
    }

    @Test("A repeated merge is compared byte by byte; a changed byte and a changed shape are found")
    func verify() throws {
        let folders = try MergeFolders()
        let inputs = try pair(folders)
        let storage = MergeStorage(elementType: .bfloat16, shardBytes: 2_000)
        let executor = try MergeExecutor(
            swap,
            of: inputs,
            storage: storage,
            workspace: workspace
        )
        let output = folders.folder("output")
        let report = try executor.write(to: output, version: "test")
        #expect(try executor.verify(output) == 38)
        let file = output.appending(path: report.weights[1].name)
        var bytes = try Data(contentsOf: file)
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: file)
        let error = #expect(throws: MergeError.self) { try executor.verify(output) }
        guard case .differs(_, _, "its bytes are others") = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        let other = try MergeExecutor(swap, of: inputs, workspace: workspace)
        #expect(throws: MergeError.self) { try other.verify(output) }
    }

    @Test(
        "Tensors that nobody needs are left out: rotary frequencies, and the head of a tied model"
    )
    func redundant() throws {
        let folders = try MergeFolders()
        let inputs = try pair(folders)
        let all = try TensorCollection(at: inputs[1].folder)
        let frequencies = try TensorDescription(
            name: "model.layers.0.self_attn.rotary_emb.inv_freq",
            elementType: .float32,
            shape: [2]
        )
        let head = try TensorDescription(
            name: "lm_head.weight",
            elementType: .float32,
            shape: [11, 8]
        )
        var contents: [String: Data] = [:]
        for tensor in all.tensors {
            contents[tensor.name] = try all.withBytes(of: tensor.name) { Data($0) }
        }
        contents[frequencies.name] = Data(count: 8)
        contents[head.name] = contents["model.embed_tokens.weight"]
        let added = all.tensors + [frequencies, head]
        try folders.rewrite(inputs[1].folder, added) { contents[$0.name] ?? Data() }
        _ = try merge(folders, swap, inputs)
        #expect(try folders.tensors("output") == folders.tensors("language"))
        // A head that is another matrix is no head of a tied model.
        contents[head.name] = Data(count: 352)
        try folders.rewrite(inputs[1].folder, added) { contents[$0.name] ?? Data() }
        #expect(throws: ConfigurationError.self) {
            try merge(folders, swap, inputs, to: "other")
        }
    }
}
