import MergeMethods

/// A layer swap as a picture: what each part of the merged model has taken from which expert.
struct StackChart: Chart {
    /// What a part is made of.
    enum Source: Equatable {
        /// Both experts; the value is the weight of the language expert, from 0 to 1.
        case experts(Double)
        /// The model that both experts were trained from.
        case base
        /// The embeddings, which the head then is.
        case tied

        /// The weight of the language expert; nil when neither expert has one.
        var languageWeight: Double? {
            if case .experts(let weight) = self { weight } else { nil }
        }

        /// What is written on it.
        var words: String {
            switch self {
            case .experts(1): "language"
            case .experts(0): "math"
            case .experts(let weight): "language \(Drawing.text((100 * weight).rounded())) %"
            case .base: "base"
            case .tied: "tied"
            }
        }

        /// What is written on the half of a layer.
        var shortWords: String {
            switch self {
            case .experts(1): "lang."
            case .experts(let weight) where weight > 0:
                Drawing.text((100 * weight).rounded()) + " %"
            default: words
            }
        }
    }

    /// One row.
    struct Row: Equatable {
        /// `embeddings`, the number of a layer, `final norm` or `head`.
        var name: String
        /// Its attention, or all of it.
        var source: Source
        /// Its feed-forward network, where it comes from elsewhere.
        var mlp: Source?

        /// What it is made of, one after the other.
        var parts: [Source] { [source] + [mlp].compactMap { $0 } }

        /// Its share of the language expert; nil when neither expert has one.
        var languageShare: Double? {
            let weights = parts.compactMap(\.languageWeight)
            return weights.count == parts.count
                ? weights.reduce(0, +) / Double(weights.count) : nil
        }
    }

    /// The rows from the input to the output.
    let rows: [Row]

    /// Deals out the parts of a model; nil when the swap does not fit, or when its weights follow
    /// from what the models do.
    ///
    /// - Parameters:
    ///   - swap: The layer swap.
    ///   - layers: The depth of the model.
    ///   - tiedHead: Whether its head is the embedding matrix.
    init?(_ swap: LayerSwap, layers: Int, tiedHead: Bool) {
        if swap.coefficients == nil {
            switch swap.pattern {
            case .changes, .retrieval: return nil
            case .zones, .random, .alternating: break
            }
        }
        guard (try? swap.check(layerCount: layers, tiedHead: tiedHead)) != nil else { return nil }
        func source(_ owner: TensorOwner) -> Source {
            switch owner {
            case .language: .experts(1)
            case .math: .experts(0)
            case .base: .base
            case .blend(let weight): .experts(weight)
            }
        }
        let attention = swap.languageWeights(layerCount: layers)
        let mlp = swap.mlpCoefficients ?? attention
        let middle = (0..<layers).map { layer in
            let first = swap.tensors.contains(.attention) ? attention[layer] : 0
            let second = swap.tensors.contains(.mlp) ? mlp[layer] : 0
            return Row(
                name: "\(layer)",
                source: .experts(first),
                mlp: first == second ? nil : .experts(second)
            )
        }
        rows =
            [Row(name: "embeddings", source: source(swap.embeddings))] + middle + [
                Row(name: "final norm", source: source(swap.finalNorm)),
                Row(
                    name: "head",
                    source: tiedHead ? .tied : source(swap.head ?? swap.embeddings)
                ),
            ]
    }

    /// The layers by what they are made of, in words.
    var words: String {
        let layers = rows.filter { Int($0.name) != nil }
        let shares = layers.compactMap(\.languageShare)
        let parts = [
            (shares.count { $0 == 1 }, "the language expert"),
            (shares.count { $0 == 0 }, "the math expert"),
            (shares.count { $0 > 0 && $0 < 1 }, "both"),
        ].filter { $0.0 > 0 }
        let words = parts.map { count, expert in
            "\(count) \(count == 1 ? "is" : "are") from \(expert)"
        }
        return "Of \(layers.count) layers, \(Format.list(words))."
    }

    private static let width = 350.0
    private static let left = 86.0
    private static let expert = 58.0
    private static let merge = 112.0
    private static let gap = 18.0
    private static let top = 40.0

    /// The model, with its output above and its input below, between the experts.
    var drawings: [(title: String, drawing: Drawing)] { [("", drawing)] }

