import Foundations

/// A pattern of text cut into fixed parts and slots, once, when a pack is read.
package struct Template: Hashable, Sendable {
    /// One part of a pattern.
    package enum Segment: Hashable, Sendable {
        /// Fixed text.
        case text(String)
        /// A word in one of its forms; the form "" is the only form of a word written plainly.
        ///
        /// With `agreesWith` the form is chosen by the class of the word in that slot too: the
        /// form `present` with a word of class `f` is `present.f`.
        case word(WordSlot, form: String, capitalised: Bool, agreesWith: WordSlot?)
        /// A number in digits.
        case number(NumberExpression)
        /// Where a problem may hold a sentence that it does not need.
        case distractor
    }

    /// Why a text is no pattern.
    struct Problem: Error {
        var message: String
    }

    /// The parts, in order.
    package let segments: [Segment]

    /// Reads a pattern such as `{name1} has {number1} {noun1.plural}.`.
    ///
    /// A slot that begins with a capital, as in `{Noun1.plural}`, takes the word with its first
    /// letter capitalised.
    ///
    /// - Throws: `Problem`.
    init(parsing text: String) throws(Problem) {
        var segments: [Segment] = []
        var rest = Substring(text)
        while let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            guard rest[open] == "{", let close = rest[open...].firstIndex(of: "}") else {
                throw Problem(message: "braces do not match in \"\(text)\"")
            }
            if open > rest.startIndex { segments.append(.text(String(rest[..<open]))) }
            segments.append(try Self.slot(rest[rest.index(after: open)..<close]))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { segments.append(.text(String(rest))) }
        self.segments = segments
    }

    /// The word slots, each once; those that a word agrees with are among them.
    package var wordSlots: Set<WordSlot> {
        Set(
            segments.flatMap { segment -> [WordSlot] in
                guard case .word(let slot, _, _, let other) = segment else { return [] }
                return [slot] + (other.map { [$0] } ?? [])
            }
        )
    }

    /// Whether a distractor can stand in the text.
    package var holdsDistractor: Bool { segments.contains(.distractor) }

    /// The numbers, each once.
    package var numbers: Set<NumberExpression> { Set(numbersInOrder) }

    /// The numbers as the text states them.
    package var numbersInOrder: [NumberExpression] {
        segments.compactMap { segment in
            if case .number(let expression) = segment { expression } else { nil }
        }
    }

    private static func slot(_ whole: Substring) throws(Problem) -> Segment {
        if whole == "distractor" { return .distractor }
        let agreement = whole.split(separator: "@", omittingEmptySubsequences: false)
        guard agreement.count <= 2, let text = agreement.first else {
            throw Problem(message: "'{\(whole)}': a word agrees with one other slot at most")
        }
        let other = agreement.count == 2 ? try wordSlot(agreement[1], in: whole).slot : nil
        for (symbol, make) in operators {
            let parts = text.split(separator: symbol, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            let first = try drawnNumber(parts[0], in: text)
            return .number(make(first, try drawnNumber(parts[1], in: text)))
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard let head = parts.first, parts.count <= 2, !parts.contains("") else {
            throw Problem(message: "'{\(text)}' is no slot; expected {noun1} or {noun1.form}")
        }
        if parts.count == 1, other == nil {
            let (name, number) = try nameAndNumber(head, in: text)
            if name == "number" { return .number(.drawn(number)) }
        }
        let (slot, capitalised) = try wordSlot(head, in: whole)
        return .word(
            slot,
            form: parts.count == 2 ? String(parts[1]) : "",
            capitalised: capitalised,
            agreesWith: other
        )
    }

    private static func wordSlot(
        _ part: Substring,
        in whole: Substring
    ) throws(Problem) -> (slot: WordSlot, capitalised: Bool) {
        let (name, number) = try nameAndNumber(part, in: whole)
        let plainName = name.prefix(1).lowercased() + name.dropFirst()
        guard let category = WordCategory(rawValue: plainName) else {
            let known = WordCategory.allCases.map(\.rawValue) + ["number", "distractor"]
            let nearest = NearestName.suggestion(for: plainName, among: known)
            throw Problem(message: "unknown slot '{\(whole)}'\(nearest)")
        }
        return (WordSlot(category: category, number: number), plainName != name)
    }

    private static let operators: [(Character, @Sendable (Int, Int) -> NumberExpression)] = [
        ("+", NumberExpression.sum), ("-", NumberExpression.difference),
        ("*", NumberExpression.product),
    ]

    private static func drawnNumber(
        _ part: Substring,
        in slot: Substring
    ) throws(Problem) -> Int {
        let (name, number) = try nameAndNumber(part, in: slot)
        guard name == "number" else {
            throw Problem(message: "'{\(slot)}': expected two numbers such as {number1+number2}")
        }
        return number
    }

    private static func nameAndNumber(
        _ part: Substring,
        in slot: Substring
    ) throws(Problem) -> (name: String, number: Int) {
        let name = part.prefix { $0.isLetter }
        guard !name.isEmpty, let number = Int(part.dropFirst(name.count)), (1...9).contains(number)
        else {
            throw Problem(
                message: "'{\(slot)}' is no slot; expected a kind of word and a number from 1, "
                    + "such as {noun1.plural} or {number1}"
            )
        }
        return (String(name), number)
    }
}
