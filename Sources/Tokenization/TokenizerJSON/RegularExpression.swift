import CPCRE2

/// A regular expression of a `tokenizer.json`, compiled by PCRE2.
///
/// The files are written for Oniguruma; `OnigurumaSyntax` says what it means in the words of PCRE2.
final class RegularExpression: Sendable {
    /// Why an expression cannot be used.
    struct Refusal: Error {
        let reason: String
    }

    /// A search that was given up: the expression tries too much, or needs too much memory.
    struct GivenUp: Error, CustomStringConvertible {
        /// The expression.
        let expression: String
        /// PCRE2's own words.
        let reason: String
        /// Bytes of the text.
        let byteCount: Int

        var description: String {
            "the regular expression '\(expression)' of a tokenizer was given up in a text of "
                + "\(byteCount) bytes (\(reason)); get tokenizer.json again from where the model "
                + "came from, or shorten the text"
        }
    }

    // Compiled expressions are only read once they are made; `deinit` runs when nobody has one.
    private nonisolated(unsafe) let pattern: OpaquePointer
    private let text: String

    /// Compiles an expression.
    ///
    /// - Parameter text: The expression, as Oniguruma reads it.
    /// - Throws: `Refusal` when it is none, or asks for what PCRE2 does otherwise.
    init(_ text: String) throws(Refusal) {
        let translated = Array(try OnigurumaSyntax.translated(text).utf8)
        var message = [CChar](repeating: 0, count: 256)
        var offset = 0
        let compiled = translated.withUnsafeBufferPointer { buffer in
            // An empty array may have no address; PCRE2 reads no byte of it then.
            var empty: UInt8 = 0
            return withUnsafePointer(to: &empty) { nothing in
                pcre2_border_compile(
                    buffer.baseAddress ?? nothing,
                    buffer.count,
                    &message,
                    message.count,
                    &offset
                )
            }
        }
        guard let compiled else { throw Refusal(reason: message.text) }
        (pattern, self.text) = (compiled, text)
    }

    deinit { pcre2_border_free(pattern) }

    /// Appends begin and end of each match to `bounds`, from left to right.
    ///
    /// - Parameters:
    ///   - subject: Valid UTF-8; nothing outside of it is looked at.
    ///   - scratch: What the search works in.
    ///   - bounds: Gets two numbers for each match, counted from the subject's begin.
    /// - Throws: `GivenUp`.
    func appendMatches(
        in subject: UnsafeBufferPointer<UInt8>,
        scratch: MatchScratch,
        to bounds: inout [Int]
    ) throws(GivenUp) {
        guard let start = subject.baseAddress else { return }
        var search = pcre2_border_search()
        while !search.is_over {
            let found = scratch.batch.withUnsafeMutableBufferPointer { batch -> Int in
                guard let batchStart = batch.baseAddress else { return 0 }
                // The subject and the batch outlive the call, which keeps nothing of them.
                return batchStart.withMemoryRebound(to: Int.self, capacity: batch.count) {
                    $0.withMemoryRebound(to: UInt.self, capacity: batch.count) { numbers in
                        scratch.message.withUnsafeMutableBufferPointer { message in
                            guard let words = message.baseAddress else { return 0 }
                            return pcre2_border_matches(
                                pattern,
                                scratch.pointer,
                                start,
                                subject.count,
                                &search,
                                numbers,
                                batch.count / 2,
                                words,
                                message.count
                            )
                        }
                    }
                }
            }
            guard found >= 0 else {
                throw GivenUp(
                    expression: text,
                    reason: scratch.message.text,
                    byteCount: subject.count
                )
            }
            bounds.append(contentsOf: scratch.batch[..<(2 * found)])
        }
    }
}

extension RegularExpression {
    /// Refuses an expression whose attempts multiply with the length of an ordinary text.
    ///
    /// Searches runs of the characters that it names and of some of each kind, with an end that
    /// fits and one that does not. That is no proof: what multiplies on other texts alone is given
    /// up where it meets one.
    ///
    /// - Throws: `GivenUp`.
    func probe() throws(GivenUp) {
        let scratch = MatchScratch(mostAttempts: Self.mostAttempts)
        var seen: Set<Unicode.Scalar> = []
        let named = text.unicodeScalars.lazy.prefix(Self.mostNamed)
        for scalar in Self.kinds + named where seen.insert(scalar).inserted {
            let run = Array(String(repeating: String(scalar), count: Self.runLength).utf8)
            for end in ["", "\u{1}!"] {
                var bounds: [Int] = []
                let subject = run + Array(end.utf8)
                let result = subject.withUnsafeBufferPointer { bytes in
                    Result { () throws(GivenUp) in
                        try appendMatches(in: bytes, scratch: scratch, to: &bounds)
                    }
                }
                try result.get()
            }
        }
    }

    /// With these attempts, long enough to find that they grow with the cube of the length or
    /// faster, and not where they grow with its square, as for white space at the end of a line.
    private static let runLength = 2_048
    private static let mostAttempts: UInt32 = 10_000_000
    /// A file may hold an expression of any length.
    private static let mostNamed = 256
    /// One character of each kind that expressions of tokenizers know.
    private static let kinds = Array("aA1 \n.é数".unicodeScalars)
}

/// What a search works in; used by one thread at a time.
final class MatchScratch {
    fileprivate let pointer: OpaquePointer
    fileprivate var batch = [Int](repeating: 0, count: 512)
    fileprivate var message = [CChar](repeating: 0, count: 256)

    /// Attempts to match from one place, a hundred times PCRE2's default: half a minute at most for
    /// an expression whose attempts double with each character, and more than one of a real
    /// tokenizer makes over hundreds of megabytes of a single word.
    private static let mostAttempts: UInt32 = 1_000_000_000

    /// Takes memory, and says how often a match may be tried from one place.
    init(mostAttempts: UInt32 = mostAttempts) {
        guard let made = pcre2_border_scratch_make(mostAttempts) else {
            preconditionFailure("there is no memory to search in")
        }
        pointer = made
    }

    deinit { pcre2_border_scratch_free(pointer) }
}

extension [CChar] {
    /// The text before the zero.
    fileprivate var text: String {
        String(decoding: prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
