/// A model and its share.
package struct MergeTerm: Hashable, Codable, Sendable {
    /// The name of the model in the merge.
    package let input: String
    /// Its weight.
    package let weight: Double

    /// Gives a model a weight.
    package init(_ input: String, _ weight: Double) {
        self.input = input
        self.weight = weight
    }
}

/// Where an output tensor comes from.
package enum MergeSource: Hashable, Sendable, CustomStringConvertible {
    /// The stored bytes of one model.
    case copy(of: String)
    /// The result of arithmetic over several models.
    case combine(TensorCombination)

    /// The weighted average of models, which is a copy when only one has a weight.
    ///
    /// - Precondition: the weights are zero or more and their sum is above zero.
    static func mix(_ terms: [MergeTerm]) -> MergeSource {
        let sum = terms.reduce(0) { $0 + $1.weight }
        let present = terms.filter { $0.weight > 0 }
        if let only = present.first, present.count == 1 { return .copy(of: only.input) }
        return .combine(.weightedSum(present.map { MergeTerm($0.input, $0.weight / sum) }))
    }

    /// The models that are read.
    package var inputs: [String] {
        switch self {
        case .copy(let input): [input]
        case .combine(let combination): combination.inputs
        }
    }

    /// For people: `language`, or `0.500 language + 0.500 math`.
    package var description: String {
        switch self {
        case .copy(let input): input
        case .combine(let combination): combination.description
        }
    }
}
