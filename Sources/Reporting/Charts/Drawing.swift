/// SVG elements on a plane of known size.
struct Drawing {
    /// The size in the plane's own units, which are pixels where there is room.
    private(set) var size: (width: Double, height: Double)
    private var parts: [String] = []

    /// The elements, without the plane.
    var content: String { parts.joined() }

    /// An empty plane.
    init(width: Double, height: Double) { size = (width, height) }

    /// Pictures that are wider than this scroll on a narrow page; all others shrink with it.
    private static let narrow = 420.0

    /// Whether the picture would not be readable at the width of a phone.
    var isWide: Bool { size.width > Self.narrow }

    /// The picture, which is as wide as there is room; its label is for those who cannot see it.
    func svg(label: String) -> String {
        let (width, height) = (Self.text(size.width), Self.text(size.height))
        let kind = isWide ? "class=\"wide\" " : ""
        return """
            <svg viewBox="0 0 \(width) \(height)" width="\(width)" height="\(height)" \
            \(kind)style="--width:\(width)" role="img" \
            aria-label="\(Markup.escaped(label))">\(content)</svg>
            """
    }

    /// The picture as a part of a text that says everything.
    var mark: Markup {
        let (width, height) = (Self.text(size.width), Self.text(size.height))
        return .raw(
            "<svg viewBox=\"0 0 \(width) \(height)\" width=\"\(width)\" height=\"\(height)\" "
                + "aria-hidden=\"true\">\(content)</svg>"
        )
    }

    /// Adds a text.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - x: Where it begins, has its middle or ends.
    ///   - y: Its base line.
    ///   - anchor: `start`, `middle` or `end`.
    ///   - style: Its class.
    mutating func text(
        _ text: String,
        x: Double,
        y: Double,
        anchor: String = "start",
        style: String = "label"
    ) {
        parts.append(
            "<text x=\"\(Self.text(x))\" y=\"\(Self.text(y))\" text-anchor=\"\(anchor)\" "
                + "class=\"\(style)\">\(Markup.escaped(text))</text>"
        )
    }

    /// Adds a line.
    mutating func line(
        _ from: (x: Double, y: Double),
        _ to: (x: Double, y: Double),
        style: String
    ) {
        parts.append(
            "<line x1=\"\(Self.text(from.x))\" y1=\"\(Self.text(from.y))\" "
                + "x2=\"\(Self.text(to.x))\" y2=\"\(Self.text(to.y))\" class=\"\(style)\"/>"
        )
    }

    /// Adds a circle; its title is shown to those who point at it.
    mutating func circle(x: Double, y: Double, radius: Double, style: String, title: String = "") {
        let hint = title.isEmpty ? "" : "<title>\(Markup.escaped(title))</title>"
        parts.append(
            "<circle cx=\"\(Self.text(x))\" cy=\"\(Self.text(y))\" r=\"\(Self.text(radius))\" "
                + "class=\"\(style)\">\(hint)</circle>"
        )
    }

    /// Adds a rectangle; its colour can be a share of the heat scale.
    mutating func rectangle(
        x: Double,
        y: Double,
        width: Double,
        height: Double,
        style: String,
        heat: Double? = nil,
        radius: Double = 0,
        title: String = ""
    ) {
        let hint = title.isEmpty ? "" : "<title>\(Markup.escaped(title))</title>"
        let share = heat.map { " style=\"--heat:\(Self.text(100 * min(1, max(0, $0))))%\"" } ?? ""
        let corner = radius > 0 ? " rx=\"\(Self.text(radius))\"" : ""
        parts.append(
            "<rect x=\"\(Self.text(x))\" y=\"\(Self.text(y))\" width=\"\(Self.text(width))\" "
                + "height=\"\(Self.text(height))\" class=\"\(style)\"\(share)\(corner)>"
                + "\(hint)</rect>"
        )
    }

    /// Adds a line through points, or the area inside them.
    mutating func path(_ points: [(x: Double, y: Double)], style: String, isClosed: Bool = false) {
        guard let first = points.first else { return }
        let rest = points.dropFirst().map { "L\(Self.text($0.x)) \(Self.text($0.y))" }
        parts.append(
            "<path d=\"M\(Self.text(first.x)) \(Self.text(first.y))\(rest.joined())"
                + "\(isClosed ? "Z" : "")\" class=\"\(style)\"/>"
        )
    }

    /// At most two decimals: less than a pixel.
    static func text(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        let rounded = (value * 100).rounded() / 100
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }
}
