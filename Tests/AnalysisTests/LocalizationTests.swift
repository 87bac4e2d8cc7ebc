import Analysis
import Foundation
import Foundations
import Kernels
import TestSupport
import Testing
import Transformer

@Suite("Where mathematics lies")
struct LocalizationTests {
    /// A model of width 16 in which each of four groups of tokens has four dimensions of its own.
    ///
    /// The groups are mathematics of two languages, then other text of both. The last block's
    /// feed-forward network is the exception: mathematics of both meets in the same hidden units.
    private enum Planted {
        static let shared = "model.layers.2.mlp.down_proj.weight"
        static let groups = 4
        static let size = 4

        static func model() throws -> TransformerModel {
            let configuration = ModelConfiguration(
                vocabularySize: 3 + 2 * groups,
                modelWidth: 16,
                layerCount: 3,
                headCount: 2,
                hiddenWidth: 16
            )
            let model = TransformerModel(zeros: configuration)
            for entry in model.layout.entries {
                let view = model.parameters[entry.range]
                guard entry.role.isMatrix else {
                    view.fill(1)
                    continue
                }
                if entry.role == .embedding {
                    for token in 3..<configuration.vocabularySize {
                        let group = (token - 3) / 2
                        for place in 0..<size {
                            view[token * 16 + group * size + place] = 1 + Float(token % 2)
                        }
                    }
                    continue
                }
                // What writes to the stream is zero, so that groups stay apart.
                if entry.role == .attentionOutput { continue }
                if entry.role == .down, entry.name != shared { continue }
                for group in 0..<groups {
                    let isLast = entry.layer == 2
                    let meets = isLast && (entry.role == .gate || entry.role == .up)
                    // In the last block both mathematics feed the hidden units of the first group.
                    let row = meets && group == 1 ? 0 : group
                    for i in 0..<size {
                        for j in 0..<size {
                            view[(row * size + i) * 16 + group * size + j] = 0.5 + Float(i + j) / 10
                        }
                    }
                }
            }
            return model
        }

        static func samples(_ group: Int, seed: UInt64) -> [[Int32]] {
            var generator = SeededGenerator(seed: seed, stream: "samples", indices: group)
            return (0..<12).map { _ in
                (0..<6).map { _ in Int32(3 + 2 * group) + Int32(generator.next() % 2) }
            }
        }

        static var prompts: [PromptSet] {
            [
                PromptSet(
                    language: "en",
                    mathematics: samples(0, seed: 1),
                    other: samples(2, seed: 1)
                ),
                PromptSet(
                    language: "sw",
                    mathematics: samples(1, seed: 1),
                    other: samples(3, seed: 1)
                ),
            ]
        }
    }

    private let pool = WorkerPool(threadCount: 2)

    private func record(
        _ model: TransformerModel,
        _ prompts: [PromptSet],
        shares: [Double],
        groups: Int = 3,
        threads: Int = 2
    ) throws -> LocalizationRecord {
        let pool = WorkerPool(threadCount: threads)
        let scores = try ImportanceScores(
            of: model,
            prompts: prompts,
            groupCount: groups,
            pool: pool
        )
        return try LocalizationAnalysis(shares: shares, draws: 8)
            .run(model, scores, pool: pool)
    }

