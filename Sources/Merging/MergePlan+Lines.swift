import MergeMethods

/// The plan as people read it.
extension MergePlan {
    /// The settings, a picture of the layers, and the source of every tensor.
    ///
    /// - Parameter everyTensor: Whether each tensor has a line of its own. Otherwise runs of layers
    ///   whose tensors all have one source share a line.
    /// - Returns: Lines of at most about 100 columns.
    package func lines(everyTensor: Bool = false) -> [String] {
        var rows: [(tensor: String, source: String, how: String)] = [("tensor", "source", "how")]
        for group in everyTensor ? outputs.map({ [$0] }) : groups {
            guard let first = group.first else { continue }
            rows.append((Self.title(of: group), source(of: group), Self.how(first)))
        }
        let tensorWidth = rows.map(\.tensor.count).max() ?? 0
        let sourceWidth = rows.map(\.source.count).max() ?? 0
        let table = rows.map { row in
            Self.padded(row.tensor, tensorWidth) + "  " + Self.padded(row.source, sourceWidth)
                + "  " + row.how
        }
        return [method.summary, ""] + picture + [""] + table + ["", totals]
    }

    /// One letter a layer, from the input to the output, and what the letters mean.
    private var picture: [String] {
        var letters = ""
        for layer in 0..<architecture.layerCount {
            let sources = Set(outputs.filter { $0.place.layer == layer }.map(\.source))
            guard let only = sources.first, sources.count == 1 else {
                letters += "*"
                continue
            }
            if case .copy(let input) = only { letters += letter(of: input) } else { letters += "/" }
        }
        var legend = inputs.map { "\(letter(of: $0)) \(method.title(of: $0))" }
        if letters.contains("/") { legend.append("/ several") }
        if letters.contains("*") { legend.append("* differs inside the layer") }
        return [
            "layers 0 to \(architecture.layerCount - 1), input first:  \(letters)",
            legend.joined(separator: "   "),
        ]
    }

    /// The first letter of a model's name, or its number where two names begin alike.
    private func letter(of input: String) -> String {
        let initials = inputs.compactMap { $0.first?.uppercased() }
        if Set(initials).count == inputs.count, let initial = input.first {
            return initial.uppercased()
        }
        return String((inputs.firstIndex(of: input) ?? 0) + 1, radix: 36)
    }

    /// Tensors outside of layers alone, layers of one source together.
    private var groups: [[Output]] {
        var groups: [[Output]] = []
        for output in outputs {
            if let last = groups.last?.last, last.place.layer != nil, output.place.layer != nil,
                last.source == output.source, last.isConverted == output.isConverted,
                last.shifts == output.shifts
            {
                groups[groups.count - 1].append(output)
            } else {
                groups.append([output])
            }
        }
        return groups
    }

    private static func title(of group: [Output]) -> String {
        guard group.count > 1, let first = group.first?.place.layer,
            let last = group.last?.place.layer
        else { return group.first?.description.name ?? "" }
        let layers = first == last ? "\(first)" : "\(first)…\(last)"
        return "model.layers.\(layers).* (\(group.count) tensors)"
    }

    /// The source in words: a model as people call it, or a formula, in which `base` is the model
    /// that plays that part.
    package func text(of source: MergeSource) -> String {
        if case .copy(let input) = source { method.title(of: input) } else { source.description }
    }

    /// The source, and which layers it is where these are not those of the output.
    private func source(of group: [Output]) -> String {
        guard let first = group.first else { return "" }
        let source = text(of: first.source)
        guard let layer = first.place.layer, let last = group.last?.place.layer else {
            return source
        }
        let layers = first.shifts.sorted { $0.key < $1.key }.map { input, shift in
            let range =
                layer == last ? "layer \(layer + shift)" : "layers \(layer + shift)…\(last + shift)"
            return "\(range) of \(method.title(of: input))"
        }
        return ([source] + layers).joined(separator: ", ")
    }

    private static func how(_ output: Output) -> String {
        switch output.source {
        case .copy: output.isConverted ? "converted" : "copied"
        case .combine: "computed"
        }
    }

    private var totals: String {
        let copied = outputs.filter(\.isCopied)
        let converted = outputs.count { Self.how($0) == "converted" }
        let bytes = outputs.reduce(0) { $0 + $1.description.byteCount }
        let tied = architecture.tiedHead ? "; the output head is the embedding matrix" : ""
        return "\(outputs.count) tensors, \(bytes) bytes: \(copied.count) copied, "
            + (converted > 0 ? "\(converted) converted, " : "")
            + "\(outputs.count - copied.count - converted) computed\(tied)"
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
