import Foundations
import Transformer

/// The sets of one weight matrix, counted: of all samples, of each group, and of shuffled norms.
struct TensorCuts: Sendable {
    /// What is counted at one share.
    struct Cut: Sendable {
        /// The sets of mathematics.
        var main: OverlapCounts
        /// The sets of other text.
        var control: OverlapCounts
        /// The sets of mathematics of each group of samples.
        var groups: [OverlapCounts]
        /// For each language its sets of two groups that follow each other: sizes and what they
        /// share.
        var agreement: [[OverlapCounts]]
        /// The sets of mathematics of each draw of shuffled norms.
        var shuffled: [OverlapCounts]
        /// The sets of mathematics of each resample of the groups.
        var resampled: [OverlapCounts]
    }

    /// One entry for each share.
    private(set) var cuts: [Cut]

    init(
        _ entry: ParameterLayout.Entry,
        of model: TransformerModel,
        _ scores: ImportanceScores,
        by analysis: LocalizationAnalysis
    ) {
        let matrix = MatrixSets(entry, of: model, scores, analysis)
        let main = Self.counts(matrix.sets())
        let control = Self.counts(matrix.sets(.other))
        let hasGroups = scores.groupCount > 1
        let groupSets = hasGroups ? (0..<scores.groupCount).map { matrix.sets(group: $0) } : []
        let groups = groupSets.map(Self.counts)
        let shuffled = (0..<analysis.draws).map { Self.counts(matrix.shuffledSets(draw: $0)) }
        let resampled = (0..<(hasGroups ? analysis.resamples : 0)).map {
            Self.counts(matrix.sets(resample: $0))
        }
        cuts = analysis.shares.indices.map { share in
            Cut(
                main: main[share],
                control: control[share],
                groups: groups.map { $0[share] },
                agreement: scores.languages.indices.map {
                    Self.agreement(of: groupSets, language: $0, share: share)
                },
                shuffled: shuffled.map { $0[share] },
                resampled: resampled.map { $0[share] }
            )
        }
        withExtendedLifetime(model) {}
    }

    /// Counts for each share from sets by language and share.
    private static func counts(_ sets: [[BitSet]]) -> [OverlapCounts] {
        (sets.first?.indices ?? 0..<0).map { share in counts(of: sets.map { $0[share] }) }
    }

    /// Counts the sets of each group and the one behind it, the first one behind the last.
    private static func agreement(
        of groups: [[[BitSet]]],
        language: Int,
        share: Int
    ) -> [OverlapCounts] {
        groups.indices.map { group in
            let next = (group + 1) % groups.count
            return counts(of: [groups[group], groups[next]].map { $0[language][share] })
        }
    }

    private static func counts(of sets: [BitSet]) -> OverlapCounts {
        OverlapCounts(
            sizes: sets.map(\.count),
            shared: OverlapCounts.pairs(of: sets.count).map {
                sets[$0.first].sharedCount(with: sets[$0.second])
            }
        )
    }
}

/// Makes the sets of one weight matrix: the top of one kind of text minus the top of the other one.
private struct MatrixSets {
    private let entry: ParameterLayout.Entry
    private let cut: ImportanceCut
    private let scores: ImportanceScores
    private let analysis: LocalizationAnalysis

    /// - Precondition: the model lives longer than the sets are made.
    init(
        _ entry: ParameterLayout.Entry,
        of model: TransformerModel,
        _ scores: ImportanceScores,
        _ analysis: LocalizationAnalysis
    ) {
        self.entry = entry
        self.scores = scores
        self.analysis = analysis
        cut = ImportanceCut(ParameterSet.matrix(of: entry, in: model))
    }

    /// The sets of a kind minus those of the other one, by language and share.
    ///
    /// - Parameters:
    ///   - kind: The kind.
    ///   - group: The group of samples; all when nil.
    ///   - resample: The number of a resample of the groups, in place of a group.
    ///   - order: For each language another order of the norms; their own when nil.
    /// - Returns: A set for each language and share.
    func sets(
        _ kind: PromptKind = .mathematics,
        group: Int? = nil,
        resample: Int? = nil,
        order: (Int) -> [Int]? = { _ in nil }
    ) -> [[BitSet]] {
        scores.languages.indices.map { language in
            let columns = PromptKind.allCases.map { kind in
                let plain = norms(of: kind, language, group: group, resample: resample)
                return order(language).map { $0.map { plain[$0] } } ?? plain
            }
            let tops = columns.map { cut.top($0, shares: analysis.shares) }
            let own = kind == .mathematics ? 0 : 1
            return zip(tops[own], tops[1 - own]).map { $0.subtracting($1) }
        }
    }

    /// The sets of mathematics of a draw of shuffled norms; both kinds of text are shuffled alike.
    func shuffledSets(draw: Int) -> [[BitSet]] {
        sets(order: { language in
            var generator = SeededGenerator(
                seed: analysis.seed,
                stream: "analysis/shuffled-norms/\(entry.name)",
                indices: draw,
                language
            )
            return generator.shuffledIndices(below: entry.shape[1])
        })
    }

    /// The norms of the inputs of the matrix, of all samples, a group or a resample.
    private func norms(
        of kind: PromptKind,
        _ language: Int,
        group: Int?,
        resample: Int?
    ) -> [Double] {
        guard let resample else {
            return scores.columns(of: entry.name, language, kind, group: group)
        }
        let counts = analysis.counts(ofResample: resample, kind, groups: scores.groupCount)
        return scores.columns(of: entry.name, language, kind, counts: counts)
    }
}

extension LocalizationAnalysis {
    /// How often each group of samples is drawn in a resample, with replacement.
    ///
    /// All languages have the same draw, so that samples which are translations of each other stay
    /// together; mathematics and other text have draws of their own.
    fileprivate func counts(ofResample number: Int, _ kind: PromptKind, groups: Int) -> [Int] {
        var generator = SeededGenerator(
            seed: seed,
            stream: "analysis/resampled-groups/\(kind.rawValue)",
            indices: number
        )
        var counts = [Int](repeating: 0, count: groups)
        for _ in 0..<groups { counts[generator.index(below: groups)] += 1 }
        return counts
    }
}
