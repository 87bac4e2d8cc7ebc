import Checkpointing
import Foundation
import Kernels
import MergeMethods
import Merging
import Testing
import Transformer

@Suite("Merging checkpoint folders")
struct MergeExecutorTests {
    private func merge(
        _ folders: MergeFolders,
        _ method: MergeMethod,
        _ inputs: [MergeInput],
        to output: String = "output"
    ) throws -> MergeReport {
        try MergeExecutor(method, of: inputs, workspace: MergeWorkspace(threadCount: 2)).write(
            to: folders.folder(output),
            version: "test"
        )
    }

    private let types: [ElementType] = [.float32, .bfloat16, .float16]

    @Test("Swapped tensors are byte-equal to their source", arguments: [true, false])
    func swapped(tied: Bool) throws {
        let folders = try MergeFolders()
        let shape = MergeFolders.shape(layers: 4, tied: tied)
        let inputs = try ["language", "math", "base"].enumerated().map {
            try folders.make($1, shape, seed: UInt64($0), type: .bfloat16)
        }
        var swap = LayerSwap(bottom: 1, top: 1, bottomTransition: 1)
        swap.finalNorm = .base
        let report = try merge(folders, .layerSwap(swap), inputs)
        #expect(report.copiedTensors == 9 * 3 + (tied ? 2 : 3))
        #expect(report.computedTensors == 9)
        #expect(report.provenBytes == 2 * (3 * 352 + 8 + 88 * (tied ? 1 : 2)))
        #expect(try folders.tensors("output") == folders.tensors("math"))
        for name in try folders.tensors("output") where !name.contains("layers.1.") {
            let inner = name.contains("layers.2.") ? "math" : "language"
            let source = name == "model.norm.weight" ? "base" : inner
            #expect(try folders.bytes("output", name) == folders.bytes(source, name), "\(name)")
        }
    }

    @Test("A blended bfloat16 tensor is the average in Float, rounded to nearest even")
    func blended() throws {
        let folders = try MergeFolders()
        let names = ["language", "math"]
        let inputs = try names.enumerated().map {
            try folders.make($1, seed: UInt64($0), type: .bfloat16)
        }
        _ = try merge(folders, .average(.uniform(of: names)), inputs)
        let tensor = "model.layers.2.mlp.up_proj.weight"
        let floats = try (names + ["output"]).map { name in
            let buffer = FloatBuffer(count: 48)
            try TensorCollection(at: folders.folder(name)).readFloats(of: tensor, into: buffer.view)
            return buffer.view.array()
        }
        for i in 0..<48 {
            // The nearest of the bfloat16 numbers around the exact mean, found by trying.
            let mean = (Double(floats[0][i]) + Double(floats[1][i])) / 2
            let below = Float(mean).bitPattern & 0xffff_0000
            let candidates = [below, below &+ 0x1_0000].map { Float(bitPattern: $0) }
            let distances = candidates.map { abs(Double($0) - mean) }
            let isTie = distances[0] == distances[1]
            let even = candidates[0].bitPattern & 0x1_0000 == 0 ? 0 : 1
            let expected = candidates[isTie ? even : distances[0] < distances[1] ? 0 : 1]
            #expect(floats[2][i] == expected)
        }
    }

