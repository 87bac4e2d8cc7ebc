import Checkpointing
import Foundation
import MergeMethods
import Merging
import Testing
import Transformer

@Suite("Merging task vectors between files")
struct TaskVectorFileTests {
    private let workspace = MergeWorkspace(threadCount: 2)
    private static let terms = [MergeTerm("math", 0.8), MergeTerm("language", 0.6)]
    private static let methods: [MergeMethod] = [
        .taskVectors(.arithmetic(terms, lambda: 0.9)),
        .taskVectors(.ties(terms, density: 0.3, lambda: 1.1)),
        .taskVectors(.dare(terms, density: 0.6, seed: 42)),
    ]

    @Test("Files and memory give the same bytes, also of tensors that files are cut in parts of")
    func sameAsMemory() throws {
        let folders = try MergeFolders()
        var shape = MergeFolders.shape(layers: 2)
        // More than 2^20 numbers in one tensor.
        shape.vocabularySize = 140_000
        let inputs = try ["base", "language", "math"].enumerated().map {
            try folders.make($1, shape, seed: UInt64($0))
        }
        let models = try inputs.map { try TransformerModel(at: $0.folder) }
        for method in Self.methods {
            let folder = "output-\(method.name)"
            _ = try MergeExecutor(method, of: inputs, workspace: workspace).write(
                to: folders.folder(folder),
                version: "test"
            )
            let written = try TransformerModel(at: folders.folder(folder))
            let output = TransformerModel(zeros: shape)
            try withExtendedLifetime((models, written, output)) {
                try MergePlan(method, architecture: CheckpointArchitecture(shape)).merge(
                    [
                        "base": models[0].parameters, "language": models[1].parameters,
                        "math": models[2].parameters,
                    ],
                    into: output.parameters,
                    layout: ParameterLayout(shape),
                    workspace: workspace
                )
                let isSame = bits(written.parameters.array()) == bits(output.parameters.array())
                #expect(isSame, "\(method.name)")
                let isBase = written.parameters.array() == models[0].parameters.array()
                #expect(!isBase)
            }
        }
    }

    @Test("Merging a model with itself gives its bytes", arguments: methods)
    func identity(method: MergeMethod) throws {
        for type: ElementType in [.float32, .bfloat16, .float16] {
            let folders = try MergeFolders()
            let inputs = try ["base", "language", "math"].map {
                try folders.make($0, seed: 3, type: type)
            }
            _ = try MergeExecutor(method, of: inputs, workspace: workspace).write(
                to: folders.folder("output"),
                version: "test"
            )
            #expect(
                try Data(contentsOf: folders.folder("output/model.safetensors"))
                    == Data(contentsOf: folders.folder("math/model.safetensors"))
            )
        }
    }

    @Test("Tensors of one shape lose different entries")
    func tensors() throws {
        let folders = try MergeFolders()
        let inputs = try ["base", "math"].enumerated().map {
            try folders.make($1, seed: UInt64($0))
        }
        let method = TaskVectorMerge.dare([MergeTerm("math", 1)], seed: 1)
        _ = try MergeExecutor(.taskVectors(method), of: inputs, workspace: workspace).write(
            to: folders.folder("output"),
            version: "test"
        )
        func dropped(_ layer: Int) throws -> [Bool] {
            let name = "model.layers.\(layer).mlp.up_proj.weight"
            let base = try folders.bytes("base", name)
            let merged = try folders.bytes("output", name)
            return stride(from: 0, to: base.count, by: 4).map {
                base[$0..<$0 + 4] == merged[$0..<$0 + 4]
            }
        }
        #expect(try dropped(0) != dropped(1))
        #expect(try Set(dropped(0)) == [true, false])
    }

    @Test("Without the base nothing is merged", arguments: methods)
    func missingBase(method: MergeMethod) throws {
        let folders = try MergeFolders()
        let inputs = try ["language", "math"].map { try folders.make($0, seed: 1) }
        #expect(throws: MergeError.missingInput(name: "base", given: ["language", "math"])) {
            try MergeExecutor(method, of: inputs, workspace: workspace)
        }
    }
}
