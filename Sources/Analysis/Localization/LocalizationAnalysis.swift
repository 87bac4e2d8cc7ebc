import Kernels
import Transformer

/// Cuts the sets of mathematics of each language and compares them, with what chance alone would
/// give (arXiv 2606.18453; the nulls are what that paper lacks).
package struct LocalizationAnalysis: Sendable {
    /// The shares k of each matrix.
    package var shares: [Double]
    /// Draws of shuffled norms.
    package var draws: Int
    /// Resamples of the groups of samples, for the intervals of the claims; 0 for none.
    package var resamples: Int
    /// Where the draws come from.
    package var seed: UInt64

    /// The shares that are looked at when nobody says others.
    package static let standardShares = [0.001, 0.01, 0.05, 0.1, 0.15]

    /// Describes an analysis.
    package init(
        shares: [Double] = standardShares,
        draws: Int = 20,
        resamples: Int = 0,
        seed: UInt64 = 0
    ) {
        self.shares = shares
        self.draws = draws
        self.resamples = resamples
        self.seed = seed
    }

    /// Cuts and compares.
    ///
    /// - Parameters:
    ///   - model: The model that the scores are of.
    ///   - scores: The scores of two languages or more; one language has sizes alone.
    ///   - pool: The threads; no number depends on how many there are.
    ///   - progress: Called with how many of how many tensors are done.
    /// - Returns: Sizes and overlaps at every share.
    /// - Throws: `AnalysisError.setting` for shares or draws out of range, and what `progress`
    ///   throws.
    package func run(
        _ model: TransformerModel,
        _ scores: ImportanceScores,
        pool: WorkerPool,
        progress: (Int, Int) throws -> Void = { _, _ in }
    ) throws -> LocalizationRecord {
        try check()
        let entries = ParameterSet.entries(of: model)
        var tensors: [TensorCuts] = []
        for first in stride(from: 0, to: entries.count, by: pool.threadCount) {
            let part = Array(entries[first..<min(first + pool.threadCount, entries.count)])
            var made = [TensorCuts?](repeating: nil, count: part.count)
            made.withUnsafeMutableBufferPointer { buffer in
                let slots = SharedSlots(buffer)
                pool.perform(count: part.count) { number in
                    slots[number] = TensorCuts(part[number], of: model, scores, by: self)
                }
            }
            tensors += made.compactMap { $0 }
            try progress(tensors.count, entries.count)
        }
        let names = entries.map { entry in
            LocalizationRecord.Tensor(name: TensorName(entry.name), count: entry.range.count)
        }
        let languages = scores.languages.indices
        return LocalizationRecord(
            languages: scores.languages,
            mathematics: languages.map { scores.samples(of: $0, .mathematics) },
            other: languages.map { scores.samples(of: $0, .other) },
            groups: scores.groupCount,
            draws: draws,
            seed: seed,
            tensors: names,
            cuts: shares.enumerated().map { place, share in
                CutSummary(tensors: tensors.map { $0.cuts[place] }, names: names, scores.languages)
                    .cut(share: share)
            }
        )
    }

    private func check() throws {
        if let share = shares.first(where: { !($0 > 0 && $0 < 1) }) {
            throw AnalysisError.setting(
                name: "share",
                found: "\(share)",
                expected: "a number above 0 and below 1"
            )
        }
        guard !shares.isEmpty else {
            throw AnalysisError.setting(name: "share", found: "none", expected: "one or more")
        }
        guard resamples == 0 || (10...10_000).contains(resamples) else {
            throw AnalysisError.setting(
                name: "resamples",
                found: "\(resamples)",
                expected: "0, or a number from 10 to 10000"
            )
        }
        guard (2...10_000).contains(draws) else {
            throw AnalysisError.setting(
                name: "draws",
                found: "\(draws)",
                expected: "a number from 2 to 10000"
            )
        }
    }
}
