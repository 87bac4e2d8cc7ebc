import Analysis
import Kernels
import TestSupport
import Testing
import Transformer

/// A model of four blocks whose neurons are known: each turns one token into the reply to it.
///
/// Numbers are turned by neurons of blocks 1 and 2, words by neurons of blocks 0 and 3; all other
/// weights are noise.
private enum Circuit {
    static let count = 12
    static let width = 64

    /// The reply to a number.
    static func rule(_ number: Int) -> Int { 2 * count + (5 * number + 3) % count }

    /// The reply to a word.
    static func next(_ word: Int) -> Int { 3 * count + (word + 1) % count }

    /// The model, or one that knows words alone.
    static func model(knowsNumbers: Bool = true) -> TransformerModel {
        let model = TransformerModel(
            zeros: ModelConfiguration(
                vocabularySize: 4 * count,
                modelWidth: width,
                layerCount: 4,
                headCount: 2,
                hiddenWidth: 24
            )
        )
        for entry in model.layout.entries {
            let view = model.parameters[entry.range]
            switch entry.role {
            case .embedding:
                for token in 0..<4 * count { view[token * width + token] = 1 }
            case let role where role.isMatrix:
                // What noise writes to the stream would make words look a little like numbers.
                let writes = role == .attentionOutput || role == .down
                view.copy(
                    from: sampleValues(
                        view.count,
                        seed: UInt64(entry.range.lowerBound),
                        scale: writes ? 1e-5 : 3e-3
                    )
                )
            default: view.fill(1)
            }
        }
        for place in 0..<count {
            let half = place < count / 2 ? 0 : 1
            if knowsNumbers { turn(place, to: rule(place), in: 1 + half, of: model) }
            turn(count + place, to: next(place), in: 3 * half, of: model)
        }
        return model
    }

    /// Plants a neuron that takes a token out of the stream and puts another one in.
    private static func turn(_ token: Int, to other: Int, in layer: Int, of model: TransformerModel)
    {
        func set(_ name: String, _ row: Int, _ column: Int, _ value: Float) {
            guard let entry = model.layout.entry(named: "model.layers.\(layer).mlp.\(name).weight")
            else { return }
            model.parameters[entry.range.lowerBound + row * entry.shape[1] + column] = value
        }
        set("gate_proj", token, token, 2)
        set("up_proj", token, token, 1)
        set("down_proj", other, token, 0.1)
        set("down_proj", token, token, -0.05)
    }

    /// The share of right next tokens of numbers, and of words.
    static func scores(
        _ model: TransformerModel
    ) throws -> (mathematics: Double, text: Double) {
        let scorer = SequenceScorer(model: model, threadCount: 1)
        func share(_ first: Int, _ right: (Int) -> Int) throws -> Double {
            let logits = try scorer.nextTokenLogits(of: (0..<count).map { [Int32(first + $0)] })
            let found = logits.enumerated().count { place, logits in
                logits.indices.max { logits[$0] < logits[$1] } == right(place)
            }
            return Double(found) / Double(count)
        }
        return (try share(0, rule), try share(count, next))
    }

    static let prompts = [
        PromptSet(
            language: "numbers",
            mathematics: (0..<count).map { [Int32($0)] },
            other: (0..<count).map { [Int32(count + $0)] }
        )
    ]
}

@Suite("Weights whose task is known")
struct PlantedWeightsTests {
    private let pool = WorkerPool(threadCount: 2)

    private func set(of model: TransformerModel, share: Double = 0.05) throws -> ParameterSet {
        let scores = try ImportanceScores(
            of: model,
            prompts: Circuit.prompts,
            groupCount: 1,
            pool: pool
        )
        return ParameterSet(
            mathematicsOf: 0,
            in: model,
            scores,
            share: share,
            subtracted: true,
            pool: pool
        )
    }

    @Test("the model knows both, the other one words alone")
    func skills() throws {
        #expect(try Circuit.scores(Circuit.model()) == (1, 1))
        let base = try Circuit.scores(Circuit.model(knowsNumbers: false))
        #expect(base.mathematics < 0.2 && base.text == 1)
    }

    @Test("the set holds the planted weights of numbers and none of words")
    func found() throws {
        let model = Circuit.model()
        for part in try set(of: model).parts where part.entry.role == .gate {
            let columns = part.entry.shape[1]
            for token in 0..<2 * Circuit.count {
                let isNumber = token < Circuit.count
                let layer = (token % Circuit.count) < Circuit.count / 2 ? 0 : 1
                let planted = isNumber ? 1 + layer : 3 * layer
                guard part.entry.layer == planted else { continue }
                #expect(part.places[token * columns + token] == isNumber, "token \(token)")
            }
        }
    }

    @Test("pruning the set removes the skill and keeps the other one; random sets do not")
    func pruning() throws {
        let model = Circuit.model()
        let set = try set(of: model)
        let pruned = try Circuit.scores(set.scaled(in: model, by: 0))
        #expect(pruned.mathematics < 0.2, "\(pruned)")
        #expect(pruned.text == 1, "\(pruned)")
        for draw in 0..<3 {
            let random = ParameterSet(randomLike: set, seed: 1, draw: draw)
            let after = try Circuit.scores(random.scaled(in: model, by: 0))
            #expect(after.mathematics > 0.6 && after.text > 0.6, "\(after)")
        }
        #expect(try Circuit.scores(set.scaled(in: model, by: 1)) == (1, 1))
    }

    @Test("the skill is localised: only its two layers' part of the set removes it")
    func places() throws {
        let model = Circuit.model()
        let set = try set(of: model)
        func scores(without layers: Set<Int>) throws -> (mathematics: Double, text: Double) {
            let part = ParameterSet(
                set.parts.filter { $0.entry.layer.map(layers.contains) ?? false }
            )
            return try Circuit.scores(part.scaled(in: model, by: 0))
        }
        #expect(try scores(without: [1, 2]).mathematics < 0.2)
        #expect(try scores(without: [0, 3]) == (1, 1))
        // Half of the numbers are known to each of the two.
        #expect(abs(try scores(without: [1]).mathematics - 0.5) < 0.1)
        #expect(abs(try scores(without: [2]).mathematics - 0.5) < 0.1)
    }

    @Test("blocks that are skipped or given back take what they know, and nothing else")
    func layers() throws {
        let model = Circuit.model()
        let base = Circuit.model(knowsNumbers: false)
        for layer in 0..<4 {
            let skipped = try Circuit.scores(model.bypassing(layer: layer))
            let isOfNumbers = layer == 1 || layer == 2
            #expect(abs(skipped.mathematics - (isOfNumbers ? 0.5 : 1)) < 0.1, "\(layer)")
            #expect(abs(skipped.text - (isOfNumbers ? 1 : 0.5)) < 0.1, "\(layer)")
        }
        let reverted = try Circuit.scores(model.reverting(layers: 1..<3, to: base))
        #expect(try reverted == Circuit.scores(base))
        #expect(try Circuit.scores(model.reverting(layers: 0..<1, to: base)) == (1, 1))
        #expect(try Circuit.scores(model.reverting(layers: 3..<4, to: base)) == (1, 1))
    }
}
