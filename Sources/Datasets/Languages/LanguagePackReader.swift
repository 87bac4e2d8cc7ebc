import Foundation
import Foundations
import Yams

/// Reads the parts of a language pack from YAML, with the line of each in errors.
struct LanguagePackReader {
    let path: String

    static let sections = [
        "code", "name", "translate", "separator", "classes", "lexicon", "sentences", "questions",
        "events", "distractors", "problems",
    ]

    func failure(_ line: Int, _ message: String) -> LanguagePackError {
        LanguagePackError(path: path, line: line, message: message)
    }

    /// The top of the file, whose keys are all known.
    func root(of text: String) throws -> Node.Mapping {
        let node: Node?
        do {
            node = try BoundedYAML.compose(text)
        } catch let error as YamlError {
            throw failure(Self.line(of: error), "not valid YAML: \(error)")
        } catch let excess as BoundedYAML.Excess {
            throw failure(0, "\(excess)")
        }
        guard let mapping = node?.mapping else {
            throw failure(1, "expected a mapping with the keys \(Self.sections)")
        }
        for (key, _) in mapping {
            let name = try self.key(key)
            guard Self.sections.contains(name) else {
                let nearest = NearestName.suggestion(for: name, among: Self.sections)
                throw failure(line(of: key), "unknown key '\(name)'\(nearest)")
            }
        }
        return mapping
    }

    /// A text of the top level.
    func text(_ name: String, of root: Node.Mapping) throws -> String {
        guard let node = root[name] else { throw failure(1, "the key '\(name)' is missing") }
        return try text(node, what: "'\(name)'")
    }

    /// A text of the top level that may be empty or absent.
    func optionalText(_ name: String, of root: Node.Mapping) throws -> String? {
        guard let node = root[name] else { return nil }
        guard let text = node.scalar?.string else {
            throw failure(line(of: node), "'\(name)' must be a text")
        }
        return text
    }

    /// The instruction to translate, cut where the text goes.
    func translationCue(of root: Node.Mapping) throws -> (before: String, after: String) {
        let cue = try text("translate", of: root)
        let parts = cue.components(separatedBy: "{text}")
        guard parts.count == 2 else {
            throw failure(
                root["translate"].map(line(of:)) ?? 1,
                "'translate' must hold {text} once, such as \"Kiswahili: {text}\"; found \"\(cue)\""
            )
        }
        return (parts[0], parts[1])
    }

    /// The words by category; the forms of a word's class are added to its own.
    func lexicon(of root: Node.Mapping) throws -> [WordCategory: [LanguagePack.Word]] {
        var classes: [String: [String: String]] = [:]
        if let node = root["classes"] {
            for (name, forms) in try entries(of: node, what: "'classes'") {
                classes[name.text] = try self.forms(of: forms, what: "class '\(name.text)'")
            }
        }
        guard let node = root["lexicon"] else { throw failure(1, "the key 'lexicon' is missing") }
        var lexicon: [WordCategory: [LanguagePack.Word]] = [:]
        let known = WordCategory.listed.map(\.rawValue)
        for (name, words) in try entries(of: node, what: "'lexicon'") {
            guard let category = WordCategory(rawValue: name.text), category != .action else {
                let nearest = NearestName.suggestion(for: name.text, among: known)
                throw failure(name.line, "unknown kind of word '\(name.text)'\(nearest)")
            }
            lexicon[category] = try entries(of: words, what: "'\(name.text)'").map { key, word in
                try self.word(key: key, node: word, classes: classes)
            }
        }
        for category in WordCategory.listed where lexicon[category]?.isEmpty ?? true {
            throw failure(line(of: node), "the lexicon has no words of kind '\(category.rawValue)'")
        }
        return lexicon
    }

    /// The patterns of a section, in order.
    func patterns(
        _ name: String,
        of root: Node.Mapping,
        hasReply: Bool
    ) throws -> [LanguagePack.Pattern] {
        guard let node = root[name] else { throw failure(1, "the key '\(name)' is missing") }
        let patterns = try entries(of: node, what: "'\(name)'").map { key, node in
            try pattern(key: key, node: node, hasReply: hasReply)
        }
        guard !patterns.isEmpty else { throw failure(line(of: node), "'\(name)' has no pattern") }
        return patterns
    }

    /// The patterns of a section that a pack may leave out.
    func optionalPatterns(
        _ name: String,
        of root: Node.Mapping,
        hasReply: Bool
    ) throws -> [LanguagePack.Pattern] {
        root[name] == nil ? [] : try patterns(name, of: root, hasReply: hasReply)
    }

