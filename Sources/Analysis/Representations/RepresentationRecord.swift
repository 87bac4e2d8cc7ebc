import Evaluation

/// How alike a model's inner states are for the same sentences in two languages, layer by layer.
package struct RepresentationRecord: Codable, Hashable, Sendable {
    /// A value and what it is when sentences are paired with wrong ones.
    package struct Controlled: Codable, Hashable, Sendable {
        /// The value with its error over sentences.
        package var value: Estimate
        /// The mean over draws in which the sentences of the second language are shuffled.
        package var shuffled: Double
        /// The standard deviation over those draws.
        package var shuffledDeviation: Double

        private enum CodingKeys: String, CodingKey {
            case value, shuffled
            case shuffledDeviation = "shuffled_deviation"
        }
    }

    /// What the logit lens shows for sentences of one language, as shares of positions.
    package struct Lens: Codable, Hashable, Sendable {
        /// The most probable next token is of the first language.
        package var first: Estimate
        /// It is of the second language.
        package var second: Estimate
        /// It is of both, or of no known text.
        package var neither: Estimate
    }

    /// One place of the residual stream.
    package struct Place: Codable, Hashable, Sendable {
        /// 0 behind the embeddings, l + 1 behind block l.
        package var place: Int
        /// The mean cosine of the two states of a sentence.
        package var cosine: Controlled
        /// Linear CKA, unbiased.
        package var alignment: Controlled
        /// The share of sentences of the first language whose nearest state among those of the
        /// second is their own translation; states centred by language, nearest by cosine.
        package var retrieval: Estimate
        /// The same from the second language to the first.
        package var retrievalBack: Estimate
        /// The logit lens for sentences of the first and of the second language.
        package var lens: [Lens]

        private enum CodingKeys: String, CodingKey {
            case place, cosine, alignment, retrieval, lens
            case retrievalBack = "retrieval_back"
        }
    }

    /// The languages.
    package var languages: [String]
    /// How many sentences were compared.
    package var sentences: Int
    /// Draws of shuffled sentences.
    package var draws: Int
    /// The places from the input to the output.
    package var places: [Place]
}
