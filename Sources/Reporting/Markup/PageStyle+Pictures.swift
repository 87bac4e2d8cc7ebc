/// The rules of pictures: in a page, and in a file of its own.
extension PageStyle {
    /// A style of rectangles whose colour depends on their heat.
    private struct HeatColor {
        /// The class.
        var style: String
        /// The colour of heat 1.
        var hot: String
        /// The colour of heat 0.
        var cold: String
        /// Whether heat 1 is the colour itself.
        ///
        /// Else it is the part `--most` of it, so that a number
        /// in the rectangle can be read.
        var isWhole = false
    }

    private static let heatColors = [
        HeatColor(style: "cell", hot: "hot", cold: "cold"),
        HeatColor(style: "below", hot: "c4", cold: "cold"),
        HeatColor(style: "ahead", hot: "better", cold: "page"),
        HeatColor(style: "behind", hot: "worse", cold: "page"),
        HeatColor(style: "part", hot: "c0", cold: "c1", isWhole: true),
    ]

    /// The part `--most` on a light page.
    static let most = 0.6

    /// What pictures of reports alone have.
    static let pictures = [heat(prefix: ".report "), marks(prefix: ".report ")]
        .joined(separator: "\n")

    private static func heat(prefix: String) -> String {
        heatColors.map { heat in
            let part = heat.isWhole ? "var(--heat, 100%)" : "calc(var(--heat, 0%) * var(--most))"
            let (hot, cold) = ("var(--\(heat.hot))", "var(--\(heat.cold))")
            return "\(prefix)svg .\(heat.style) { "
                + "fill: color-mix(in oklab, \(hot) \(part), \(cold)); }"
        }.joined(separator: "\n")
    }

    /// Rules of pictures that are the same for every rectangle.
    ///
    /// - Parameter prefix: What stands before `svg`: the class of the page, or nothing in a file of
    ///   its own.
    /// - Returns: The rules.
    private static func marks(prefix: String) -> String {
        """
        \(prefix)svg .contour { stroke: var(--muted); stroke-width: .8; }
        \(prefix)svg .contour.zero { stroke: var(--text); stroke-width: 2.4; }
        \(prefix)svg .mark { fill: var(--page); stroke: var(--text); stroke-width: 1.5; }
        \(prefix)svg .mark.sure { fill: var(--text); }
        \(prefix)svg .in-cell { font-size: 10.5px; }
        \(prefix)svg .above { paint-order: stroke; stroke: var(--page); stroke-width: 4px; }
        \(prefix)svg .focus { fill: var(--panel); }
        \(prefix)svg .value.strong { fill: var(--text); }
        \(prefix)svg .ring { fill: var(--page); stroke-width: 2.2; }
        \((0..<colors).map { ring($0, prefix) }.joined(separator: "\n"))
        \(["better", "worse", "open"].map { tint($0, prefix) }.joined(separator: "\n"))
        \(prefix)svg .part.base { fill: var(--c5); }
        \(prefix)svg .taken.c0 { fill: var(--c0); } \(prefix)svg .taken.c1 { fill: var(--c1); }
        \(prefix)svg .left.c0 { fill: color-mix(in oklab, var(--c0) 16%, var(--page)); } \(prefix)svg .left.c1 { fill: color-mix(in oklab, var(--c1) 16%, var(--page)); }
        \(prefix)svg .on-part { fill: var(--on-hot); font-weight: 600; } \(prefix)svg .small { font-size: 10px; }
        \(prefix)svg .arrow { fill: none; stroke-width: 2; } \(prefix)svg .arrow.c0 { stroke: var(--c0); } \(prefix)svg .arrow.c1 { stroke: var(--c1); }
        \(prefix)svg text.c0 { fill: var(--c0); } \(prefix)svg text.c1 { fill: var(--c1); }
        """
    }

    private static func ring(_ number: Int, _ prefix: String) -> String {
        "\(prefix)svg .ring.c\(number) { stroke: var(--c\(number)); }"
    }

    /// The colours that have a name of their own.
    private static func tint(_ name: String, _ prefix: String) -> String {
        let color = name == "open" ? "--muted" : "--\(name)"
        return
            "\(prefix)svg .whisker.\(name), \(prefix)svg .ring.\(name) { stroke: var(\(color)); } "
            + "\(prefix)svg .dot.\(name) { fill: var(\(color)); }"
    }

    /// The rules of pictures for a file of its own: the colours of the light page as numbers, since
    /// not every program that shows SVG knows variables and mixtures.
    static let file = withNumbers(chart + "\n" + marks(prefix: ""))

    /// The colours of the light page by their names.
    private static let lightColors = Dictionary(
        uniqueKeysWithValues: light.joined().map { ($0.name, $0.color) }
    )

    /// Writes variables and mixtures of two colours as numbers.
    private static func withNumbers(_ rules: String) -> String {
        lightColors.reduce(rules) { rules, entry in
            rules.replacing("var(--\(entry.key))", with: entry.value)
        }.replacing(#/color-mix\(in oklab, (#[0-9a-f]{6}) ([0-9.]+)%, (#[0-9a-f]{6})\)/#) { match in
            guard let share = Double(match.2) else { return String(match.0) }
            return mixture(String(match.1), String(match.3), share: share / 100)
        }
    }

    /// The elements of a picture with colours as numbers where they depend on heat.
    static func withColors(_ content: String) -> String {
        content.replacing(#/class="([a-z]+)( [a-z ]+)?" style="--heat:([0-9.]+)%"/#) { match in
            let (style, others) = (String(match.1), match.2.map(String.init) ?? "")
            guard let heat = heatColors.first(where: { $0.style == style }),
                let percent = Double(match.3), let hot = lightColors[heat.hot],
                let cold = lightColors[heat.cold]
            else { return String(match.0) }
            let name = "class=\"\(style)\(others)\""
            // A rule for both classes is stronger than the heat.
            guard others.isEmpty else { return name }
            let share = percent / 100 * (heat.isWhole ? 1 : most)
            return "\(name) style=\"fill:\(mixture(hot, cold, share: share))\""
        }
    }

    private static func mixture(_ first: String, _ second: String, share: Double) -> String {
        guard let first = OklabColor(first), let second = OklabColor(second) else { return second }
        return first.mixed(with: second, share: share).text
    }
}
