import Foundation

/// What a `tokenizer.json` does with a text before it is cut.
enum Normalizer: Sendable {
    case canonicalComposition
    case canonicalDecomposition
    case compatibilityComposition
    case compatibilityDecomposition
    case lowercase
    case strip(left: Bool, right: Bool)
    case stripAccents
    case prepend([UInt8])
    case replace(TextPattern, with: [UInt8])

    /// Changes a text.
    func apply(to text: inout [UInt8], scratch: MatchScratch) {
        guard !text.isEmpty else { return }
        switch self {
        case .prepend(let prefix): text.insert(contentsOf: prefix, at: 0)
        case .replace(let pattern, let replacement):
            Self.replace(pattern, with: replacement, in: &text, scratch: scratch)
        case .canonicalComposition: UnicodeForm.compose(&text)
        case .canonicalDecomposition: UnicodeForm.decompose(&text, compatibly: false)
        case .compatibilityComposition:
            UnicodeForm.decompose(&text, compatibly: true)
            UnicodeForm.compose(&text)
        case .compatibilityDecomposition: UnicodeForm.decompose(&text, compatibly: true)
        case .lowercase: text = Self.lowercased(text)
        case .strip(let left, let right): Self.strip(&text, left: left, right: right)
        case .stripAccents:
            let kept = String(decoding: text, as: UTF8.self).unicodeScalars.filter { scalar in
                switch scalar.properties.generalCategory {
                case .nonspacingMark, .spacingMark, .enclosingMark: UnicodeForm.isLater(scalar)
                default: true
                }
            }
            text = Array(String(String.UnicodeScalarView(kept)).utf8)
        }
    }

    /// Each character by itself: a sigma at the end of a word is one as any other.
    private static func lowercased(_ text: [UInt8]) -> [UInt8] {
        var result = ""
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            result.unicodeScalars.append(
                contentsOf: scalar.properties.lowercaseMapping.unicodeScalars
            )
        }
        return Array(result.utf8)
    }

    private static func strip(_ text: inout [UInt8], left: Bool, right: Bool) {
        var scalars = String(decoding: text, as: UTF8.self).unicodeScalars[...]
        if left { scalars = scalars.drop { $0.properties.isWhitespace } }
        while right, let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        text = Array(String(scalars).utf8)
    }

    /// Puts a text in the place of each match.
    static func replace(
        _ pattern: TextPattern,
        with replacement: [UInt8],
        in text: inout [UInt8],
        scratch: MatchScratch
    ) {
        var bounds: [Int] = []
        text.withUnsafeBufferPointer {
            pattern.appendMatches(in: $0, scratch: scratch, to: &bounds)
        }
        guard !bounds.isEmpty else { return }
        var result: [UInt8] = []
        result.reserveCapacity(text.count + bounds.count / 2 * replacement.count)
        var end = 0
        for match in stride(from: 0, to: bounds.count, by: 2) {
            result.append(contentsOf: text[end..<bounds[match]])
            result.append(contentsOf: replacement)
            end = bounds[match + 1]
        }
        result.append(contentsOf: text[end...])
        text = result
    }

    /// Reads the `normalizer` of a file; a sequence is its parts.
    ///
    /// - Throws: `TokenizerError`.
    static func all(_ node: JSONNode?) throws(TokenizerError) -> [Normalizer] {
        guard let node else { return [] }
        let type = try node.required("type").text()
        switch type {
        case "Sequence":
            var all: [Normalizer] = []
            for part in try node.required("normalizers").list() { all += try Self.all(part) }
            return all
        case "NFC": return [.canonicalComposition]
        case "NFD": return [.canonicalDecomposition]
        case "NFKC": return [.compatibilityComposition]
        case "NFKD": return [.compatibilityDecomposition]
        case "Lowercase": return [.lowercase]
        case "StripAccents": return [.stripAccents]
        case "Strip":
            return [
                .strip(
                    left: try node.required("strip_left").flag(),
                    right: try node.required("strip_right").flag()
                )
            ]
        case "Prepend": return [.prepend(Array(try node.required("prepend").text().utf8))]
        case "Replace":
            return [
                .replace(
                    try TextPattern(node.required("pattern")),
                    with: Array(try node.required("content").text().utf8)
                )
            ]
        default: throw node.unsupported("the normalizer \(type)")
        }
    }
}
