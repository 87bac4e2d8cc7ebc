/// A text that knows of each character whether the template wrote it or a message holds it.
///
/// Only what the template wrote may become a symbol. Characters are scalars, as in Python.
package struct TemplateText: Equatable, Sendable {
    /// The characters.
    package private(set) var scalars: [Unicode.Scalar] = []
    /// Whether the template wrote it, for each scalar.
    package private(set) var isOwn: [Bool] = []

    /// Begins with nothing.
    package init() {}

    /// Takes a text of the template, or of a message.
    package init(_ text: String, isOwn: Bool) {
        scalars = Array(text.unicodeScalars)
        self.isOwn = [Bool](repeating: isOwn, count: scalars.count)
    }

    /// The text.
    package var string: String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    var isEmpty: Bool { scalars.isEmpty }
    /// The number of characters.
    package var count: Int { scalars.count }

    mutating func append(_ other: TemplateText) {
        scalars += other.scalars
        isOwn += other.isOwn
    }

    /// A part.
    package subscript(range: Range<Int>) -> TemplateText {
        var part = TemplateText()
        part.scalars = Array(scalars[range])
        part.isOwn = Array(isOwn[range])
        return part
    }

    /// Equality as of Python's strings: who wrote it is no matter.
    func isSame(as other: TemplateText) -> Bool { scalars == other.scalars }

    /// Whether another text stands at a place.
    package func has(_ other: TemplateText, at place: Int) -> Bool {
        place >= 0 && place + other.count <= count
            && scalars[place..<place + other.count].elementsEqual(other.scalars)
    }

    /// Where another text stands first, from a place on.
    func firstIndex(of other: TemplateText, from start: Int = 0) -> Int? {
        guard other.count <= count, start <= count - other.count else { return nil }
        return (start...(count - other.count)).first { has(other, at: $0) }
    }

    /// The text without some characters, white space when none are named, at its ends.
    func stripped(left: Bool, right: Bool, of characters: TemplateText? = nil) -> TemplateText {
        func isStripped(_ scalar: Unicode.Scalar) -> Bool {
            characters.map { $0.scalars.contains(scalar) } ?? Self.isSpace(scalar)
        }
        var (start, end) = (0, count)
        while left, start < end, isStripped(scalars[start]) { start += 1 }
        while right, end > start, isStripped(scalars[end - 1]) { end -= 1 }
        return self[start..<end]
    }

    /// White space as Python's `str.isspace` has it.
    static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
    }

    /// The parts between separators; white space of any length where there is no separator.
    func split(_ separator: TemplateText?, most: Int = .max) -> [TemplateText] {
        var parts: [TemplateText] = []
        var start = 0
        guard let separator, !separator.isEmpty else {
            while true {
                while start < count, Self.isSpace(scalars[start]) { start += 1 }
                guard start < count else { return parts }
                guard parts.count < most else {
                    return parts + [self[start..<count].stripped(left: false, right: true)]
                }
                var end = start
                while end < count, !Self.isSpace(scalars[end]) { end += 1 }
                parts.append(self[start..<end])
                start = end
            }
        }
        while parts.count < most, let found = firstIndex(of: separator, from: start) {
            parts.append(self[start..<found])
            start = found + separator.count
        }
        return parts + [self[start..<count]]
    }

    /// The text with another in the place of each part that is found.
    func replacing(_ old: TemplateText, with new: TemplateText) -> TemplateText {
        guard !old.isEmpty else { return self }
        var result = TemplateText()
        for (number, part) in split(old).enumerated() {
            if number > 0 { result.append(new) }
            result.append(part)
        }
        return result
    }

    /// The text with each character changed.
    func mapped(_ change: (Unicode.Scalar, Int) -> String) -> TemplateText {
        var result = TemplateText()
        for (index, scalar) in scalars.enumerated() {
            result.append(TemplateText(change(scalar, index), isOwn: isOwn[index]))
        }
        return result
    }
}
