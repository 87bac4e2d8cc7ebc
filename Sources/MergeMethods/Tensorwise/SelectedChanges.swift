import Kernels

/// Select, calculate, erase (Wan et al., arXiv 2408.07990; mergekit's `sce`).
///
///     select      entries of all τ_i = 0 but where their variance over the models is among the
///                 largest: the share `density` of those with any variance
///     calculate   w_i = the mean of τ_i², divided by the sum over the models
///     erase       entries that have not the sign of Σ τ_i; a sum of zero counts as positive
///     add         θ_0 + Σ w_i τ_i / Σ w_i over the entries that are left
package struct SelectedChanges: TensorwiseMethod {
    /// The models.
    package var models: [String]
    /// The share of entries that is selected; 1 for all.
    package var density: Double

    /// A merge of models with their base.
    package init(_ models: [String], density: Double = 1) {
        self.models = models
        self.density = density
    }

    /// Weights that sum to less are made equal.
    private static let smallestSum = 1e-6

    var inputs: [String] { [ModelPart.base.name] + models }

    var readsBase: Bool { true }

    var formula: String {
        let share = density < 1 ? " of the \(MergeTerm.text(of: density)) that vary most" : ""
        return "\(ModelPart.base.name) + changes\(share) by size and sign "
            + "(\(models.joined(separator: ", ")))"
    }

    var source: MergeSource { .combine(.tensorwise(.sce(self))) }

    func check() throws(TensorwiseError) {
        guard !models.isEmpty else {
            throw .models(method: "sce", expected: "one or more models and a base", found: models)
        }
        try Self.checkNames(models, base: true)
        try Self.checkNumber("density", density, in: 0...1, "a share from 0 to 1")
    }

    func prepare(_ pass: TensorPass) -> PreparedCombination {
        var prepared = PreparedSelection(threshold: threshold(pass), weights: [])
        let squares = pass.partSums(models.count) { part in
            var sums = [Double](repeating: 0, count: models.count)
            prepared.forEachBlock(part.sources, at: part.place.offset) { _, changes, _ in
                for (model, entries) in changes.enumerated() {
                    sums[model] += InnerProduct.sum(
                        entries.count,
                        { entries[$0] },
                        { entries[$0] }
                    )
                }
            }
            return sums
        }
        let means = squares.map { $0 / Double(max(1, pass.count)) }
        let total = means.reduce(0, +)
        prepared.weights = means.map {
            total < Self.smallestSum ? 1 / Double(models.count) : $0 / total
        }
        return .parts(prepared)
    }

    /// The threshold of the entries that are selected; nil when all are.
    private func threshold(_ pass: TensorPass) -> MagnitudeThreshold? {
        guard density < 1 else { return nil }
        let variance = pass.computed { sources, _, output in
            ElementBlock.forEachChange(sources) { range, changes, _ in
                let output = output[range]
                for i in 0..<range.count { output[i] = PreparedSelection.variance(changes, at: i) }
            }
        }
        let varying = variance.sums(1) { sources in
            [Double((0..<sources[1].count).count { sources[1][$0] != 0 })]
        }
        let wanted = Int(varying[0] * density)
        guard wanted > 0 else { return MagnitudeThreshold.none }
        let query = ThresholdQuery(source: 1, wanted: wanted)
        return MagnitudeBracket(pass: variance).thresholds([query])[0]
    }
}

/// The selection with what is known about the whole tensor.
struct PreparedSelection: PreparedPart {
    /// The threshold of variances; nil when everything is selected.
    let threshold: MagnitudeThreshold?
    /// The weights of the models.
    var weights: [Double]

    private static let smallestSum = 1e-6

    var needsRows: Bool { false }

    func apply(_ sources: [FloatView], into output: FloatView, part: TensorPart) {
        forEachBlock(sources, at: part.offset) { range, changes, sums in
            for i in 0..<range.count {
                let total = changes.reduce(0) { $0 + $1[i] }
                let isPositive = total >= 0
                var sum = 0.0
                var share = 0.0
                for (model, entries) in changes.enumerated() {
                    let entry = entries[i]
                    guard isPositive ? entry > 0 : entry < 0 else { continue }
                    sum += weights[model] * entry
                    share += weights[model]
                }
                // What is no number has no sign, and is to be seen.
                sums[i] = total.isFinite ? sum / max(share, Self.smallestSum) : total
            }
            TaskVector.add(sums, times: 1, to: sources[0][range], into: output[range])
        }
    }

    /// Goes through blocks of changes of which only those are left that are selected.
    func forEachBlock(
        _ sources: [FloatView],
        at offset: Int,
        _ body: (
            Range<Int>, [UnsafeMutableBufferPointer<Double>], UnsafeMutableBufferPointer<Double>
        ) -> Void
    ) {
        ElementBlock.forEachChange(sources) { range, changes, sums in
            if let threshold {
                for i in 0..<range.count {
                    let variance = Double(Self.variance(changes, at: i))
                    guard !threshold.keeps(variance, at: offset + range.lowerBound + i) else {
                        continue
                    }
                    for entries in changes { entries[i] = 0 }
                }
            }
            body(range, changes, sums)
        }
    }

    /// The variance of an entry over the models, exactly zero where all are equal.
    @inline(__always)
    static func variance(_ changes: [UnsafeMutableBufferPointer<Double>], at index: Int) -> Float {
        var mean = 0.0
        var squares = 0.0
        for (model, entries) in changes.enumerated() {
            let distance = entries[index] - mean
            mean += distance / Double(model + 1)
            squares += distance * (entries[index] - mean)
        }
        return Float(squares / Double(changes.count))
    }
}
