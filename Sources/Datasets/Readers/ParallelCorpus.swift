import Foundation

/// Pairs of sentences with the same meaning, as instructions to translate.
package struct ParallelCorpus: DocumentSource {
    /// One language of a parallel file.
    package struct Side: Codable, Hashable, Sendable {
        /// The field of the rows that holds the sentence, such as `sw`.
        package var field: String
        /// The instruction to translate into this language, such as `Kiswahili: {text}`.
        package var cue: String

        /// Describes a side.
        package init(field: String, cue: String) {
            self.field = field
            self.cue = cue
        }
    }

    /// The sides: the source first, the target second.
    package let sides: [Side]
    /// The sentences, in the order of the file: source, target.
    package let pairs: [[String]]
    /// Which way sentences are translated.
    package let direction: BilingualWorld.Direction
    /// The rows of the file.
    package let rows: RowCounts?
    /// The hash of all sentences and instructions.
    package let fingerprint: String

    /// Reads the pairs of a split.
    ///
    /// A pair belongs to a split by the hash of its target sentence, as does the same sentence in
    /// a `TextCorpus`: what is held out as text is never seen as a translation.
    ///
    /// - Throws: `DataFileError`, or `DatasetError`.
    package init(
        at url: URL,
        source: Side,
        target: Side,
        direction: BilingualWorld.Direction = .both,
        split: Split? = nil,
        shares: SplitShares = SplitShares()
    ) throws {
        try shares.validate()
        for side in [source, target] where !side.cue.contains("{text}") {
            throw DatasetError.setting(
                name: "instruction to translate into '\(side.field)'",
                found: "\"\(side.cue)\"",
                expected: "a text that holds {text}"
            )
        }
        var rows = RowCounts()
        let kept = try JSONRow.compactMap(of: url) { row -> [String]? in
            let pair = [try row.text(source.field), try row.text(target.field)]
            let part = shares.split(of: pair[1])
            rows.count(part)
            return split == nil || part == split ? pair : nil
        }
        try DatasetError.check(kept.count, of: rows, from: url, in: split)
        self.rows = rows
        sides = [source, target]
        self.pairs = kept
        self.direction = direction
        var mixer = ContentMixer()
        for sentence in kept.joined() {
            mixer.mix(sentence)
        }
        fingerprint = "pairs 1 \(kept.count) \(mixer.hexadecimal) \(source) \(target) \(direction)"
    }

    /// How many documents there are: two a pair when both directions are asked for.
    package var count: Int? { direction == .both ? 2 * pairs.count : pairs.count }

    /// The translation at a place.
    package func document(at index: Int) throws -> Document {
        let pair = pairs[direction == .both ? index / 2 : index]
        let from =
            switch direction {
            case .toTarget: 0
            case .toSource: 1
            case .both: index % 2
            }
        let prompt = sides[1 - from].cue.replacingOccurrences(of: "{text}", with: pair[from])
        return .chat(prompt: prompt, response: pair[1 - from])
    }

    /// The sentences of one side as plain texts; 0 is the source, 1 the target.
    package func texts(ofSide side: Int) -> TextCorpus {
        TextCorpus(texts: pairs.map { $0[side] })
    }
}
