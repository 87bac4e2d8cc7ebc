extension FoldedText {
    /// A number found in a text, without its sign.
    package struct Found: Sendable {
        /// The number.
        package var number: CanonicalNumber
        /// Where it stands; never empty.
        package var range: Range<Int>
    }

    /// The numbers of the text in order, each as long as it can be.
    package var numbers: NumberScanner { NumberScanner(text: self) }

    /// Reads the number that begins at `start`: a decimal number, a fraction or both.
    ///
    /// A fraction is two whole numbers with `/` between them and no space (`3/4`), LaTeX's `\frac`,
    /// `\dfrac`, `\tfrac` and `\cfrac`, or one character such as `½`; behind a whole number it is
    /// added to it (`2 1/2`, `2½`) when it is below one. `1/2/3` is no fraction, nor is `3/0`.
    package func number(at start: Int) -> Found? {
        if let fraction = sign(at: start) {
            return Found(
                number: CanonicalNumber(fraction.value),
                range: start..<fraction.end
            )
        }
        let isPoint = has(UInt8(ascii: "."), at: start)
        guard isDigit(at: start) || isPoint && !isDigit(at: start - 1) && isDigit(at: start + 1),
            let numeral = numeral(at: start)
        else { return nil }
        let plain = Found(number: CanonicalNumber(numeral), range: start..<numeral.end)
        guard numeral.isWhole, let whole = Rational(numeral) else { return plain }
        let isInside = has(UInt8(ascii: "/"), at: start - 1) && isDigit(at: start - 2)
        if !isInside, let fraction = fraction(of: whole, at: numeral.end) {
            return Found(
                number: CanonicalNumber(fraction.value),
                range: start..<fraction.end
            )
        }
        guard let part = properFraction(behind: numeral.end), let sum = whole.adding(part.value)
        else { return plain }
        return Found(number: CanonicalNumber(sum), range: start..<part.end)
    }

    /// The fraction with the numerator `above` that goes on at `place` with `/`.
    private func fraction(of above: Rational, at place: Int) -> (value: Rational, end: Int)? {
        guard has(UInt8(ascii: "/"), at: place), isDigit(at: place + 1),
            let below = numeral(at: place + 1), below.isWhole,
            !(has(UInt8(ascii: "/"), at: below.end) && isDigit(at: below.end + 1)),
            let divisor = Rational(below), let value = above.divided(by: divisor)
        else { return nil }
        return (value, below.end)
    }

    /// A fraction below one that follows a whole number, with a space between them or none.
    private func properFraction(behind end: Int) -> (value: Rational, end: Int)? {
        let isSpaced = has(UInt8(ascii: " "), at: end) || has(Self.groupSpace, at: end)
        let start = isSpaced ? end + 1 : end
        var found = sign(at: start)
        if found == nil, isSpaced, isDigit(at: start), let above = numeral(at: start),
            above.isWhole, let numerator = Rational(above)
        {
            found = fraction(of: numerator, at: above.end)
        }
        guard let found, found.value.numerator > 0,
            found.value.numerator < found.value.denominator
        else { return nil }
        return found
    }

    /// A fraction that begins with a sign of its own: one character, or LaTeX's `\frac`.
    private func sign(at start: Int) -> (value: Rational, end: Int)? {
        if let value = vulgarFraction(at: start) { return (value, start + 1) }
        guard has(UInt8(ascii: "\\"), at: start) else { return nil }
        var place = start + 1
        if ["d", "t", "c"].contains(where: { has($0, at: place) }) { place += 1 }
        for letter in "frac".utf8 {
            guard has(letter, at: place) else { return nil }
            place += 1
        }
        guard let above = argument(at: place), let below = argument(at: above.end),
            let value = above.value.divided(by: below.value)
        else { return nil }
        return (value, below.end)
    }

    /// A whole number in braces, or a single digit, as LaTeX takes it.
    private func argument(at start: Int) -> (value: Rational, end: Int)? {
        var place = start
        func skipSpaces() {
            while bytes.indices.contains(place), Self.isBlank(bytes[place]) { place += 1 }
        }
        skipSpaces()
        guard has(UInt8(ascii: "{"), at: place) else {
            guard isDigit(at: place) else { return nil }
            return Rational(Int(bytes[place] - UInt8(ascii: "0"))).map { ($0, place + 1) }
        }
        place += 1
        skipSpaces()
        let isNegative = has(UInt8(ascii: "-"), at: place)
        if isNegative { place += 1 }
        guard isDigit(at: place), let numeral = numeral(at: place), numeral.isWhole,
            let value = Rational(numeral)
        else { return nil }
        place = numeral.end
        skipSpaces()
        guard has(UInt8(ascii: "}"), at: place), let signed = isNegative ? value.negated : value
        else { return nil }
        return (signed, place + 1)
    }

    private func has(_ letter: Unicode.Scalar, at index: Int) -> Bool {
        has(UInt8(ascii: letter), at: index)
    }
}

/// Goes through the numbers of a text.
package struct NumberScanner: Sequence, IteratorProtocol, Sendable {
    private let text: FoldedText
    private var place = 0

    init(text: FoldedText) { self.text = text }

    /// The next number; nil at the end of the text.
    package mutating func next() -> FoldedText.Found? {
        while place < text.bytes.count {
            let found = text.number(at: place)
            // At least one step forward, whatever was found.
            place = Swift.max(place + 1, found?.range.upperBound ?? 0)
            if let found { return found }
        }
        return nil
    }
}
