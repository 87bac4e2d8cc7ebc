import Foundation

/// Spherical interpolation of two models, tensor by tensor (Shoemake, 1985): along the arc between
/// both tensors, seen as vectors, instead of along the chord.
///
/// With cos φ = ⟨a, b⟩ / (‖a‖ ‖b‖) and the share t of b:
///
///     sin((1 − t) φ) / sin φ · a  +  sin(t φ) / sin φ · b
///
/// Where both are almost parallel (|cos φ| above 0.9995), it is the weighted average
/// (1 − t) a + t b. A tensor of zeros has no angle: then it is the weighted average too, or for
/// mergekit, whose zero stands at a right angle to everything, the arc with φ = π / 2.
package struct Slerp: Hashable, Codable, Sendable {
    /// The two models and their weights, of which t is the second one's share.
    package var terms: [MergeTerm]
    /// Whether a tensor of zeros counts as in mergekit; nil for no.
    package var followsMergekit: Bool?

    /// An interpolation of two models.
    package init(_ terms: [MergeTerm]) { self.terms = terms }

    /// Beyond this cosine the arc is a chord.
    private static let parallel = 0.9995

    /// Up to this squared norm mergekit takes a vector as it is, and not its direction.
    private static let directionless = 1e-16

    /// The share of the second model.
    package var share: Double { terms[1].weight / (terms[0].weight + terms[1].weight) }

    /// Where a tensor comes from: one of the models at an end of the arc.
    var source: MergeSource {
        terms.contains { $0.weight == 0 } ? .mix(terms) : .combine(.slerp(self))
    }

    /// The models that are read.
    var inputs: [String] { terms.map(\.input) }

    /// For people: `arc 0.500 math, 0.500 language`.
    var formula: String { "arc (\(MergeTerm.sum(normalizedTerms)))" }

    private var normalizedTerms: [MergeTerm] {
        [MergeTerm(terms[0].input, 1 - share), MergeTerm(terms[1].input, share)]
    }

    /// Checks that there are two models and what their weights are.
    ///
    /// - Throws: `WeightedAverageError`.
    package func check() throws(WeightedAverageError) {
        guard terms.count == 2 else { throw .notTwo(terms.map(\.input)) }
        try WeightedAverage(terms).check()
    }

    /// The factors of both tensors.
    ///
    /// - Parameters:
    ///   - first: ‖a‖².
    ///   - second: ‖b‖².
    ///   - product: ⟨a, b⟩.
    /// - Returns: What a and b are multiplied with.
    func factors(first: Double, second: Double, product: Double) -> [Double] {
        let isRightAngle = followsMergekit == true && min(first, second) <= Self.directionless
        let cosine = isRightAngle ? 0 : product / (first * second).squareRoot()
        guard cosine.magnitude <= Self.parallel else { return [1 - share, share] }
        let angle = acos(cosine)
        return [sin((1 - share) * angle) / sin(angle), sin(share * angle) / sin(angle)]
    }
}
