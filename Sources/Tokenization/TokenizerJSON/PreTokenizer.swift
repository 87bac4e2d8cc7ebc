/// One step of cutting a text into words, which merges never join.
enum PreTokenizer: Sendable {
    /// Bytes as words' characters; always the last step.
    case byteLevel(addsPrefixSpace: Bool, expression: RegularExpression?)
    case split(TextPattern, SplitBehavior, isInverted: Bool)
    case metaspace(replacement: [UInt8], PrependScheme, splits: Bool)

    /// Whether a sign for a space is put before a text.
    enum PrependScheme: String, Sendable {
        case always
        case first
        case never
    }

    /// What GPT-2 takes for a word.
    static let gpt2 =
        #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#

    /// The characters of words for `Whitespace`, which does not search with Oniguruma.
    private static let word = #"\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\x{200c}\x{200d}"#

    /// Reads the `pre_tokenizer` of a file; a sequence is its steps.
    ///
    /// - Throws: `TokenizerError`.
    static func all(_ node: JSONNode?) throws(TokenizerError) -> [PreTokenizer] {
        guard let node else { return [] }
        let type = try node.required("type").text()
        switch type {
        case "Sequence":
            var all: [PreTokenizer] = []
            for part in try node.required("pretokenizers").list() {
                if case .byteLevel = all.last {
                    throw part.unsupported("a pre-tokenizer behind ByteLevel")
                }
                all += try Self.all(part)
            }
            return all
        case "ByteLevel":
            var expression: RegularExpression?
            if try node.flag("use_regex", true) {
                do { expression = try RegularExpression(gpt2) } catch {
                    throw node.malformed("cannot be used: \(error.reason)")
                }
            }
            return [
                .byteLevel(
                    addsPrefixSpace: try node.flag("add_prefix_space", true),
                    expression: expression
                )
            ]
        case "Split":
            return [
                .split(
                    try TextPattern(node.required("pattern")),
                    try SplitBehavior(node.required("behavior")),
                    isInverted: try node.flag("invert", false)
                )
            ]
        case "Digits":
            let isIndividual = try node.flag("individual_digits", false)
            return [
                .split(.digits, isIndividual ? .isolated : .contiguous, isInverted: false)
            ]
        case "Punctuation":
            let behavior = try node["behavior"].map(SplitBehavior.init) ?? .isolated
            return [.split(.punctuation, behavior, isInverted: false)]
        case "WhitespaceSplit": return [.split(.space, .removed, isInverted: false)]
        case "Whitespace":
            do {
                return [
                    .split(
                        .expression(try RegularExpression("[\(word)]+|[^\(word)\\s]+")),
                        .removed,
                        isInverted: true
                    )
                ]
            } catch {
                throw node.malformed("cannot be used: \(error.reason)")
            }
        case "Metaspace": return [try metaspace(node)]
        default: throw node.unsupported("the pre-tokenizer \(type)")
        }
    }

    private static func metaspace(_ node: JSONNode) throws(TokenizerError) -> PreTokenizer {
        let replacement = try node.required("replacement").text()
        guard replacement.unicodeScalars.count == 1 else {
            throw node.malformed("has a replacement of more or less than one character")
        }
        return .metaspace(
            replacement: Array(replacement.utf8),
            try PrependScheme(metaspace: node),
            splits: try node.flag("split", true)
        )
    }
}

extension PreTokenizer.PrependScheme {
    /// Reads `prepend_scheme`, or `add_prefix_space` of older files.
    ///
    /// - Throws: `TokenizerError`.
    init(metaspace node: JSONNode) throws(TokenizerError) {
        let addsSpace = try node["add_prefix_space"]?.flag()
        guard let scheme = node["prepend_scheme"] else {
            self = addsSpace == false ? .never : .always
            return
        }
        guard let known = Self(rawValue: try scheme.text()) else {
            throw scheme.malformed("is \(scheme.shown), expected always, first or never")
        }
        guard addsSpace != false || known == .never else {
            throw scheme.malformed("is \(scheme.shown), but 'add_prefix_space' is false")
        }
        self = known
    }
}

/// Where what is found goes when a text is split at it.
enum SplitBehavior: String, Sendable {
    case removed = "Removed"
    case isolated = "Isolated"
    case mergedWithPrevious = "MergedWithPrevious"
    case mergedWithNext = "MergedWithNext"
    case contiguous = "Contiguous"

    /// Reads the behaviour of a split.
    ///
    /// - Throws: `TokenizerError`.
    init(_ node: JSONNode) throws(TokenizerError) {
        guard let known = Self(rawValue: try node.text()) else {
            throw node.unsupported("the behavior \(node.shown)")
        }
        self = known
    }
}