    private var drawing: Drawing {
        // As high as a page at most, and lines of text where there is room.
        let height = rows.count <= 24 ? 22.0 : rows.count <= 44 ? 15 : 8
        let isDense = height < 14
        var drawing = Drawing(
            width: Self.width,
            height: Self.top + height * Double(rows.count) + 4
        )
        let language = Self.left
        let merged = language + Self.expert + Self.gap
        let math = merged + Self.merge + Self.gap
        func title(_ lines: [String], _ x: Double, _ style: String) {
            for (number, line) in lines.enumerated() {
                let y = Self.top - 22 + 14 * Double(number + 2 - lines.count)
                drawing.text(line, x: x, y: y, anchor: "middle", style: style)
            }
        }
        title(["language", "expert"], language + Self.expert / 2, "label c0")
        title(["merge"], merged + Self.merge / 2, "label strong")
        title(["math", "expert"], math + Self.expert / 2, "label c1")
        for (number, row) in rows.reversed().enumerated() {
            let y = Self.top + height * Double(number)
            let middle = y + height / 2
            if !isDense || isNamedWhereDense(row) {
                drawing.text(
                    row.name,
                    x: Self.left - 10,
                    y: middle + 4,
                    anchor: "end",
                    style: "tick"
                )
            }
            let share = row.languageShare
            let size = (y: y + 1, height: height - 2)
            expertCell(&drawing, language, size, "c0", share ?? 0, isFromRight: true)
            expertCell(&drawing, math, size, "c1", share.map { 1 - $0 } ?? 0, isFromRight: false)
            if !isDense, let share {
                if share > 0 {
                    let x = merged - Self.gap / 2
                    drawing.path(
                        [(x - 3, middle - 4), (x + 2, middle), (x - 3, middle + 4)],
                        style: "arrow c0"
                    )
                }
                if share < 1 {
                    let x = math - Self.gap / 2
                    drawing.path(
                        [(x + 3, middle - 4), (x - 2, middle), (x + 3, middle + 4)],
                        style: "arrow c1"
                    )
                }
            }
            mergeCell(&drawing, merged, size, row)
        }
        return drawing
    }

    /// Whether there is room for the name of a row that is lower than a line of text.
    private func isNamedWhereDense(_ row: Row) -> Bool {
        guard let layer = Int(row.name) else { return row.name != "final norm" }
        return layer > 0 && layer.isMultiple(of: 4)
    }

    /// A part of an expert, filled as far as it is taken, from the side of the merge.
    private func expertCell(
        _ drawing: inout Drawing,
        _ x: Double,
        _ size: (y: Double, height: Double),
        _ color: String,
        _ share: Double,
        isFromRight: Bool
    ) {
        drawing.rectangle(
            x: x,
            y: size.y,
            width: Self.expert,
            height: size.height,
            style: "left \(color)",
            radius: 3
        )
        guard share > 0 else { return }
        let width = Self.expert * share
        drawing.rectangle(
            x: isFromRight ? x + Self.expert - width : x,
            y: size.y,
            width: width,
            height: size.height,
            style: "taken \(color)",
            radius: 3
        )
    }

    private func mergeCell(
        _ drawing: inout Drawing,
        _ x: Double,
        _ size: (y: Double, height: Double),
        _ row: Row
    ) {
        let parts = row.parts
        let width = Self.merge / Double(parts.count)
        for (number, part) in parts.enumerated() {
            let left = x + width * Double(number)
            // A tied head is the embeddings, which are the first row.
            let source = part == .tied ? rows[0].source : part
            let half =
                parts.count == 1 ? "" : number == 0 ? ", attention" : ", feed-forward network"
            drawing.rectangle(
                x: left,
                y: size.y,
                width: parts.count == 1 || number == 1 ? width : width - 1.5,
                height: size.height,
                style: source == .base ? "part base" : "part",
                heat: source.languageWeight ?? 0,
                radius: 3,
                title: "\(row.name)\(half): \(part.words)"
            )
            guard size.height >= 12 else { continue }
            let words = parts.count == 1 ? part.words : part.shortWords
            drawing.text(
                words,
                x: left + width / 2,
                y: size.y + size.height / 2 + 4,
                anchor: "middle",
                style: parts.count == 1 ? "on-part" : "on-part small"
            )
        }
    }

    /// Who gives, and that two halves of a layer can have different sources.
    var key: Key {
        guard rows.contains(where: { $0.mlp != nil }) else { return Key() }
        var sign = Drawing(width: 26, height: 10)
        sign.rectangle(x: 0, y: 0, width: 12, height: 10, style: "part", heat: 1, radius: 2)
        sign.rectangle(x: 14, y: 0, width: 12, height: 10, style: "part", heat: 0, radius: 2)
        return Key([.init(sign: sign, text: "attention, and behind it the feed-forward network")])
    }

    /// What each part is made of.
    var data: DataTable {
        DataTable(
            ["part", "attention, or all", "feed-forward network", "share of the language expert"],
            rows: rows.map { row in
                [
                    row.name, row.source.words, (row.mlp ?? row.source).words,
                    row.languageShare.map { Format.number($0) } ?? "–",
                ]
            },
            names: 3
        )
    }
}
