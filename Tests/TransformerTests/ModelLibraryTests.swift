import Checkpointing
import Foundation
import Testing
import Transformer

@Suite("Models as other packages use them")
struct ModelLibraryTests {
    private let model: TransformerModel = {
        var configuration = ModelConfiguration(
            vocabularySize: 11,
            modelWidth: 8,
            layerCount: 2,
            headCount: 2,
            hiddenWidth: 12
        )
        configuration.maximumPositions = 12
        configuration.initializerRange = 0.5
        return TransformerModel(configuration: configuration, seed: 3)
    }()

    @Test("logits, log probabilities and greedy text agree")
    func running() throws {
        let scorer = SequenceScorer(model: model, threadCount: 2)
        let sequence: [Int32] = [1, 4, 7, 3]
        let logits = try scorer.logits(of: sequence)
        #expect(logits.count == 4 && logits.allSatisfy { $0.count == 11 })
        let next = try scorer.nextTokenLogits(after: sequence)
        #expect(next == logits.last)
        let scores = try scorer.logProbabilities(of: sequence)
        #expect(scores.count == 3)
        for (place, score) in scores.enumerated() {
            let row = logits[place].map(Double.init)
            let total = log(row.reduce(0) { $0 + exp($1) })
            #expect(abs(row[Int(sequence[place + 1])] - total - Double(score)) < 1e-4)
        }
        let largest = next.indices.max { next[$0] < next[$1] }
        var options = GenerationOptions(maximumNewTokens: 1)
        let generator = TextGenerator(model: model, threadCount: 2)
        let reply = try generator.generate(sequence, options: options)
        // The model's own end, token 2, is never part of a reply.
        #expect(reply.first.map { Int($0) } == (largest == 2 ? nil : largest))
        options.maximumNewTokens = 100
        #expect(try generator.generate(sequence, options: options).count <= 12 - 4)
    }

    @Test("a saved model is read back, tensor by tensor")
    func files() throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "model-library-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try model.save(to: folder)
        #expect(throws: (any Error).self) { try model.save(to: folder) }
        let checkpoint = try Checkpoint(at: folder)
        #expect(Set(checkpoint.tensors.map(\.name)) == Set(model.tensorNames))
        for name in model.tensorNames {
            #expect(try checkpoint.values(of: name) == model.values(of: name))
        }
        #expect(throws: (any Error).self) { try checkpoint.values(of: "lm_head.bias") }
        let configuration = checkpoint.configuration
        #expect(configuration.integer("hidden_size") == 8)
        #expect(configuration.text("model_type") == "llama")
        #expect(configuration.flag("tie_word_embeddings") == true)
        #expect(configuration.number("rms_norm_eps") == 1e-5)
        #expect(configuration.integer("nothing") == nil && configuration.text("hidden_size") == nil)
        struct Fields: Decodable { var vocab_size: Int }
        #expect(try configuration.decode(Fields.self).vocab_size == 11)
        try Data("[]".utf8).write(to: folder.appending(path: "config.json"))
        #expect(throws: (any Error).self) { try Checkpoint(at: folder) }
        try Data(#"{"hidden_size": 8, "hidden_size": 9}"#.utf8)
            .write(to: folder.appending(path: "config.json"))
        let error = #expect(throws: ConfigurationError.self) { try Checkpoint(at: folder) }
        #expect(error?.key == "hidden_size")
    }

    @Test("tokens and options that a model cannot use are refused")
    func refusals() throws {
        let scorer = SequenceScorer(model: model, threadCount: 1)
        let generator = TextGenerator(model: model, threadCount: 1)
        #expect(throws: (any Error).self) { try scorer.logits(of: [1, 11]) }
        #expect(throws: (any Error).self) { try scorer.nextTokenLogits(after: [-1]) }
        #expect(throws: (any Error).self) { try generator.generate([]) }
        #expect(throws: (any Error).self) { try generator.generate([99]) }
        #expect(throws: (any Error).self) {
            try generator.generate([Int32](repeating: 1, count: 12))
        }
        #expect(throws: (any Error).self) {
            try generator.generate([1], options: GenerationOptions(temperature: -1))
        }
    }

    @Test("several tasks may use one scorer and one generator at the same time")
    func concurrency() async throws {
        let scorer = SequenceScorer(model: model, threadCount: 2)
        let generator = TextGenerator(model: model, threadCount: 2)
        let sequence: [Int32] = [1, 4, 7, 3]
        let logits = try scorer.logits(of: sequence)
        let reply = try generator.generate(sequence)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try (0..<20).allSatisfy { _ in
                        let (own, text) = (
                            try scorer.logits(of: sequence), try generator.generate(sequence)
                        )
                        return own == logits && text == reply
                    }
                }
            }
            for try await isSame in group { #expect(isSame) }
        }
    }

    @Test("a model that nothing can compute is refused by name, wherever it is used first")
    func impossibleModels() throws {
        var shape = model.configuration
        func refuse(_ words: String, _ change: (inout ModelConfiguration) -> Void) throws {
            var shape = shape
            change(&shape)
            let model = TransformerModel(configuration: shape, seed: 1)
            let folder = FileManager.default.temporaryDirectory
                .appending(path: "model-library-\(UUID().uuidString)")
            for use in [
                { try shape.check() }, { try model.save(to: folder) },
                { _ = try SequenceScorer(model: model).logits(of: [1, 2]) },
                { _ = try TextGenerator(model: model).generate([1, 2]) },
            ] as [() throws -> Void] {
                let error = #expect(throws: (any Error).self, "\(words)") { try use() }
                let found = error.map { "\($0)" } ?? ""
                #expect(found.contains(words), "\(found)")
            }
            #expect(!FileManager.default.fileExists(atPath: folder.path))
        }
        (shape.modelWidth, shape.headWidth) = (12, 4)
        try refuse("'head_dim' of the model is 3; expected an even width") { $0.headWidth = 3 }
        try refuse("'num_key_value_heads' of the model is 3; expected a divisor of 4 heads") {
            ($0.headCount, $0.keyValueHeadCount) = (4, 3)
        }
        try refuse("'num_attention_heads' of the model is 0; expected 1 or more") {
            ($0.headCount, $0.keyValueHeadCount) = (0, 0)
        }
        try refuse("'num_hidden_layers' of the model is 0") { $0.layerCount = 0 }
        try refuse("'intermediate_size' of the model is 0") { $0.hiddenWidth = 0 }
        try refuse("'rms_norm_eps' of the model is nan") { $0.normEpsilon = .nan }
        try refuse("'rope_theta' of the model is 0.0") { $0.ropeTheta = 0 }
    }

    @Test("no threads are refused in place of ending the program")
    func noThreads() throws {
        for use in [
            { _ = try SequenceScorer(model: model, threadCount: 0).logits(of: [1, 2]) },
            { _ = try TextGenerator(model: model, threadCount: -1).generate([1, 2]) },
        ] as [() throws -> Void] {
            let error = #expect(throws: (any Error).self) { try use() }
            #expect(error.map { "\($0)".contains("expected 1 or more") } == true)
        }
    }
}
