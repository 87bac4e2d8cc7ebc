/// The tokens that the `post_processor` of a file puts before and behind a text.
struct PostProcessor {
    /// Before the text.
    private(set) var before: [Int32] = []
    /// Behind the text.
    private(set) var behind: [Int32] = []

    /// Adds what a post-processor does; a sequence is its parts.
    ///
    /// - Throws: `TokenizerError`.
    init(_ node: JSONNode?) throws(TokenizerError) {
        guard let node else { return }
        try read(node)
        guard before.count <= 1 else {
            throw node.unsupported("\(before.count) tokens before a text")
        }
    }

    private mutating func read(_ node: JSONNode) throws(TokenizerError) {
        let type = try node.required("type").text()
        switch type {
        case "Sequence":
            for part in try node.required("processors").list() { try read(part) }
        // It moves offsets and no tokens.
        case "ByteLevel": break
        case "TemplateProcessing":
            let symbols = try node.required("special_tokens")
            var found: (before: [Int32], behind: [Int32]) = ([], [])
            var isBehind = false
            for part in try node.required("single").list() {
                guard let symbol = part["SpecialToken"] else {
                    guard !isBehind, try part.required("Sequence").required("id").text() == "A"
                    else {
                        throw part.unsupported("a template other than tokens, the text and tokens")
                    }
                    isBehind = true
                    continue
                }
                let name = try symbol.required("id").text()
                for token in try symbols.required(name).required("ids").list() {
                    let number = Int32(try token.natural())
                    if isBehind { found.behind.append(number) } else { found.before.append(number) }
                }
            }
            guard isBehind else { throw node.malformed("has no text in 'single'") }
            before = found.before + before
            behind += found.behind
        default: throw node.unsupported("the post-processor \(type)")
        }
    }
}