    @Test("claims are tested over resampled samples, alike on any number of threads")
    func claims() throws {
        let model = try Planted.model()
        func cut(resamples: Int, threads: Int) throws -> LocalizationRecord.Cut {
            let pool = WorkerPool(threadCount: threads)
            let scores = try ImportanceScores(
                of: model,
                prompts: Planted.prompts,
                groupCount: 4,
                pool: pool
            )
            return try LocalizationAnalysis(shares: [0.05], draws: 4, resamples: resamples)
                .run(model, scores, pool: pool).cuts[0]
        }
        let tested = try cut(resamples: 12, threads: 1)
        #expect(try cut(resamples: 12, threads: 3) == tested)
        let plain = try cut(resamples: 0, threads: 1)
        #expect(plain.claims == nil && plain.sets == tested.sets && plain.pairs == tested.pairs)
        let claims = try #require(tested.claims)
        // Half of the languages are one: nothing can be said of richer and poorer ones.
        #expect(claims.map(\.claim) == [.overlap, .partial, .middle, .english])
        // The last block alone is shared.
        let middle = try #require(claims.first { $0.claim == .middle })
        #expect(middle.value < 0 && middle.verdict == .refuted)
        let mean = tested.pairs[0].layers[2].jaccard / 2
        #expect(abs(middle.value + mean) < 1e-12)
        let english = try #require(claims.first { $0.claim == .english })
        let sizes = tested.sets.map { Double($0.size) }
        #expect(abs(english.value - log(sizes[0] / sizes[1])) < 1e-12)
    }

    @Test(
        "the intervals of claims are Student's for the number of groups",
        arguments: [
            (2, 12.706204736), (5, 2.776445105), (10, 2.262157163),
        ]
    )
    func quantiles(_ groups: Int, _ quantile: Double) {
        let claim = LocalizationClaim(.overlap, value: 0.5, standardError: 0.125, groups: groups)
        #expect(abs(claim.interval[0] - (0.5 - 0.125 * quantile)) < 1e-8)
        #expect(abs(claim.interval[1] - (0.5 + 0.125 * quantile)) < 1e-8)
    }

    // Of two groups a language has one pair of sets, twice. So both differences have its agreement,
    // and differ as the overlaps x and y of two languages do: s √(2 / (G − 1)) = |x − y|, of which
    // the standard error of their mean is a half.
    @Test("the overlap of a language with itself knows that its pairs share groups")
    func sharedGroups() throws {
        // Random weights, whose sets depend on the samples.
        let model = TransformerModel(configuration: try Planted.model().configuration, seed: 5)
        let scores = try ImportanceScores(
            of: model,
            prompts: Planted.prompts,
            groupCount: 2,
            pool: pool
        )
        let cut = try LocalizationAnalysis(shares: [0.05], draws: 4, resamples: 12)
            .run(model, scores, pool: pool).cuts[0]
        let partial = try #require(cut.claims?.first { $0.claim == .partial })
        let error = try #require(cut.pairs[0].all.groups?.standardError)
        #expect(abs(partial.interval[1] - partial.value - 12.706204736 * 2 * error) < 1e-8)
    }

