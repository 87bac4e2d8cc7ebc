/// Numbers as they are written in texts, brought to one form.
package enum CanonicalNumber {
    /// The canonical form of a whole text that is one number: digits, a minus sign and a decimal
    /// point where needed; nil when the text is anything else.
    ///
    /// `1,234` is 1234, `$5.0` is 5, `+.50` is 0.5, `-0` is 0. A comma must part groups of three
    /// digits, so that `12,5` is refused rather than read as 125.
    package static func canonical(_ text: String) -> String? {
        var rest = Substring(text)
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        var isNegative = false
        if let sign = rest.first, sign == "-" || sign == "+" || sign == "\u{2212}" {
            isNegative = sign != "+"
            rest.removeFirst()
        }
        if rest.first == "$" { rest.removeFirst() }
        let parts = rest.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, let whole = digits(ofGroups: parts[0]) else { return nil }
        var fraction = ""
        if parts.count == 2 {
            guard let digits = digits(of: parts[1]), !(digits.isEmpty && whole.isEmpty) else {
                return nil
            }
            fraction = String(digits.reversed().drop { $0 == "0" }.reversed())
        }
        guard !(parts.count == 1 && whole.isEmpty) else { return nil }
        let significant = String(whole.drop { $0 == "0" })
        let absolute =
            (significant.isEmpty ? "0" : significant) + (fraction.isEmpty ? "" : ".\(fraction)")
        return isNegative && absolute != "0" ? "-\(absolute)" : absolute
    }

    /// The canonical form of a value; whole values have no decimal point.
    package static func canonical(_ value: Double) -> String? {
        guard value.isFinite else { return nil }
        return abs(value) < 0x1p53 && value == value.rounded()
            ? String(Int64(value)) : canonical("\(value)")
    }

    /// The numbers in a text in order of appearance, in canonical form, without signs.
    ///
    /// Digits of every script count. A comma between groups of three digits parts thousands, a
    /// point between digits begins the decimals.
    package static func numbers(in text: String) -> [String] {
        let characters = Array(text)
        var numbers: [String] = []
        var place = 0
        while place < characters.count {
            guard characters[place].wholeNumberValue != nil else {
                place += 1
                continue
            }
            let start = place
            place = end(ofDigitsFrom: place, in: characters)
            while place < characters.count, characters[place] == ",",
                end(ofDigitsFrom: place + 1, in: characters) == place + 4
            {
                place += 4
            }
            if place < characters.count, characters[place] == "." {
                let end = end(ofDigitsFrom: place + 1, in: characters)
                if end > place + 1 { place = end }
            }
            if let number = canonical(String(characters[start..<place])) { numbers.append(number) }
        }
        return numbers
    }

    private static func end(ofDigitsFrom start: Int, in characters: [Character]) -> Int {
        var end = start
        while end < characters.count, isDigit(characters[end]) { end += 1 }
        return end
    }

    private static func isDigit(_ character: Character) -> Bool {
        character.wholeNumberValue.map { $0 < 10 } ?? false
    }

    private static func digits(of text: Substring) -> String? {
        guard text.allSatisfy(isDigit) else { return nil }
        return text.compactMap { $0.wholeNumberValue.map(String.init) }.joined()
    }

    private static func digits(ofGroups text: Substring) -> String? {
        let groups = text.split(separator: ",", omittingEmptySubsequences: false)
        guard groups.count > 1 else { return digits(of: text) }
        let isGrouped =
            (1...3).contains(groups[0].count) && groups.dropFirst().allSatisfy { $0.count == 3 }
        return isGrouped ? digits(of: Substring(groups.joined())) : nil
    }
}
