import Foundations

extension LanguagePack {
    /// Checks what the pack alone shows: each form that a pattern asks for exists in every word it
    /// may be asked of, each kind of problem is known and has the slots its kind needs, and general
    /// text teaches no mathematics.
    func verify() throws {
        try verifyNoMathematics()
        for pattern in sentences + questions + events + distractors + problems {
            for template in pattern.templates {
                for case .word(let slot, let form, _, let other) in template.segments {
                    for form in try forms(form, agreeingWith: other, askedBy: pattern) {
                        try verify(form: form, of: slot.category, askedBy: pattern)
                    }
                }
            }
            try verifyNumbering(of: pattern)
        }
        for pattern in problems {
            guard let kind = ProblemKind.named[pattern.kind] else {
                let known = ProblemKind.all.map(\.name)
                let nearest = NearestName.suggestion(for: pattern.kind, among: known)
                throw failure(pattern.line, "unknown kind of problem '\(pattern.kind)'\(nearest)")
            }
            let numbers = Set((1...kind.numberCount).map { NumberExpression.drawn($0) })
            guard pattern.text.numbers == numbers else {
                throw failure(
                    pattern.line,
                    "problem '\(pattern.key)' must use exactly {number1} to "
                        + "{number\(kind.numberCount)}"
                )
            }
        }
    }

    /// Checks a pack against the one it is to be aligned with: the same words, the same patterns,
    /// the same slots in each.
    ///
    /// - Throws: `LanguagePackError` that names a place in this pack.
    package func verify(alignedWith source: LanguagePack) throws {
        for category in WordCategory.listed {
            try verifyKeys(
                (lexicon[category] ?? []).map { ($0.key, $0.line) },
                against: (source.lexicon[category] ?? []).map { ($0.key, $0.line) },
                of: source,
                what: "\(category.rawValue)"
            )
        }
        for (own, others, what) in [
            (sentences, source.sentences, "sentence"), (questions, source.questions, "question"),
            (events, source.events, "question of events"),
            (distractors, source.distractors, "distractor"), (problems, source.problems, "problem"),
        ] {
            try verifyKeys(
                own.map { ($0.key, $0.line) },
                against: others.map { ($0.key, $0.line) },
                of: source,
                what: what
            )
            for other in others {
                guard let pattern = own.first(where: { $0.key == other.key }) else { continue }
                try verifySlots(of: pattern, against: other, source: source, what: what)
            }
        }
    }

    /// The forms that a slot may ask for: one for each class of the words that it agrees with.
    private func forms(
        _ form: String,
        agreeingWith other: WordSlot?,
        askedBy pattern: Pattern
    ) throws -> Set<String> {
        guard let other else { return [form] }
        return Set(
            try words(of: other.category).map { word in
                guard let agreement = word.agreement else {
                    throw failure(
                        word.line,
                        "'\(word.key)' has no class; pattern '\(pattern.key)' "
                            + "(line \(pattern.line)) agrees with it"
                    )
                }
                return "\(form).\(agreement)"
            }
        )
    }

    private func verify(form: String, of category: WordCategory, askedBy pattern: Pattern) throws {
        for word in words(of: category) where word.forms[form] == nil {
            let known = word.forms.keys.sorted()
            guard !form.isEmpty else {
                throw failure(
                    pattern.line,
                    "pattern '\(pattern.key)' uses \(category.rawValue) without a form; "
                        + "'\(word.key)' (line \(word.line)) has the forms \(known)"
                )
            }
            let nearest = NearestName.suggestion(for: form, among: known.filter { $0 != "" })
            throw failure(
                word.line,
                "'\(word.key)' has no form '\(form)'\(nearest); "
                    + "pattern '\(pattern.key)' (line \(pattern.line)) needs it"
            )
        }
    }

    private func verifyNumbering(of pattern: Pattern) throws {
        let slots = pattern.templates.reduce(into: Set<WordSlot>()) { $0.formUnion($1.wordSlots) }
        for (category, used) in Dictionary(grouping: slots, by: \.category) {
            let numbers = used.map(\.number).sorted()
            guard numbers == Array(1...numbers.count) else {
                throw failure(
                    pattern.line,
                    "pattern '\(pattern.key)' must number its slots of '\(category.rawValue)' "
                        + "1, 2, … without a gap; found \(numbers)"
                )
            }
        }
        let drawn = Set(pattern.templates.flatMap(\.numbers).flatMap(\.operands)).sorted()
        guard drawn.isEmpty || drawn == Array(1...drawn.count) else {
            throw failure(
                pattern.line,
                "pattern '\(pattern.key)' must number its numbers 1, 2, … without a gap; "
                    + "found \(drawn)"
            )
        }
    }

    private func verifyKeys(
        _ own: [(key: String, line: Int)],
        against others: [(key: String, line: Int)],
        of source: LanguagePack,
        what: String
    ) throws {
        var seen: Set<String> = []
        let known = others.map(\.key)
        for (key, line) in own {
            guard seen.insert(key).inserted else {
                throw failure(line, "\(what) '\(key)' stands twice")
            }
            guard known.contains(key) else {
                let nearest = NearestName.suggestion(for: key, among: known)
                throw failure(line, "\(what) '\(key)' is not in \(source.url.path)\(nearest)")
            }
        }
        if let missing = others.first(where: { !seen.contains($0.key) }) {
            throw failure(
                0,
                "\(what) '\(missing.key)' is missing; it stands in "
                    + "\(source.url.path):\(missing.line)"
            )
        }
    }

    private func verifySlots(
        of pattern: Pattern,
        against other: Pattern,
        source: LanguagePack,
        what: String
    ) throws {
        for (own, their) in zip(pattern.templates, other.templates) {
            let ownSlots = own.slotNames
            let theirSlots = their.slotNames
            guard ownSlots == theirSlots else {
                let missing = theirSlots.subtracting(ownSlots).sorted()
                let extra = ownSlots.subtracting(theirSlots).sorted()
                throw failure(
                    pattern.line,
                    "\(what) '\(pattern.key)' must use the slots of "
                        + "\(source.url.path):\(other.line); missing \(missing), extra \(extra)"
                )
            }
        }
    }

    private func failure(_ line: Int, _ message: String) -> LanguagePackError {
        LanguagePackError(path: url.path, line: line, message: message)
    }
}

extension Template {
    /// Everything in braces, whatever form it asks for.
    fileprivate var slotNames: Set<String> {
        Set(wordSlots.map(\.description) + numbers.map(\.description))
            .union(holdsDistractor ? ["distractor"] : [])
    }
}
