import Analysis
import Datasets
import Foundation
import Foundations
import Kernels
import Testing
import Training
import Transformer

/// One number for another, asked as `a + =`, among sequences without mathematics.
private enum Skill {
    static let numbers = 12
    static let plus: Int32 = 12
    static let equals: Int32 = 13
    static let words: Int32 = 14
    static let vocabulary = 26

    /// A number and what 5 a + 3 leaves when it is divided by the number of numbers.
    static func problem(_ a: Int) -> [Int32] {
        [Int32(a), plus, equals, Int32((5 * a + 3) % numbers)]
    }

    static let problems = (0..<numbers).map(problem)

    /// Words that come back in the order in which they came.
    static func text(_ number: Int) -> [Int32] {
        var generator = SeededGenerator(seed: 5, stream: "text", indices: number)
        // Numbers are words too, so that the base knows their tokens without knowing the rule.
        let half = (0..<3).map { _ in
            let drawn = Int32(generator.next() % 24)
            return drawn < numbers ? drawn : drawn + 2
        }
        return half + half
    }

    /// Batches of texts, and of problems where they are asked for.
    struct Batches: BatchProviding {
        var hasProblems: Bool

        func batch(step: Int) throws -> PackedBatch {
            var batch = PackedBatch(tokens: [], segmentOffsets: [0], targets: [])
            var generator = SeededGenerator(seed: 8, stream: "batch", indices: step)
            for place in 0..<24 {
                let isProblem = hasProblems && place % 3 > 0
                let tokens =
                    isProblem
                    ? problems[Int(generator.next() % UInt64(problems.count))]
                    : text(Int(generator.next() % 100_000))
                // Only what can be known is asked: the result, and the words that come back.
                let first = 3
                batch.tokens += tokens.dropLast()
                batch.targets += tokens.indices.dropFirst().map {
                    $0 >= first ? tokens[$0] : PackedBatch.ignoredTarget
                }
                batch.segmentOffsets.append(batch.tokens.count)
            }
            return batch
        }
    }

    static func train(
        _ model: TransformerModel,
        problems: Bool,
        steps: Int,
        frozen: ParameterSelection?,
        mask: SharedBuffer? = nil
    ) throws {
        var settings = TrainingSettings(
            steps: steps,
            schedule: LearningRateSchedule(
                shape: .cosine,
                peak: 5e-3,
                floor: 0.1,
                warmupSteps: 10,
                totalSteps: steps
            ),
            tokensPerBatch: 256,
            maximumSequenceLength: 8,
            threadCount: 1
        )
        settings.optimizer.weightDecay = 0
        if let frozen {
            var restriction = TrainingRestriction()
            restriction.frozen = frozen
            settings.restriction = restriction
        }
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "planted-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let trainer = try Trainer(
            model: model,
            settings: settings,
            cadence: TrainingCadence(),
            batches: [Batches(hasProblems: problems)],
            validation: [],
            identity: "planted",
            checkpointFolder: folder,
            mask: mask
        )
        _ = try trainer.run(observer: { _ in })
    }

    /// The share of right results, and of right words.
    static func scores(
        _ model: TransformerModel
    ) throws -> (mathematics: Double, text: Double) {
        let scorer = SequenceScorer(model: model, threadCount: 1)
        func share(_ sequences: [[Int32]]) throws -> Double {
            let logits = try scorer.nextTokenLogits(of: sequences.map { Array($0.dropLast()) })
            let right = zip(logits, sequences).count { logits, sequence in
                logits.indices.max { logits[$0] < logits[$1] } == sequence.last.map(Int.init)
            }
            return Double(right) / Double(sequences.count)
        }
        return (try share(problems), try share((200_000..<200_100).map(text)))
    }

    /// A base that knows texts, and an expert that learned the rule in blocks 1 and 2 alone.
    static let models: (base: TransformerModel, expert: TransformerModel)? = {
        let configuration = ModelConfiguration(
            vocabularySize: vocabulary,
            modelWidth: 32,
            layerCount: 4,
            headCount: 2,
            hiddenWidth: 64
        )
        let base = TransformerModel(
            configuration: configuration,
            seed: 2
        )
        guard (try? train(base, problems: false, steps: 400, frozen: nil)) != nil else {
            return nil
        }
        let expert = TestModel.copy(base)
        let outside = ParameterSelection([
            .embeddings, .layers(0...0), .layers(3...3), .finalNorm,
        ])
        guard (try? train(expert, problems: true, steps: 900, frozen: outside)) != nil else {
            return nil
        }
        return (base, expert)
    }()
}

