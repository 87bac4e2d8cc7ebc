/// The proof that general text teaches no mathematics, whatever is drawn for its slots.
///
/// What is generated as stories, translations, questions and events is a pattern with words and
/// numbers in its slots and nothing else. So it is enough to look at the patterns and the words: if
/// they obey the rules below, no document of any seed, split or vocabulary breaks them.
///
/// The rules are about one pattern. Sentences of a story are drawn one by one, so that the numbers
/// of several can agree by chance, as they do anywhere; nothing makes them agree.
extension LanguagePack {
    /// The patterns that general text is made from.
    package var generalPatterns: [Pattern] { sentences + questions + events }

    /// Checks the rules that keep mathematics out of general text.
    ///
    /// 1. fixed text and words hold no digit, no equals sign and no `#`, so that every number comes
    ///    from a slot and there is neither an equation nor an answer line;
    /// 2. a reply states no number that its question has not stated;
    /// 3. no pattern states a computed number, such as `{number1+number2}`, along with all numbers
    ///    that it is computed from.
    ///
    /// - Throws: `LanguagePackError` that names the pattern or the word.
    func verifyNoMathematics() throws {
        for pattern in generalPatterns {
            for template in pattern.templates {
                for case .text(let text) in template.segments {
                    try verifyPlain(text, "pattern '\(pattern.key)'", line: pattern.line)
                }
            }
            if let reply = pattern.reply {
                let unstated = reply.numbers.subtracting(pattern.text.numbers)
                guard unstated.isEmpty else {
                    throw mathematics(
                        pattern.line,
                        "the reply of '\(pattern.key)' states {\(unstated.names)}, which the "
                            + "question does not state"
                    )
                }
            }
            let numbers = pattern.templates.reduce(into: Set()) { $0.formUnion($1.numbers) }
            let stated = Set(numbers.filter { $0.operands.count == 1 }.flatMap(\.operands))
            for number in numbers where number.operands.count > 1 {
                guard !stated.isSuperset(of: number.operands) else {
                    throw mathematics(
                        pattern.line,
                        "'\(pattern.key)' states {\(number)} and the numbers that it is "
                            + "computed from"
                    )
                }
            }
        }
        for word in lexicon.values.joined() {
            for form in word.forms.values {
                try verifyPlain(form, "the word '\(word.key)'", line: word.line)
            }
        }
    }

    private func verifyPlain(_ text: String, _ holder: String, line: Int) throws {
        let mark = text.unicodeScalars.first {
            $0.properties.generalCategory == .decimalNumber || $0 == "=" || $0 == "#"
        }
        guard let mark else { return }
        throw mathematics(line, "\(holder) holds \"\(mark)\" outside of a slot")
    }

    private func mathematics(_ line: Int, _ found: String) -> LanguagePackError {
        LanguagePackError(
            path: url.path,
            line: line,
            message: "general text must teach no mathematics, but \(found)"
        )
    }
}

extension Set<NumberExpression> {
    /// The numbers as patterns write them.
    fileprivate var names: String { map(\.description).sorted().joined(separator: "}, {") }
}