    @Test("Merging a model with itself gives its bytes", arguments: 0..<3)
    func identity(example: Int) throws {
        let folders = try MergeFolders()
        let type = types[example]
        let inputs = try ["language", "math"].map { try folders.make($0, seed: 3, type: type) }
        var swap = LayerSwap(bottom: 1, top: 1, transition: .constant(0.3))
        swap.bottomTransition = 1
        swap.embeddings = .blend(0.7)
        let average = WeightedAverage([MergeTerm("language", 1), MergeTerm("math", 2)])
        for (number, method) in [MergeMethod.layerSwap(swap), .average(average)].enumerated() {
            _ = try merge(folders, method, inputs, to: "output\(number)")
            let file = "output\(number)/model.safetensors"
            #expect(
                try Data(contentsOf: folders.folder(file))
                    == Data(contentsOf: folders.folder("math/model.safetensors"))
            )
        }
    }

    @Test("Swapping all layers gives the language expert, swapping none the math expert")
    func extremes() throws {
        let folders = try MergeFolders()
        let inputs = try ["language", "math"].enumerated().map {
            try folders.make($1, seed: UInt64($0))
        }
        let all = LayerSwap(bottom: 4, top: 0)
        let none = LayerSwap(bottom: 0, top: 0, embeddings: .math, finalNorm: .math)
        for (swap, source) in [(all, "language"), (none, "math")] {
            let report = try merge(folders, .layerSwap(swap), inputs, to: "all-\(source)")
            #expect(report.computedTensors == 0)
            let merged = folders.folder("all-\(source)/model.safetensors")
            #expect(
                try Data(contentsOf: merged)
                    == Data(contentsOf: folders.folder("\(source)/model.safetensors"))
            )
            #expect(try report.weights.map(\.hash) == [ContentHash.of(file: merged)])
        }
    }

    @Test("Merging files and merging in memory give the same numbers")
    func sameAsMemory() throws {
        let folders = try MergeFolders()
        var shape = MergeFolders.shape(layers: 4)
        // More than 2^20 numbers in one tensor, so that files are merged in parts.
        shape.vocabularySize = 140_000
        let inputs = try ["language", "math"].enumerated().map {
            try folders.make($1, shape, seed: UInt64($0))
        }
        var swap = LayerSwap(bottom: 1, top: 0, bottomTransition: 2, transition: .ramp)
        swap.embeddings = .blend(0.25)
        _ = try merge(folders, .layerSwap(swap), inputs)
        let models = try inputs.map { try TransformerModel(at: $0.folder) }
        let output = TransformerModel(zeros: models[0].configuration)
        let written = try TransformerModel(at: folders.folder("output"))
        // Views do not keep their models alive.
        try withExtendedLifetime((models, output, written)) {
            try swap.merge(
                language: models[0].parameters,
                math: models[1].parameters,
                configuration: output.configuration,
                into: output.parameters
            )
            let isSame = written.parameters.array() == output.parameters.array()
            #expect(isSame)
        }
    }

    @Test("A model of one layer")
    func oneLayer() throws {
        let folders = try MergeFolders()
        let shape = MergeFolders.shape(layers: 1)
        let inputs = try ["language", "math"].enumerated().map {
            try folders.make($1, shape, seed: UInt64($0))
        }
        _ = try merge(folders, .layerSwap(.defaults(layerCount: 1)), inputs)
        for name in try folders.tensors("output") {
            let source = name.contains("layers") ? "math" : "language"
            #expect(try folders.bytes("output", name) == folders.bytes(source, name), "\(name)")
        }
    }

    @Test("The output carries configuration, tokenizer, recipe and the hashes of what was read")
    func companions() throws {
        let folders = try MergeFolders()
        let inputs = try ["math", "language"].enumerated().map {
            try folders.make($1, seed: UInt64($0))
        }
        let method = MergeMethod.layerSwap(.defaults(layerCount: 4))
        var seen: [MergeProgress.Step: [String]] = [:]
        let executor = try MergeExecutor(
            method,
            of: inputs,
            workspace: MergeWorkspace(threadCount: 2)
        )
        let report = try executor.write(to: folders.folder("output"), version: "9.9") { progress in
            seen[progress.step, default: []].append(progress.name)
            #expect(progress.doneBytes < progress.totalBytes)
        }
        #expect(try seen[.merging] == folders.tensors("output"))
        #expect(seen[.proving]?.count == report.copiedTensors)
        #expect(seen[.hashing] == ["13 files"])
        let output = folders.folder("output")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: output.path()).sorted() == [
                "README.md", "config.json", "generation_config.json", "model.safetensors",
                "provenance.json", "tokenizer.model",
            ]
        )
        let record = try Provenance(in: output)
        #expect(record.version == "9.9")
        #expect(record.stage == "merge")
        #expect(
            record.inputs.map(\.name) == [
                "math/model.safetensors", "math/config.json", "math/generation_config.json",
                "math/tokenizer.model", "language/model.safetensors", "language/config.json",
                "language/generation_config.json", "language/tokenizer.model",
            ]
        )
        for input in record.inputs {
            #expect(try ContentHash.of(file: folders.folder(input.name)) == input.hash)
        }
        // The weights, and everything else but the record itself.
        #expect(
            record.outputs?.map(\.path) == [
                "model.safetensors", "README.md", "config.json", "generation_config.json",
                "tokenizer.model",
            ]
        )
        #expect(record.outputs?.prefix(1).map { $0 } == report.weights)
        let recipe = MergeRecord(text: record.recipe ?? "")
        #expect(recipe?.method == method)
        #expect(recipe?.models.map(\.name) == ["math", "language"])
        let card = try String(contentsOf: output.appending(path: "README.md"), encoding: .utf8)
        #expect(card.contains("layers 0 to 3, input first:  L/ML"))
    }
}
