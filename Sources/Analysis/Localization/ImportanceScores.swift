import Kernels
import Transformer

/// How important every weight of a model is for each language and kind of sample:
/// S_ij = |W_ij| Σ ‖X_j‖₂ (MathNeuro, arXiv 2410.16930, section 3).
///
/// Only the norms are kept, by groups of samples, so that sets can be cut at any share without
/// another look at the model, and so that the sampling error is known.
package struct ImportanceScores: Sendable {
    /// The languages, in the order in which they were given.
    package let languages: [String]
    /// How many groups of samples there are; the same of every language and kind.
    package let groupCount: Int
    /// The norms by language, kind and group.
    private let norms: [[PromptKind: [InputNorms]]]

    init(languages: [String], groupCount: Int, norms: [[PromptKind: [InputNorms]]]) {
        self.languages = languages
        self.groupCount = groupCount
        self.norms = norms
    }

    /// The scores of several languages that were gathered apart, in the order given.
    ///
    /// - Precondition: All have the same number of groups.
    package init(joining parts: [ImportanceScores]) {
        precondition(Set(parts.map(\.groupCount)).count < 2, "groups of different numbers")
        languages = parts.flatMap(\.languages)
        groupCount = parts.first?.groupCount ?? 1
        norms = parts.flatMap(\.norms)
    }

    /// Gathers the norms of samples; sample i belongs to group i modulo `groupCount`.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - prompts: The samples of each language.
    ///   - groupCount: The number of groups, 1 or more.
    ///   - pool: The threads.
    ///   - progress: Called with how many of how many groups are done.
    /// - Throws: `AnalysisError.tooFew` when a group would have no sample, `unknownToken`, and what
    ///   `progress` throws.
    package init(
        of model: TransformerModel,
        prompts: [PromptSet],
        groupCount: Int,
        pool: WorkerPool,
        progress: (Int, Int) throws -> Void = { _, _ in }
    ) throws {
        precondition(groupCount > 0, "\(groupCount) groups")
        self.groupCount = groupCount
        languages = prompts.map(\.language)
        let total = prompts.count * PromptKind.allCases.count * groupCount
        var done = 0
        norms = try prompts.map { prompt in
            var byKind: [PromptKind: [InputNorms]] = [:]
            for kind in PromptKind.allCases {
                let samples = (kind == .mathematics ? prompt.mathematics : prompt.other)
                    .filter { !$0.isEmpty }
                let what = "samples of \(kind.rawValue) in \(prompt.language)"
                guard samples.count >= groupCount else {
                    throw AnalysisError.tooFew(
                        what: what,
                        found: samples.count,
                        expected: groupCount
                    )
                }
                try Self.check(samples, what: what, model)
                byKind[kind] = try (0..<groupCount).map { group in
                    let own = stride(from: group, to: samples.count, by: groupCount)
                    let gathered = try InputNorms(
                        of: model,
                        on: own.map { samples[$0] },
                        pool: pool
                    )
                    done += 1
                    try progress(done, total)
                    return gathered
                }
            }
            return byKind
        }
    }

    private static func check(
        _ samples: [[Int32]],
        what: String,
        _ model: TransformerModel
    ) throws {
        let vocabulary = model.configuration.vocabularySize
        for token in samples.joined() where token < 0 || token >= vocabulary {
            throw AnalysisError.unknownToken(what: what, token: token, vocabulary: vocabulary)
        }
    }

    /// How many samples were seen of a language and kind.
    package func samples(of language: Int, _ kind: PromptKind) -> Int {
        groups(language, kind).reduce(0) { $0 + $1.samples }
    }

    /// Σ ‖X_j‖₂ of the input of a weight.
    ///
    /// - Parameters:
    ///   - tensor: The name of the weight, one of a block's linear layers.
    ///   - language: The place of the language.
    ///   - kind: The kind of sample.
    ///   - group: One group's samples, or nil for those of all.
    /// - Returns: A number for each column.
    func columns(of tensor: String, _ language: Int, _ kind: PromptKind, group: Int? = nil)
        -> [Double]
    {
        let groups = groups(language, kind)
        let chosen = group.map { [groups[$0]] } ?? groups
        return chosen.reduce(into: []) { sum, norms in
            let own = norms.columns[tensor] ?? []
            sum = sum.isEmpty ? own : zip(sum, own).map(+)
        }
    }

    /// Σ ‖X_j‖₂ of the input of a weight, each group counted as often as it was drawn.
    func columns(of tensor: String, _ language: Int, _ kind: PromptKind, counts: [Int]) -> [Double]
    {
        zip(groups(language, kind), counts).reduce(into: []) { sum, group in
            let own = (group.0.columns[tensor] ?? []).map { $0 * Double(group.1) }
            sum = sum.isEmpty ? own : zip(sum, own).map(+)
        }
    }

    func groups(_ language: Int, _ kind: PromptKind) -> [InputNorms] {
        norms[language][kind] ?? []
    }
}
