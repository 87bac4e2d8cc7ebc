import Analysis
import Evaluation
import Foundation
import Testing
import Transformer

@Suite("Changes of experts")
struct ChangeAnalysisTests {
    private let folders = AnalysisFolders()

    private func record(
        _ base: TransformerModel,
        _ language: TransformerModel,
        _ math: TransformerModel,
        _ analysis: ChangeAnalysis = ChangeAnalysis(threadCount: 2)
    ) throws -> ChangeRecord {
        try analysis.run(
            base: folders.write("base-\(UUID().uuidString)", base),
            language: folders.write("language-\(UUID().uuidString)", language),
            math: folders.write("math-\(UUID().uuidString)", math)
        )
    }

    private func tensor(_ name: String, of record: ChangeRecord) throws -> ChangeRecord.Tensor {
        try #require(record.tensors.first { $0.name.full == name })
    }

    @Test("a change planted in two layers is found there and nowhere else")
    func planted() throws {
        let base = TestModel.random(layers: 5)
        let language = TestModel.copy(base)
        let math = TestModel.copy(base)
        for entry in base.layout.entries {
            let isPlanted = [1, 2].contains(entry.layer)
            let changed = isPlanted ? math : language
            for place in entry.range { changed.parameters[place] += 0.01 }
        }
        let found = try record(base, language, math)
        #expect(found.layers.count == 5)
        for (number, layer) in found.layers.enumerated() {
            let isPlanted = [1, 2].contains(number)
            #expect((layer.math.value > 0) == isPlanted)
            #expect((layer.language.value > 0) == !isPlanted)
            #expect(abs((isPlanted ? layer.math : layer.language).value - 0.01) < 1e-6)
            #expect(layer.cosine == nil)
        }
        #expect(found.tensors.first?.name.module == "embed_tokens")
        #expect(found.tensors.last?.name.module == "norm")
        let layers = found.tensors.compactMap(\.name.layer)
        #expect(layers == layers.sorted())
    }

    @Test("every number of a tensor equals the one that its definition gives")
    func definitions() throws {
        let base = TestModel.random(layers: 1, seed: 3)
        let language = TestModel.random(layers: 1, seed: 4)
        let math = TestModel.random(layers: 1, seed: 5)
        let name = "model.layers.0.mlp.up_proj.weight"
        let thresholds = [0.5, 1.4]
        let found = try tensor(
            name,
            of: record(
                base,
                language,
                math,
                ChangeAnalysis(thresholds: thresholds, threadCount: 1)
            )
        )
        func values(_ model: TransformerModel) throws -> [Double] {
            try #require(model.parameters(named: name)).array().map(Double.init)
        }
        let (b, l, m) = (try values(base), try values(language), try values(math))
        let dl = zip(l, b).map { Double(Float($0) - Float($1)) }
        let dm = zip(m, b).map { Double(Float($0) - Float($1)) }
        let (rows, columns) = (24, 16)
        #expect(found.shape == [rows, columns])
        let meanBase = b.map(abs).reduce(0, +) / Double(b.count)
        #expect(abs(found.baseMagnitude - meanBase) < 1e-9)
        var sums: [Double] = []
        for row in 0..<rows {
            let changes = dl[(row * columns)..<((row + 1) * columns)]
            sums.append(changes.reduce(0) { $0 + abs($1) })
        }
        let widths = [Double](repeating: Double(columns), count: rows)
        let expected = try #require(
            Estimate.ratio(numerators: sums, denominators: widths)
        )
        #expect(abs(found.language.meanAbsolute.value - expected.value) < 1e-9)
        let error = try #require(found.language.meanAbsolute.standardError)
        #expect(abs(error - (expected.standardError ?? 0)) < 1e-9)
        func norm(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        #expect(abs((found.math.relativeNorm ?? 0) - norm(dm) / norm(b)) < 1e-9)
        let product = zip(dl, dm).reduce(0) { $0 + $1.0 * $1.1 }
        #expect(abs((found.cosine ?? 9) - product / (norm(dl) * norm(dm))) < 1e-9)
        let same = zip(dl, dm).count { ($0 < 0) == ($1 < 0) }
        #expect(found.signAgreement == Double(same) / Double(dl.count))
        for (place, threshold) in thresholds.enumerated() {
            let above = (0..<columns).count { column in
                let sum = (0..<rows).reduce(0) { $0 + abs(dl[$1 * columns + column]) }
                return sum / Double(rows) > threshold * meanBase
            }
            #expect(found.language.columnsAbove?[place] == Double(above) / Double(columns))
        }
        #expect(Set(found.language.rowsAbove).isSubset(of: (0...24).map { Double($0) / 24 }))
        #expect(found.language.rowsAbove[0] >= found.language.rowsAbove[1])
    }

    @Test("the effective rank counts the directions of a change")
    func ranks() throws {
        let base = TestModel.random(layers: 1)
        let language = TestModel.copy(base)
        let math = TestModel.copy(base)
        let name = "model.layers.0.self_attn.q_proj.weight"
        let one = try #require(language.parameters(named: name))
        for row in 0..<16 {
            for column in 0..<16 { one[row * 16 + column] += Float(row + column * row) }
        }
        let three = try #require(math.parameters(named: name))
        for place in 0..<3 { three[place * 16 + place] += 1 }
        let found = try tensor(name, of: record(base, language, math))
        #expect(abs((found.language.effectiveRank ?? 0) - 1) < 1e-2)
        #expect(abs((found.math.effectiveRank ?? 0) - 3) < 1e-4)
        // Shares are those of singular values, not of their squares: ¾ and ¼ are exp(0.5623)
        // directions.
        let uneven = TestModel.copy(base)
        let two = try #require(uneven.parameters(named: name))
        two[0] += 3
        two[17] += 1
        let mixed = try tensor(name, of: record(base, uneven, math))
        #expect(abs((mixed.language.effectiveRank ?? 0) - exp(0.5623351)) < 1e-4)
        let plain = try record(
            base,
            language,
            math,
            ChangeAnalysis(findsRanks: false, threadCount: 1)
        )
        #expect(plain.tensors.allSatisfy { $0.language.effectiveRank == nil })
        let untouched = try tensor(
            "model.layers.0.mlp.down_proj.weight",
            of: record(base, math, math)
        )
        #expect(untouched.language.effectiveRank == 0)
    }

    @Test("no number depends on the threads")
    func threads() throws {
        let models = (1...3).map { TestModel.random(seed: $0) }
        let first = try record(models[0], models[1], models[2], ChangeAnalysis(threadCount: 1))
        let second = try record(models[0], models[1], models[2], ChangeAnalysis(threadCount: 3))
        #expect(first == second)
    }

    @Test("checkpoints of different shapes, and numbers that are not finite, are refused by name")
    func refusals() throws {
        let base = TestModel.random()
        let wide = TestModel.random(width: 32)
        #expect {
            try record(base, wide, base)
        } throws: { "\($0)".contains("has the shape") && "\($0)".contains("embed_tokens") }
        let deep = TestModel.random(layers: 4)
        #expect {
            try record(base, base, deep)
        } throws: { "\($0)".contains("lacks 'model.layers.3") }
        let broken = TestModel.copy(base)
        broken.parameters[base.layout.entries[2].range.lowerBound] = .nan
        #expect {
            try record(base, broken, base)
        } throws: { "\($0)".contains(base.layout.entries[2].name) && "\($0)".contains("finite") }
    }
}
