import Kernels

/// Reinforced agent merging (arXiv 2601.13572; mergekit's `ram` and `ramplus_tl`): what one model
/// alone has changed stays whole, what several have is averaged.
///
/// With m_i an entry's |τ_i| > ε and n the number of models with m_i:
///
///     θ_0 + Σ m_i λ_i τ_i        where n = 1
///     θ_0 + Σ m_i τ_i / n        where n > 1
///
/// λ_i is 1, or with a `gain` r and its limit α: 1 + r min(α, ρ_i), where ρ_i is the number of
/// entries that model i shares with others by that of those which it has alone.
package struct AgentMerge: TensorwiseMethod {
    /// The models.
    package var models: [String]
    /// Changes up to this are none, ε.
    package var epsilon: Double
    /// r; nil for plain agent merging.
    package var gain: Double?
    /// α, the most that ρ counts.
    package var limit: Double

    /// mergekit's numbers.
    package static let standardEpsilon = 1e-5
    /// mergekit's numbers.
    package static let standardGain = 0.1
    /// mergekit's numbers.
    package static let standardLimit = 0.2

    /// A merge of models with their base.
    package init(
        _ models: [String],
        epsilon: Double = standardEpsilon,
        gain: Double? = nil,
        limit: Double = standardLimit
    ) {
        self.models = models
        self.epsilon = epsilon
        self.gain = gain
        self.limit = limit
    }

    var inputs: [String] { [ModelPart.base.name] + models }

    var readsBase: Bool { true }

    var formula: String {
        let enlarged = gain.map {
            ", alone times 1 + \(MergeTerm.text(of: $0)) min(\(MergeTerm.text(of: limit)), ρ)"
        }
        return "\(ModelPart.base.name) + mean of changes beyond \(epsilon) "
            + "(\(models.joined(separator: ", ")))\(enlarged ?? "")"
    }

    var source: MergeSource { .combine(.tensorwise(.ram(self))) }

    func check() throws(TensorwiseError) {
        guard !models.isEmpty else {
            throw .models(
                method: gain == nil ? "ram" : "ramplus-tl",
                expected: "one or more models and a base",
                found: models
            )
        }
        try Self.checkNames(models, base: true)
        try Self.checkNumber("epsilon", epsilon, in: 0...1e9, "a number, 0 or more")
        if let gain { try Self.checkNumber("gain", gain, in: -1e9...1e9, "a number") }
        try Self.checkNumber("limit", limit, in: 0...1e9, "a number, 0 or more")
    }

    func prepare(_ pass: TensorPass) -> PreparedCombination {
        guard let gain else {
            return .parts(PreparedAgents(epsilon: epsilon, factors: models.map { _ in 1 }))
        }
        let counts = pass.partSums(2 * models.count) { part in
            var counts = [Double](repeating: 0, count: 2 * models.count)
            PreparedAgents.forEachBlock(part.sources, epsilon: epsilon) { _, changes, present in
                for (model, entries) in changes.enumerated() {
                    for i in entries.indices where PreparedAgents.counts(entries[i], epsilon) {
                        counts[2 * model + (present[i] > 1 ? 1 : 0)] += 1
                    }
                }
            }
            return counts
        }
        let factors = models.indices.map { model in
            // Where a model changes nothing, neither counts.
            let ratio = counts[2 * model + 1] / max(counts[2 * model], epsilon)
            return 1 + gain * min(ratio.isNaN ? 0 : ratio, limit)
        }
        return .parts(PreparedAgents(epsilon: epsilon, factors: factors))
    }
}

/// Agent merging with the factor of what each model alone has changed.
struct PreparedAgents: PreparedPart {
    let epsilon: Double
    let factors: [Double]

    var needsRows: Bool { false }

    func apply(_ sources: [FloatView], into output: FloatView, part: TensorPart) {
        Self.forEachBlock(sources, epsilon: epsilon) { range, changes, present in
            for i in 0..<range.count {
                var sum = 0.0
                for (model, entries) in changes.enumerated()
                where Self.counts(entries[i], epsilon) {
                    sum += present[i] > 1 ? entries[i] / present[i] : factors[model] * entries[i]
                }
                present[i] = sum
            }
            TaskVector.add(present, times: 1, to: sources[0][range], into: output[range])
        }
    }

    /// Whether a change is one; what is not a number is, so that it is seen.
    @inline(__always)
    static func counts(_ entry: Double, _ epsilon: Double) -> Bool { !(entry.magnitude <= epsilon) }

    /// Goes through blocks of changes with how many models have changed each entry.
    static func forEachBlock(
        _ sources: [FloatView],
        epsilon: Double,
        _ body: (
            Range<Int>, [UnsafeMutableBufferPointer<Double>], UnsafeMutableBufferPointer<Double>
        ) -> Void
    ) {
        ElementBlock.forEachChange(sources) { range, changes, present in
            present.update(repeating: 0)
            for entries in changes {
                for i in entries.indices { present[i] += counts(entries[i], epsilon) ? 1 : 0 }
            }
            body(range, changes, present)
        }
    }
}