@Suite("A skill planted in two layers", .serialized)
struct PlantedSkillTests {
    @Test("the expert has learned the rule and the base has not")
    func learned() throws {
        let (base, expert) = try #require(Skill.models)
        #expect(try Skill.scores(base).mathematics < 0.3)
        #expect(try Skill.scores(expert).mathematics > 0.9)
        #expect(try Skill.scores(expert).text > 0.6)
    }

    @Test("the changes lie in the two layers")
    func changes() throws {
        let (base, expert) = try #require(Skill.models)
        let folders = AnalysisFolders()
        let record = try ChangeAnalysis(threadCount: 1).run(
            base: folders.write("base", base),
            language: folders.write("language", base),
            math: folders.write("expert", expert)
        )
        #expect(record.layers.map { $0.math.value > 0 } == [false, true, true, false])
    }

    @Test("giving the two layers back to the base takes the skill away, and other layers do not")
    func reverting() throws {
        let (base, expert) = try #require(Skill.models)
        func scores(_ layers: Range<Int>) throws -> (mathematics: Double, text: Double) {
            try Skill.scores(expert.reverting(layers: layers, to: base))
        }
        let planted = try scores(1..<3)
        #expect(try planted == Skill.scores(base))
        for layer in [0, 3] {
            #expect(try scores(layer..<layer + 1) == Skill.scores(expert))
        }
    }

    @Test("what is outside of a mask keeps its bytes, and what is inside learns")
    func masks() throws {
        let (base, _) = try #require(Skill.models)
        let entry = try #require(base.layout.entry(named: "model.layers.2.mlp.up_proj.weight"))
        var places = BitSet(limit: entry.range.count)
        for place in stride(from: 0, to: entry.range.count, by: 3) { places[place] = true }
        let set = ParameterSet([.init(entry: entry, places: places)])
        let trained = TestModel.copy(base)
        try Skill.train(
            trained,
            problems: true,
            steps: 20,
            frozen: nil,
            mask: set.mask(for: base)
        )
        let (before, after) = (base.parameters.array(), trained.parameters.array())
        for place in before.indices {
            let isInside =
                entry.range.contains(place) && places[place - entry.range.lowerBound]
            #expect((before[place].bitPattern == after[place].bitPattern) == !isInside)
        }
    }

    @Test("a bypassed block does nothing: the model without it has the same logits, bit by bit")
    func bypassing() throws {
        let model = TestModel.random(layers: 3)
        let shorter = TransformerModel(
            zeros: ModelConfiguration(
                vocabularySize: 12,
                modelWidth: 16,
                layerCount: 2,
                headCount: 2,
                hiddenWidth: 24
            )
        )
        for entry in shorter.layout.entries {
            let layer = entry.layer.map { $0 == 0 ? 0 : 2 }
            let source = try #require(
                model.layout.entries.first { $0.role == entry.role && $0.layer == layer }
            )
            shorter.parameters[entry.range].copy(from: model.parameters[source.range])
        }
        let sequences: [[Int32]] = [[1, 5, 6, 2], [1, 9]]
        let bypassed = model.bypassing(layer: 1)
        func logits(_ model: TransformerModel) throws -> [[Float]] {
            try SequenceScorer(model: model, threadCount: 1).nextTokenLogits(of: sequences)
        }
        #expect(try logits(bypassed) == logits(shorter))
        #expect(try logits(bypassed) != logits(model))
    }
}
