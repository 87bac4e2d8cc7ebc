import Evaluation

/// Where a model's mathematics lies in each language, and how far languages share it.
package struct LocalizationRecord: Codable, Hashable, Sendable {
    /// What two languages share in some tensors.
    package struct Overlap: Codable, Hashable, Sendable {
        /// The sizes of both sets.
        package var sizes: [Int]
        /// Weights in both.
        package var shared: Int
        /// |A ∩ B| / |A ∪ B|.
        package var jaccard: Double
        /// The mean Jaccard of sets that are cut from one group of samples each, with its error
        /// over groups; nil with one group.
        package var groups: Estimate?
        /// The Jaccard that independent sets of these sizes have on average.
        package var sizeNull: Double
        /// How many standard deviations more is shared than independent sets of these sizes share.
        package var sizeZ: Double?
        /// The mean Jaccard when |W| stays and the norms of the inputs are shuffled, for each
        /// language by itself.
        package var weightNull: Double
        /// The standard deviation of that Jaccard over draws.
        package var weightDeviation: Double
        /// (Jaccard − mean) / deviation.
        package var weightZ: Double?
        /// The Jaccard of the sets without mathematics: the top of other text minus that of
        /// mathematics.
        package var control: Double

        private enum CodingKeys: String, CodingKey {
            case sizes, shared, jaccard, groups, control
            case sizeNull = "size_null"
            case sizeZ = "size_z"
            case weightNull = "weight_null"
            case weightDeviation = "weight_deviation"
            case weightZ = "weight_z"
        }
    }

    /// A pair of languages.
    package struct Pair: Codable, Hashable, Sendable {
        /// Both languages.
        package var languages: [String]
        /// Over all tensors.
        package var all: Overlap
        /// By layer.
        package var layers: [Overlap]
        /// By tensor, in the order of `tensors`.
        package var tensors: [Overlap]
    }

    /// The set of one language.
    package struct LanguageSet: Codable, Hashable, Sendable {
        /// The language.
        package var language: String
        /// The number of weights.
        package var size: Int
        /// The mean size of sets that are cut from one group of samples each, with its error; nil
        /// with one group.
        package var groups: Estimate?
        /// Sizes by layer.
        package var layers: [Int]
        /// The mean size by layer over groups, with its error; empty with one group.
        package var layerGroups: [Estimate]
        /// Sizes by tensor, in the order of `tensors`.
        package var tensors: [Int]
        /// The mean Jaccard of two such sets of one language, cut from different groups: what
        /// samples alone leave of an overlap; nil with one group.
        package var agreement: Estimate?

        private enum CodingKeys: String, CodingKey {
            case language, size, groups, layers, tensors, agreement
            case layerGroups = "layer_groups"
        }
    }

    /// The sets of one share.
    package struct Cut: Codable, Hashable, Sendable {
        /// The share of each matrix that is cut off the top, k.
        package var share: Double
        /// The sets by language.
        package var sets: [LanguageSet]
        /// The pairs of languages.
        package var pairs: [Pair]
        /// What the paper claims, with intervals over samples; nil where nothing was resampled.
        package var claims: [LocalizationClaim]?
    }

    /// A weight matrix.
    package struct Tensor: Codable, Hashable, Sendable {
        /// Its name and place.
        package var name: TensorName
        /// The number of its weights.
        package var count: Int
    }

    /// The languages.
    package var languages: [String]
    /// Samples of each language with mathematics.
    package var mathematics: [Int]
    /// Samples of each language without.
    package var other: [Int]
    /// Groups that the samples were cut in.
    package var groups: Int
    /// Draws of shuffled norms.
    package var draws: Int
    /// Where the draws come from.
    package var seed: UInt64
    /// The weight matrices from the input to the output.
    package var tensors: [Tensor]
    /// One entry for each share.
    package var cuts: [Cut]
}
