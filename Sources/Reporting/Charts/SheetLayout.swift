/// Drawings in rows, one below the other.
struct SheetLayout {
    /// The drawings at their places.
    private(set) var parts: [String] = []
    /// The size of all of them.
    private(set) var width = 0.0
    private(set) var height = 0.0

    mutating func add(_ drawing: Drawing) {
        add(
            PageStyle.withColors(drawing.content),
            width: drawing.size.width,
            height: drawing.size.height
        )
    }

    /// Adds a row of smaller layouts, from the left.
    mutating func add(_ row: [SheetLayout]) {
        var left = 0.0
        let pieces = row.map { layout in
            defer { left += layout.width }
            return Self.moved(layout.parts.joined(separator: "\n"), x: left, y: 0)
        }
        add(pieces.joined(separator: "\n"), width: left, height: row.map(\.height).max() ?? 0)
    }

    /// Adds the entries of a key, in lines that are not wider than the rest.
    mutating func add(_ key: Key, width limit: Double) {
        var row: [SheetLayout] = []
        var left = 0.0
        for entry in key.entries {
            let layout = SheetLayout(entry)
            if left + layout.width > limit, !row.isEmpty {
                add(row)
                (row, left) = ([], 0)
            }
            row.append(layout)
            left += layout.width
        }
        if !row.isEmpty { add(row) }
    }

    init() {}

    /// One entry of a key: words, sign, words.
    private init(_ entry: Key.Entry) {
        let before = entry.before.isEmpty ? 0 : Self.width(of: entry.before) + 5
        var words = Drawing(
            width: before + entry.sign.size.width + Self.width(of: entry.text) + 28,
            height: 22
        )
        if before > 0 { words.text(entry.before, x: 6, y: 15, style: "axis") }
        words.text(entry.text, x: before + entry.sign.size.width + 12, y: 15, style: "axis")
        let sign = Self.moved(
            PageStyle.withColors(entry.sign.content),
            x: before + 6,
            y: 11 - entry.sign.size.height / 2
        )
        add(words.content + sign, width: words.size.width, height: words.size.height)
    }

    /// About as wide as a text of 12 pixels is in most fonts.
    static func width(of text: String) -> Double { 6.6 * Double(text.count) }

    private mutating func add(_ content: String, width: Double, height: Double) {
        parts.append(Self.moved(content, x: 0, y: self.height))
        self.width = max(self.width, width)
        self.height += height
    }

    private static func moved(_ content: String, x: Double, y: Double) -> String {
        guard x != 0 || y != 0 else { return content }
        return "<g transform=\"translate(\(Drawing.text(x)),\(Drawing.text(y)))\">\(content)</g>"
    }
}
