/// Which entries of a task vector are dropped, tensor by tensor, and what becomes of the others.
package enum Trimming: Hashable, Codable, Sendable {
    /// All entries are kept.
    case none
    /// The share `density` of largest magnitude is kept (TIES).
    case largest(density: Double)
    /// Each entry is kept with probability `density` and divided by it (DARE).
    case random(density: Double, seed: UInt64)
    /// Each entry is kept with a probability p and divided by it, where p rises in equal steps from
    /// `density − epsilon` for the smallest magnitude of a row to `density + epsilon` for the
    /// largest (DELLA). A tensor with one extent is one row.
    case ranked(density: Double, epsilon: Double, seed: UInt64)
    /// The share `gamma` of largest magnitude is dropped, and of the others the smallest, until the
    /// share `density` is left (breadcrumbs).
    case band(density: Double, gamma: Double)

    /// Whether what is kept of an entry depends on its own row alone, or on less.
    ///
    /// Otherwise the whole tensor must have been looked at.
    var needsThresholds: Bool {
        switch self {
        case .largest, .band: true
        case .none, .random, .ranked: false
        }
    }

    /// How many of the largest entries lie above the lower threshold, and how many of these above
    /// the upper one and are dropped too.
    ///
    /// - Parameters:
    ///   - count: The entries of the tensor.
    ///   - roundingDown: Whether shares are rounded down, and not to the nearest number of entries.
    /// - Returns: All and none where nothing depends on magnitudes.
    func counts(of count: Int, roundingDown: Bool = false) -> (kept: Int, dropped: Int) {
        switch self {
        case .none, .random, .ranked: return (count, 0)
        case .largest(let density):
            guard roundingDown else { return (KeptShare.count(of: density, in: count), 0) }
            return density > 0 ? (max(1, Int(density * Double(count))), 0) : (0, 0)
        case .band(let density, let gamma):
            if roundingDown {
                let kept = Int(density * Double(count))
                let end = min(count, Int(gamma * Double(count)) + kept)
                return (end, end - kept)
            }
            let dropped = Int((gamma * Double(count)).rounded())
            let kept = KeptShare.count(of: density, in: count)
            let end = min(count, dropped + kept)
            return (end, end - kept)
        }
    }

    /// Whether parts of a tensor must hold whole rows.
    var needsRows: Bool { if case .ranked = self { true } else { false } }

    /// The numbers as they stand in formulas.
    var text: String {
        switch self {
        case .none: ""
        case .largest(let density), .random(let density, _): MergeTerm.text(of: density)
        case .ranked(let density, let epsilon, _):
            "\(MergeTerm.text(of: density)) ± \(MergeTerm.text(of: epsilon))"
        case .band(let density, let gamma):
            "\(MergeTerm.text(of: density)) below the top \(MergeTerm.text(of: gamma))"
        }
    }

    /// The seed, where random numbers are used.
    package var seed: UInt64? {
        switch self {
        case .random(_, let seed), .ranked(_, _, let seed): seed
        case .none, .largest, .band: nil
        }
    }

    /// The share of entries that is kept, on average; nil when all are.
    var density: Double? {
        switch self {
        case .none: nil
        case .largest(let density), .random(let density, _), .ranked(let density, _, _),
            .band(let density, _):
            density
        }
    }

    /// Checks the shares.
    ///
    /// - Parameter asMergekit: Whether nothing may be kept, and what is dropped at the top gives
    ///   way to the density.
    /// - Throws: `TaskVectorError`.
    func check(asMergekit: Bool = false) throws(TaskVectorError) {
        guard let density else { return }
        guard density > 0 || asMergekit && density == 0, density <= 1 else {
            throw .density(density)
        }
        switch self {
        case .ranked(_, let epsilon, _):
            guard epsilon >= 0, density - epsilon > 0, density + epsilon <= 1 else {
                throw .epsilon(epsilon, density: density)
            }
        case .band(_, let gamma):
            guard gamma >= 0, gamma <= 1, asMergekit || density + gamma <= 1 else {
                throw .gamma(gamma, density: density)
            }
        case .none, .largest, .random: break
        }
    }
}

/// How many of the entries of a tensor are kept.
package enum KeptShare {
    /// The share, rounded, and at least one; from 1 to `count`.
    package static func count(of share: Double, in count: Int) -> Int {
        min(count, max(1, Int((share * Double(count)).rounded())))
    }
}
