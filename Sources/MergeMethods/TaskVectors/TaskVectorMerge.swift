/// Merging by what fine-tuning changed: the base plus a sum of task vectors τ_i = θ_i − θ_0, of
/// which each may be trimmed before, and whose entries may have to agree in sign.
///
/// For each tensor:
///
///     trim      τ'_i = τ_i with entries dropped, and the others enlarged where `trimming` says so
///     elect     s = the sign of Σ w_i τ'_i, entry by entry; without election all entries agree
///     add up    δ = Σ w_i τ'_i over the models whose entry agrees with s
///     average   δ is divided by the sum of w_i of those models, where `isNormalized`
///     add       θ_0 + λ δ
///
/// Every published method is a choice of these (`Kind`). An entry to which nothing is added is that
/// of the base to the bit.
package struct TaskVectorMerge: Hashable, Codable, Sendable {
    /// The models that were trained from the base, and their weights w_i.
    package var terms: [MergeTerm]
    /// Which entries of the task vectors are dropped.
    package var trimming: Trimming
    /// Whether entries count only where they have the sign of the weighted sum.
    package var electsSign: Bool
    /// Whether sums are divided by the weights that went into them.
    package var isNormalized: Bool
    /// What the sum is multiplied with, λ.
    package var lambda: Double
    /// The trimming of models that have another than `trimming`, by their names.
    package var ownTrimming: [String: Trimming]?
    /// What becomes of entries that are kept; nil for what the trimming says.
    package var rescaling: Rescaling?
    /// Whether counts are rounded down and sums of zero treated as mergekit 0.1.5 does.
    ///
    /// There a vote of zero is one for the positive sign, sums may be divided by weights below
    /// zero, and are not divided by weights that add up to nothing.
    package var followsMergekit: Bool?

    /// What becomes of entries that are kept.
    package enum Rescaling: String, Codable, Sendable {
        /// They stay as they are.
        case none
        /// They are enlarged so that their magnitudes add up to those of all entries.
        case sum
    }

    /// A merge of any composition.
    package init(
        _ terms: [MergeTerm],
        trimming: Trimming,
        electsSign: Bool,
        isNormalized: Bool,
        lambda: Double = 1
    ) {
        self.terms = terms
        self.trimming = trimming
        self.electsSign = electsSign
        self.isNormalized = isNormalized
        self.lambda = lambda
    }

    /// A published method with the settings that it is published with.
    ///
    /// - Parameters:
    ///   - kind: The method.
    ///   - terms: The models and their weights.
    ///   - seed: The seed of all randomness, for the methods that use it.
    package init(_ kind: Kind, _ terms: [MergeTerm], seed: UInt64 = 1) {
        self.init(
            terms,
            trimming: kind.trimming(seed: seed),
            electsSign: kind.electsSign,
            isNormalized: kind.isNormalized
        )
    }

    /// The method that trimming and election make; normalization and numbers may differ from it.
    package var kind: Kind {
        switch (trimming, electsSign) {
        case (.none, false): .taskArithmetic
        case (.none, true), (.largest, true): .ties
        case (.largest, false): .trimmed
        case (.random, false): .dare
        case (.random, true): .dareTies
        case (.ranked, false): .dellaLinear
        case (.ranked, true): .della
        case (.band, false): .breadcrumbs
        case (.band, true): .breadcrumbsTies
        }
    }

    /// Which entries of a model are dropped.
    package func trimming(of term: MergeTerm) -> Trimming { ownTrimming?[term.input] ?? trimming }

    /// The trimming of every model.
    private var trimmings: [Trimming] { [trimming] + (ownTrimming ?? [:]).values }

    /// Whether the whole tensor must have been looked at for any model.
    var needsThresholds: Bool { trimmings.contains(where: \.needsThresholds) }

    /// Whether parts of a tensor must hold whole rows for any model.
    var needsRows: Bool { trimmings.contains(where: \.needsRows) }

    /// The models that are read, the base first.
    var inputs: [String] { [ModelPart.base.name] + terms.map(\.input) }

    /// The same merge without the models that have no weight, which need not be read.
    var withoutIdleTerms: Self {
        var merge = self
        merge.terms.removeAll { $0.weight == 0 }
        return merge
    }

    /// For people: `base + 1.000 TIES 0.200 (1.000 τ math + 1.000 τ language)`.
    var formula: String {
        let numbers = ownTrimming == nil ? trimming.text : ""
        let words = [kind.shortName, numbers].filter { !$0.isEmpty }
        let operation = words.map { $0 + " " }.joined()
        let mean = isNormalized == kind.isNormalized ? "" : isNormalized ? "mean " : "sum "
        let factor = "\(MergeTerm.text(of: lambda)) \(operation)\(mean)"
        guard ownTrimming != nil else {
            return "\(ModelPart.base.name) + \(factor)(\(MergeTerm.sum(terms, symbol: "τ ")))"
        }
        let sum = terms.map { term in
            "\(MergeTerm.text(of: term.weight)) τ \(term.input) (\(trimming(of: term).text))"
        }
        return "\(ModelPart.base.name) + \(factor)(\(sum.joined(separator: " + ")))"
    }

    /// Checks weights and settings.
    ///
    /// - Throws: `TaskVectorError`.
    package func check() throws(TaskVectorError) {
        // A share of an average has no meaning below zero; a sum can make the base forget.
        let negative = !isNormalized || followsMergekit == true
        var names: Set<String> = []
        for term in terms {
            guard term.input != ModelPart.base.name else { throw .base }
            guard names.insert(term.input).inserted else { throw .repeated(term.input) }
            guard term.weight.isFinite, negative || term.weight >= 0 else {
                throw .weight(term, negative: negative)
            }
        }
        guard terms.contains(where: { $0.weight != 0 }) else { throw .noWeight }
        guard lambda.isFinite else { throw .lambda(lambda) }
        for trimming in trimmings { try trimming.check(asMergekit: followsMergekit == true) }
    }
}
