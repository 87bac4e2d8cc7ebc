/// What the colours and signs of a picture mean, in text below it.
struct Key {
    /// One sign and its meaning.
    struct Entry {
        /// What stands before the sign, such as the lower end of a scale.
        var before = ""
        /// The sign.
        var sign: Drawing
        /// What it means.
        var text: String
    }

    /// The entries in order.
    var entries: [Entry]

    /// A key of some entries.
    init(_ entries: [Entry] = []) { self.entries = entries }

    /// The key as a list; nothing when it is empty.
    var markup: Markup {
        guard !entries.isEmpty else { return .none }
        let items = entries.map { entry in
            Markup.element("li", [:], [.text(entry.before), entry.sign.mark, .text(entry.text)])
        }
        return .element("ul", ["class": "key"], items)
    }
}

extension Key.Entry {
    /// A line of a chart.
    static func line(_ color: Int, isControl: Bool = false, _ text: String) -> Key.Entry {
        var sign = Drawing(width: 26, height: 10)
        sign.line((1, 5), (25, 5), style: "curve c\(color)" + (isControl ? " control" : ""))
        return .init(sign: sign, text: text)
    }

    /// A mark: filled when something is found, a ring otherwise.
    static func dot(_ tint: Tint, isSure: Bool = true, _ text: String) -> Key.Entry {
        var sign = Drawing(width: 12, height: 12)
        sign.circle(x: 6, y: 6, radius: 4.5, style: tint.style(isSure: isSure))
        return .init(sign: sign, text: text)
    }

    /// The colours between two numbers, `steps` of them.
    ///
    /// - Parameters:
    ///   - low: What the numbers are, and the one on the left.
    ///   - high: The number on the right.
    ///   - style: The class and the heat of a share of the way from left to right.
    /// - Returns: The scale.
    static func scale(
        _ low: String,
        _ high: String,
        style: (Double) -> (name: String, heat: Double)
    ) -> Key.Entry {
        let steps = 20
        var sign = Drawing(width: 6 * Double(steps), height: 10)
        for step in 0..<steps {
            let (name, heat) = style(Double(step) / Double(steps - 1))
            sign.rectangle(
                x: 6 * Double(step),
                y: 0,
                // Without a gap of a hair between neighbours.
                width: 6.3,
                height: 10,
                style: name,
                heat: heat
            )
        }
        return .init(before: low, sign: sign, text: high)
    }
}

/// The colour of a mark.
enum Tint: Equatable {
    /// A colour of the palette.
    case color(Int)
    /// What a comparison has found.
    case verdict(Verdict)

    /// The class.
    var name: String {
        switch self {
        case .color(let number): "c\(number)"
        case .verdict(let verdict): verdict == .bound ? Verdict.open.rawValue : verdict.rawValue
        }
    }

    /// The classes of a mark: filled, or a ring where nothing is found.
    func style(isSure: Bool) -> String { (isSure ? "dot " : "ring ") + name }
}
