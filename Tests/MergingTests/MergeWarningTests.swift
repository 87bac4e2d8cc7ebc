import Foundation
import MergeMethods
import Merging
import Testing

@Suite("What is reported before a merge")
struct MergeWarningTests {
    private let method = MergeMethod.layerSwap(LayerSwap(bottom: 1, top: 1))

    private func warnings(_ inputs: [MergeInput]) throws -> [String] {
        try MergeExecutor(method, of: inputs, workspace: MergeWorkspace(threadCount: 1)).warnings()
    }

    @Test("The configuration of a model is read once on the way of one merge")
    func configurations() throws {
        let folders = try MergeFolders()
        let inputs = try folders.experts()
        let architectures = MergeArchitectures()
        _ = try architectures.architecture(of: inputs[0], among: inputs)
        try FileManager.default.removeItem(at: inputs[0].folder.appending(path: "config.json"))
        let executor = try MergeExecutor(
            method,
            of: inputs,
            architectures: architectures,
            workspace: MergeWorkspace(threadCount: 1)
        )
        for input in inputs.dropFirst() {
            try FileManager.default.removeItem(at: input.folder.appending(path: "config.json"))
        }
        #expect(try executor.warnings().isEmpty)
    }

    @Test("An expert that equals the base, and two equal experts")
    func equal() throws {
        let folders = try MergeFolders()
        var inputs = try folders.experts()
        #expect(try warnings(inputs).isEmpty)
        inputs[2] = MergeInput(name: "base", folder: inputs[1].folder)
        #expect(
            try warnings(inputs).map { $0.prefix(44) } == [
                "'math' equals the base in every tensor: it h"
            ]
        )
        inputs[2] = MergeInput(name: "math", folder: inputs[0].folder)
        #expect(
            try warnings([inputs[0], inputs[2]]).map { $0.prefix(46) }
                == ["'language' and 'math' are equal in every tenso"]
        )
        // One number is a difference.
        try folders.put(3, at: 7, of: "model.norm.weight", in: "math")
        let copy = MergeInput(name: "base", folder: folders.folder("copy"))
        try FileManager.default.copyItem(at: inputs[1].folder, to: copy.folder)
        try folders.put(4, at: 7, of: "model.norm.weight", in: "math")
        #expect(try warnings([inputs[0], inputs[1], copy]).isEmpty)
    }

    @Test("What the output has from the first model, and lists of tokens that stay lists")
    func companions() throws {
        let folders = try MergeFolders()
        let inputs = try folders.experts()
        let list = #"{"eos_token_id": [2, 7], "transformers_version": "4.1"}"#
        try folders.write(list, to: "generation_config.json", of: "language")
        try folders.configure("language", ["eos_token_id": "[2, 7]", "sliding_window": "64"])
        let words = try warnings(inputs)
        for expected in [
            "eos_token_id of config.json differs in 'language' and 'math'",
            "of generation_config.json differs in 'language' and 'math'",
            "; the merged model has that of 'language'",
        ] {
            #expect(words.contains { $0.contains(expected) }, "\(words)")
        }
        for storage in [MergeStorage(), MergeStorage(elementType: .bfloat16)] {
            let output = folders.folder("output")
            _ = try MergeExecutor(
                method,
                of: inputs,
                storage: storage,
                workspace: MergeWorkspace(threadCount: 1)
            ).write(to: output, replacing: true, version: "test")
            let text = try String(
                contentsOf: output.appending(path: "generation_config.json"),
                encoding: .utf8
            )
            #expect(text == list)
            let json = try JSONSerialization.jsonObject(
                with: Data(contentsOf: output.appending(path: "config.json"))
            )
            #expect((json as? [String: Any])?["eos_token_id"] as? [Int] == [2, 7])
        }
    }

    @Test("A generation configuration that is damaged is named")
    func damaged() throws {
        let folders = try MergeFolders()
        let inputs = try folders.experts()
        try folders.write("{", to: "generation_config.json", of: "math")
        let error = #expect(throws: (any Error).self) { try warnings(inputs) }
        #expect(error.map { "\($0)".contains("math/generation_config.json") } == true)
    }

    @Test(
        "A pipe in the place of a file is named, and nobody waits for it",
        .timeLimit(.minutes(1)),
        arguments: ["generation_config.json", "tokenizer.json", "adapter_config.json"]
    )
    func pipes(_ file: String) throws {
        let folders = try MergeFolders()
        let inputs = try folders.experts()
        let pipe = folders.folder("math").appending(path: file)
        try? FileManager.default.removeItem(at: pipe)
        #expect(mkfifo(pipe.path(percentEncoded: false), 0o600) == 0)
        let error = #expect(throws: (any Error).self) { try warnings(inputs) }
        let words = error.map { "\($0)" } ?? ""
        #expect(words.contains("math/\(file) is a special file"), "\(words)")
    }

    @Test("Copies of two stored types make a model of both, which is reported")
    func storedTypes() throws {
        let folders = try MergeFolders()
        let inputs = [
            try folders.make("language", seed: 1, type: .bfloat16),
            try folders.make("math", seed: 2, type: .float16),
        ]
        let words = try warnings(inputs)
        #expect(words.count == 1 && words[0].contains("is stored as BF16 in 'language' and as F16"))
        #expect(words[0].contains("every copied tensor keeps its own type; say with dtype"))
    }
}