    private func word(
        key: Key,
        node: Node,
        classes: [String: [String: String]]
    ) throws -> LanguagePack.Word {
        if let text = node.scalar?.string {
            return LanguagePack.Word(
                key: key.text,
                forms: ["": text],
                agreement: nil,
                line: key.line
            )
        }
        var forms = try self.forms(of: node, what: "word '\(key.text)'")
        let agreement = forms.removeValue(forKey: "class")
        if let name = agreement {
            guard let shared = classes[name] else {
                let nearest = NearestName.suggestion(for: name, among: classes.keys.sorted())
                throw failure(key.line, "unknown class '\(name)' of '\(key.text)'\(nearest)")
            }
            forms.merge(shared) { own, _ in own }
        }
        if let plain = forms.removeValue(forKey: "text") { forms[""] = plain }
        return LanguagePack.Word(
            key: key.text,
            forms: forms,
            agreement: agreement,
            line: key.line
        )
    }

    /// The patterns of problems: under each kind one text, or a list of phrasings.
    func problems(of root: Node.Mapping) throws -> [LanguagePack.Pattern] {
        guard let node = root["problems"] else {
            throw failure(1, "the key 'problems' is missing")
        }
        let patterns = try entries(of: node, what: "'problems'").flatMap { key, node in
            guard let phrasings = node.sequence else {
                return [try pattern(key: key, node: node, hasReply: false)]
            }
            return try phrasings.enumerated().map { place, phrasing in
                let name = place == 0 ? key.text : "\(key.text)#\(place + 1)"
                var pattern = try self.pattern(
                    key: Key(text: name, line: line(of: phrasing)),
                    node: phrasing,
                    hasReply: false
                )
                pattern.kind = key.text
                return pattern
            }
        }
        guard !patterns.isEmpty else { throw failure(line(of: node), "'problems' has no pattern") }
        return patterns
    }

    private func pattern(key: Key, node: Node, hasReply: Bool) throws -> LanguagePack.Pattern {
        let textKey = hasReply ? "question" : "text"
        let known = hasReply ? [textKey, "reply", "weight"] : [textKey, "weight"]
        var parts: [String: String] = [:]
        if let text = node.scalar?.string, !hasReply {
            parts[textKey] = text
        } else {
            parts = try forms(of: node, what: "pattern '\(key.text)'")
        }
        if let unknown = parts.keys.sorted().first(where: { !known.contains($0) }) {
            let nearest = NearestName.suggestion(for: unknown, among: known)
            throw failure(key.line, "unknown key '\(unknown)' of pattern '\(key.text)'\(nearest)")
        }
        guard let weight = Double(parts["weight"] ?? "1"), weight > 0, weight.isFinite else {
            throw failure(key.line, "the weight of '\(key.text)' must be a positive number")
        }
        guard let text = parts[textKey], hasReply == (parts["reply"] != nil) else {
            let expected = known.dropLast().joined(separator: "' and '")
            throw failure(key.line, "pattern '\(key.text)' needs '\(expected)'")
        }
        do {
            return LanguagePack.Pattern(
                key: key.text,
                kind: key.text,
                weight: weight,
                text: try Template(parsing: text),
                reply: try parts["reply"].map { try Template(parsing: $0) },
                line: key.line
            )
        } catch let problem as Template.Problem {
            throw failure(key.line, "pattern '\(key.text)': \(problem.message)")
        }
    }
}

extension LanguagePackReader {
    /// A key and the line it stands on.
    struct Key {
        var text: String
        var line: Int
    }

    private func entries(of node: Node, what: String) throws -> [(Key, Node)] {
        guard let mapping = node.mapping else {
            throw failure(line(of: node), "\(what) must be a mapping from keys to values")
        }
        return try mapping.map { (Key(text: try key($0.key), line: line(of: $0.key)), $0.value) }
    }

    private func forms(of node: Node, what: String) throws -> [String: String] {
        var forms: [String: String] = [:]
        for (key, value) in try entries(of: node, what: what) {
            guard value.mapping != nil else {
                forms[key.text] = try text(value, what: "'\(key.text)' of \(what)")
                continue
            }
            // One form for each class of the words that it agrees with.
            let part = "'\(key.text)' of \(what)"
            for (name, form) in try entries(of: value, what: part) {
                forms["\(key.text).\(name.text)"] = try text(
                    form,
                    what: "'\(name.text)' in \(part)"
                )
            }
        }
        return forms
    }

    private func key(_ node: Node) throws -> String {
        try text(node, what: "a key")
    }

    private func text(_ node: Node, what: String) throws -> String {
        guard let text = node.scalar?.string, !text.isEmpty else {
            throw failure(line(of: node), "\(what) must be a text that is not empty")
        }
        return text
    }

    private func line(of node: Node) -> Int { node.mark?.line ?? 0 }

    private static func line(of error: YamlError) -> Int {
        switch error {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _),
            .composer(_, _, let mark, _):
            mark.line
        default:
            0
        }
    }
}