    @Test("scores of languages that were gathered apart are those gathered together")
    func joined() throws {
        let model = try Planted.model()
        let pool = WorkerPool(threadCount: 1)
        func scores(_ prompts: [PromptSet]) throws -> ImportanceScores {
            try ImportanceScores(of: model, prompts: prompts, groupCount: 3, pool: pool)
        }
        let analysis = LocalizationAnalysis(shares: [0.05, 0.1], draws: 3)
        let apart = ImportanceScores(joining: try Planted.prompts.map { try scores([$0]) })
        #expect(
            try analysis.run(model, apart, pool: pool)
                == analysis.run(model, scores(Planted.prompts), pool: pool)
        )
    }

    @Test("two languages that were made to share one module overlap there and nowhere else")
    func planted() throws {
        let model = try Planted.model()
        // As many weights as one group has in a matrix.
        let found = try record(model, Planted.prompts, shares: [0.0625])
        let pair = try #require(found.cuts[0].pairs.first)
        for (tensor, overlap) in zip(found.tensors, pair.tensors) {
            if tensor.name.full == Planted.shared {
                #expect(overlap.jaccard == 1)
                #expect(overlap.shared == 16)
                #expect((overlap.sizeZ ?? 0) > 10)
                #expect((overlap.weightZ ?? 0) > 3)
            } else {
                #expect(overlap.shared == 0, "\(tensor.name.full)")
            }
            // What has no mathematics was kept apart everywhere.
            #expect(overlap.control == 0, "\(tensor.name.full)")
        }
        #expect(pair.layers.map { $0.shared > 0 } == [false, false, true])
        #expect(pair.all.shared == 16)
    }

    @Test("scores are the weights' magnitudes times the norms of their inputs, sample by sample")
    func scores() throws {
        let model = TestModel.random(layers: 2, vocabulary: 12)
        let samples: [[Int32]] = [[1, 4, 5], [1, 7], [1, 2, 3, 9, 10]]
        let norms = try InputNorms(of: model, on: samples, pool: pool)
        #expect(norms.samples == 3)
        // Of one sample, the squared norms are the diagonal of XᵀX.
        let names = model.layout.entries.filter { $0.layer != nil && $0.role.isMatrix }
        for entry in names {
            var expected = [Double](repeating: 0, count: entry.shape[1])
            for sample in samples {
                let statistics = try ModelStatistics.inputProducts(
                    of: model,
                    on: [ModelInput(sequences: [sample])]
                )
                let product = try #require(statistics.inputProduct(of: entry.name))
                for column in expected.indices {
                    let mean = Double(product[column * expected.count + column])
                    expected[column] += (mean * Double(sample.count)).squareRoot()
                }
                withExtendedLifetime(statistics) {}
            }
            let found = try #require(norms.columns[entry.name])
            #expect(relativeError(found, expected) < 1e-5, "\(entry.name)")
        }
        withExtendedLifetime(model) {}
    }

    @Test("sets have the sizes that their share gives, and are cut inside each matrix")
    func sizes() throws {
        let model = TestModel.random(layers: 2, vocabulary: 40)
        let samples = { (seed: UInt64) in
            var generator = SeededGenerator(seed: seed, stream: "words")
            return (0..<9).map { _ in (0..<8).map { _ in Int32(generator.next() % 40) } }
        }
        let prompts = [
            PromptSet(language: "a", mathematics: samples(1), other: samples(2)),
            PromptSet(language: "b", mathematics: samples(3), other: samples(4)),
        ]
        let scores = try ImportanceScores(of: model, prompts: prompts, groupCount: 3, pool: pool)
        let top = ParameterSet(
            mathematicsOf: 0,
            in: model,
            scores,
            share: 0.1,
            subtracted: false,
            pool: pool
        )
        for part in top.parts {
            #expect(part.places.count == Int((0.1 * Double(part.entry.range.count)).rounded()))
            // The smallest score inside is not below the largest outside.
            let columns = try #require(
                InputNorms(of: model, on: prompts[0].mathematics, pool: pool)
                    .columns[part.entry.name]
            )
            let weights = model.parameters[part.entry.range].array()
            let all = weights.indices.map { place in
                Double(abs(weights[place])) * columns[place % columns.count]
            }
            let inside = all.indices.filter { part.places[$0] }.map { all[$0] }.min() ?? 0
            let outside = all.indices.filter { !part.places[$0] }.map { all[$0] }.max() ?? 0
            #expect(inside >= outside * (1 - 1e-5))
        }
        let own = ParameterSet(
            mathematicsOf: 0,
            in: model,
            scores,
            share: 0.1,
            subtracted: true,
            pool: pool
        )
        #expect(own.count < top.count)
        let found = try record(model, prompts, shares: [0.1])
        #expect(found.cuts[0].sets[0].size == own.count)
        #expect(found.cuts[0].sets[0].layers.reduce(0, +) == own.count)
        #expect(found.cuts[0].sets[0].tensors.reduce(0, +) == own.count)
    }

    @Test("stored scores are those that were gathered, and those of something else are not taken")
    func storing() throws {
        let model = try Planted.model()
        let scores = try ImportanceScores(
            of: model,
            prompts: Planted.prompts,
            groupCount: 3,
            pool: pool
        )
        let folders = AnalysisFolders()
        let folder = try folders.write("model", model)
        let file = folder.appending(path: "scores.safetensors")
        try scores.write(to: file, identity: "this")
        let known = try #require(
            try ImportanceScores(at: file, identity: "this", model: model)
        )
        let analysis = LocalizationAnalysis(shares: [0.05, 0.2], draws: 3)
        #expect(
            try analysis.run(model, known, pool: pool) == analysis.run(model, scores, pool: pool)
        )
        #expect(try ImportanceScores(at: file, identity: "that", model: model) == nil)
        let other = TestModel.random(layers: 4)
        #expect(try ImportanceScores(at: file, identity: "this", model: other) == nil)
        withExtendedLifetime(folders) {}
    }

    @Test("no number depends on the threads, and the same samples give the same sets")
    func threads() throws {
        let model = TestModel.random(layers: 2, vocabulary: 12)
        let prompts = Planted.prompts
        let first = try record(model, prompts, shares: [0.05, 0.2], threads: 1)
        let second = try record(model, prompts, shares: [0.05, 0.2], threads: 3)
        #expect(first == second)
        let twice = [prompts[0], prompts[0]]
        let same = try record(model, twice, shares: [0.1])
        #expect(same.cuts[0].pairs[0].all.jaccard == 1)
    }

    @Test("random sets share what chance gives: no bias, and a z score of deviation one")
    func chance() throws {
        let model = try Planted.model()
        // One language with itself under another name, in which nothing is shared but by chance.
        let entries = ParameterSet.entries(of: model)
        let sizes = entries.map { ($0.range.count / 7, $0.range.count / 4) }
        func set(_ draw: Int, _ size: KeyPath<(Int, Int), Int>) -> ParameterSet {
            let like = ParameterSet(
                zip(entries, sizes).map { entry, sizes in
                    var places = BitSet(limit: entry.range.count)
                    for place in 0..<sizes[keyPath: size] { places[place] = true }
                    return .init(entry: entry, places: places)
                }
            )
            return ParameterSet(randomLike: like, seed: 7, draw: draw)
        }
        var chance = SizeMatchedChance()
        for (entry, size) in zip(entries, sizes) {
            chance.add(size.0, size.1, of: entry.range.count)
        }
        let scores = (0..<300).compactMap { draw -> Double? in
            let pairs = zip(set(2 * draw, \.0).parts, set(2 * draw + 1, \.1).parts)
            return chance.z(of: pairs.reduce(0) { $0 + $1.0.places.sharedCount(with: $1.1.places) })
        }
        #expect(scores.count == 300)
        let mean = scores.reduce(0, +) / 300
        let variance = scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 299
        #expect(abs(mean) < 4 / 300.0.squareRoot())
        #expect(abs(variance - 1) < 0.35)
    }

    @Test("random sets have the sizes of another set, tensor by tensor, and differ by draw")
    func random() throws {
        let model = try Planted.model()
        let scores = try ImportanceScores(
            of: model,
            prompts: Planted.prompts,
            groupCount: 1,
            pool: pool
        )
        let set = ParameterSet(
            mathematicsOf: 0,
            in: model,
            scores,
            share: 0.2,
            subtracted: true,
            pool: pool
        )
        let first = ParameterSet(randomLike: set, seed: 1, draw: 0)
        let second = ParameterSet(randomLike: set, seed: 1, draw: 1)
        #expect(first.parts.map(\.places.count) == set.parts.map(\.places.count))
        #expect(first.parts.map(\.places) != second.parts.map(\.places))
        #expect(
            first.parts.map(\.places)
                == ParameterSet(randomLike: set, seed: 1, draw: 0).parts.map(\.places)
        )
    }

    @Test("samples that are too few or not of the vocabulary, and shares out of range, are refused")
    func refusals() throws {
        let model = try Planted.model()
        #expect {
            try record(model, Planted.prompts, shares: [0.1], groups: 13)
        } throws: { "\($0)".contains("12 samples of mathematics in en, expected at least 13") }
        var foreign = Planted.prompts
        foreign[1].other[0][0] = 99
        #expect {
            try record(model, foreign, shares: [0.1])
        } throws: { "\($0)".contains("token 99") }
        #expect {
            try record(model, Planted.prompts, shares: [1.5])
        } throws: { "\($0)".contains("share: found 1.5") }
    }
}
