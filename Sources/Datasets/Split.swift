import Foundations

/// The three parts of a data set, which never share a content.
package enum Split: String, Codable, Sendable, CaseIterable {
    /// What models learn from.
    case train
    /// What is looked at while a model learns, and what settings are chosen by.
    case development
    /// What is measured once, at the end.
    case test
}

/// How much of a data set each split gets; the rest is for training.
///
/// Membership depends on the hash of the content alone: not on the order of rows, nor on the
/// language, nor on how many rows there are.
package struct SplitShares: Codable, Hashable, Sendable {
    /// The share of the development split, from 0 to 1.
    package var development: Double
    /// The share of the test split, from 0 to 1.
    package var test: Double

    /// Describes shares whose sum is at most 1.
    package init(development: Double = 0.05, test: Double = 0.05) {
        self.development = development
        self.test = test
    }

    /// The split of a content, given its hash.
    package func split(ofHash hash: UInt64) -> Split {
        // Scrambled once more, so that a hash with weak high bits is spread evenly too.
        let position = SplitMix64.fraction(SplitMix64.scrambled(hash))
        if position < test { return .test }
        return position < test + development ? .development : .train
    }

    /// The split of a text, given its characters.
    package func split(of text: String) -> Split {
        split(ofHash: ContentMixer.hash(of: text))
    }

    /// Checks that the shares lie between 0 and 1, and their sum too.
    ///
    /// - Throws: `DatasetError.setting`.
    package func validate() throws {
        let isValid = development >= 0 && test >= 0 && development + test <= 1
        guard isValid else {
            throw DatasetError.setting(
                name: "split shares",
                found: "development \(development), test \(test)",
                expected: "numbers from 0 whose sum is at most 1"
            )
        }
    }
}
