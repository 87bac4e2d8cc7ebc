import Checkpointing

/// Compares what the numbers of tokens mean to two models.
///
/// A merged row of the embeddings is made of the rows of that number in both models. They may be
/// merged where the number means one token, or where only one of the models has it.
struct TokenizerComparison {
    private let first: TokenizerMeaning
    private let second: TokenizerMeaning
    /// What both differ in without contradicting each other.
    private(set) var warnings: [String] = []

    /// Compares all models with the first.
    ///
    /// - Returns: The warnings.
    /// - Throws: `MergeError.tokenizer` when a number means two things, `MergeError.tokenizerFile`.
    static func warnings(of models: [MergeModel]) throws -> [String] {
        guard let own = try models.first.map(TokenizerMeaning.init) else { return [] }
        return try models.dropFirst().flatMap { model in
            try TokenizerComparison(own, TokenizerMeaning(model)).warnings
        }
    }

    private init(_ first: TokenizerMeaning, _ second: TokenizerMeaning) throws {
        self.first = first
        self.second = second
        if first.hasSameFiles(as: second) { return }
        let common = TokenizerMeaning.cores.filter { first.has($0) && second.has($0) }
        if common.isEmpty,
            let file = TokenizerMeaning.cores.first(where: { first.has($0) || second.has($0) })
        {
            throw different(file, first.shortHash(of: file), second.shortHash(of: file))
        }
        var own = Tokens()
        var foreign = Tokens()
        for file in common { try compareCore(file, &own, &foreign) }
        try first.additions().forEach { own.add($0) }
        try second.additions().forEach { foreign.add($0) }
        try compare(own, foreign)
    }

    private mutating func compareCore(
        _ file: String,
        _ own: inout Tokens,
        _ foreign: inout Tokens
    ) throws {
        let isSame = first.hasSame(file, as: second)
        // The merges that go with vocab.json are a file of their own, and are compared with it.
        let isDone = isSame && file != "vocab.json"
        guard let core = first.core(file), let other = isDone ? core : second.core(file) else {
            if isSame { return }
            throw different(file, first.shortHash(of: file), second.shortHash(of: file))
        }
        own.add(core)
        foreign.add(other)
        for name in Set(core.rules.keys).union(other.rules.keys).sorted()
        where core.rules[name] != other.rules[name] {
            rules.append((file, name))
        }
        for name in Set(core.surroundings.keys).union(other.surroundings.keys).sorted()
        where core.surroundings[name] != other.surroundings[name] {
            warn("\(name) of \(file) differs in '\(first.model.name)' and '\(second.model.name)'")
        }
    }

    /// Rules that differ; numbers that mean two things say more, and are said first.
    private var rules: [(file: String, name: String)] = []

    private mutating func compare(_ own: Tokens, _ foreign: Tokens) throws {
        for id in own.texts.keys.filter({ foreign.texts[$0] != nil }).sorted()
        where own.texts[id] != foreign.texts[id] {
            throw different("token \(id)", own.shown(id), foreign.shown(id))
        }
        for (text, ids) in own.ids.sorted(by: { $0.key < $1.key }) {
            guard let others = foreign.ids[text], others != ids else { continue }
            func shown(_ ids: Set<Int>) -> String {
                "number " + ids.sorted().map(String.init).joined(separator: " and ")
            }
            throw different("the token '\(text)'", shown(ids), shown(others))
        }
        for (tokens, others, model, other) in [
            (own, foreign, first.model.name, second.model.name),
            (foreign, own, second.model.name, first.model.name),
        ] {
            try compareAdditions(tokens, others, model, other)
        }
        if let (file, name) = rules.first {
            throw different(file, "of one '\(name)'", "of another")
        }
        compareParts(own, foreign)
    }

    private mutating func compareAdditions(
        _ tokens: Tokens,
        _ others: Tokens,
        _ model: String,
        _ other: String
    ) throws {
        let alone = tokens.texts.keys.filter { others.texts[$0] == nil }.sorted()
        guard !alone.isEmpty else { return }
        if let id = alone.first(where: tokens.vocabulary.contains) {
            throw MergeError.tokenizer(
                file: "token \(id)",
                first: MergeError.Side(input: model, value: tokens.shown(id)),
                second: MergeError.Side(input: other, value: "missing")
            )
        }
        let shown = alone.prefix(3).map { "\(tokens.shown($0)) (\($0))" }.joined(separator: ", ")
        warnings.append(
            "only '\(model)' has the added tokens "
                + (alone.count > 3 ? "\(shown) and \(alone.count - 3) more" : shown)
                + "; their rows in '\(other)' mean nothing, and a merged row is made of both"
        )
    }

    private mutating func compareParts(_ own: Tokens, _ foreign: Tokens) {
        for (id, isSpecial) in own.special.sorted(by: { $0.key < $1.key }) {
            guard let other = foreign.special[id], other != isSpecial else { continue }
            warn(
                "token \(id), \(own.shown(id)), is a special symbol in one model and not in the other"
            )
        }
        for (role, texts) in own.roles.sorted(by: { $0.key < $1.key }) {
            guard let others = foreign.roles[role], others != texts else { continue }
            func shown(_ texts: Set<ExactText>) -> String {
                texts.sorted().map { "'\($0)'" }.joined(separator: " and ")
            }
            warn(
                "\(role) is \(shown(texts)) in '\(first.model.name)' and \(shown(others)) in "
                    + "'\(second.model.name)'"
            )
        }
    }

    private mutating func warn(_ text: String) {
        warnings.append("\(text); the merged model has the tokenizer of '\(first.model.name)'")
    }

    private func different(_ what: String, _ own: String, _ foreign: String) -> MergeError {
        .tokenizer(file: what, first: first.model.side(own), second: second.model.side(foreign))
    }
}

/// All that the files of a model say about its tokens.
private struct Tokens {
    /// The texts of each number; more than one where files contradict each other.
    var texts: [Int: Set<ExactText>] = [:]
    /// The numbers of each text.
    var ids: [ExactText: Set<Int>] = [:]
    /// The numbers that the vocabulary has.
    var vocabulary: Set<Int> = []
    /// Whether an added token is a symbol and no text.
    var special: [Int: Bool] = [:]
    /// The texts that play a part.
    var roles: [String: Set<ExactText>] = [:]

    mutating func add(_ source: TokenizerSource) {
        for (id, text) in source.vocabulary {
            add(id, text)
            vocabulary.insert(id)
        }
        for token in source.added {
            add(token.id, token.text)
            if let isSpecial = token.isSpecial {
                special[token.id] = (special[token.id] ?? false) || isSpecial
            }
        }
        for (role, text) in source.roles { roles[role, default: []].insert(text) }
    }

    private mutating func add(_ id: Int, _ text: ExactText) {
        texts[id, default: []].insert(text)
        ids[text, default: []].insert(id)
    }

    /// The texts of a number, for messages.
    func shown(_ id: Int) -> String {
        (texts[id] ?? []).sorted().map { "'\($0.text.prefix(40))'" }.joined(separator: " and ")
    }
}
