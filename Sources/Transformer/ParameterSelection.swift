/// Some of a model's parameters, by what they do and by layer.
///
/// Stored as the list of the texts of its parts.
package struct ParameterSelection: Hashable, Sendable {
    /// One part of a model.
    ///
    /// As text: `embeddings`, `layer 3`, `layers 2-5` (counted from 0 at the input, both ends
    /// included), `final_norm`, `head`.
    package enum Part: Hashable, Sendable {
        /// The token embeddings, and with them a tied head.
        case embeddings
        /// Everything in some blocks, which follow each other.
        case layers(ClosedRange<Int>)
        /// The gain of the norm after the last block.
        case finalNorm
        /// The output head, where it is a matrix of its own.
        case head
    }

    /// The parts in order from input to output, each once; runs of layers neither overlap nor
    /// touch.
    package let parts: [Part]

    /// Selects everything that is in one of the parts.
    package init(_ parts: [Part]) {
        let runs = parts.compactMap(\.run).sorted { $0.lowerBound < $1.lowerBound }
        var merged: [ClosedRange<Int>] = []
        for run in runs {
            if let last = merged.last, run.lowerBound <= last.upperBound + 1 {
                merged[merged.count - 1] =
                    last.lowerBound...max(last.upperBound, run.upperBound)
            } else {
                merged.append(run)
            }
        }
        self.parts =
            (parts.contains(.embeddings) ? [.embeddings] : []) + merged.map(Part.layers)
            + [.finalNorm, .head].filter(parts.contains)
    }

    /// Whether a tensor is selected.
    package func contains(_ entry: ParameterLayout.Entry) -> Bool {
        switch Part(of: entry) {
        case .layers(let own): parts.contains { $0.run?.contains(own.lowerBound) ?? false }
        case let part: parts.contains(part)
        }
    }

    /// The highest layer that is selected by its number, or nil when none is.
    package var highestLayer: Int? { parts.compactMap(\.run?.upperBound).max() }

    /// The parts as text, with commas between them.
    package var text: String { parts.map(\.rawValue).joined(separator: ", ") }
}

extension ParameterSelection.Part: RawRepresentable {
    /// The smallest part that holds a tensor.
    package init(of entry: ParameterLayout.Entry) {
        if let layer = entry.layer {
            self = .layers(layer...layer)
        } else {
            switch entry.role {
            case .finalNorm: self = .finalNorm
            case .head: self = .head
            default: self = .embeddings
            }
        }
    }

    /// Reads the text form; nil when it is none.
    package init?(rawValue: String) {
        let words = rawValue.split(separator: " ", omittingEmptySubsequences: false)
        switch (words.first, words.count) {
        case ("embeddings", 1): self = .embeddings
        case ("final_norm", 1): self = .finalNorm
        case ("head", 1): self = .head
        case ("layer", 2):
            guard let layer = Self.number(words[1]) else { return nil }
            self = .layers(layer...layer)
        case ("layers", 2):
            let ends = words[1].split(separator: "-", omittingEmptySubsequences: false)
            guard ends.count == 2, let first = Self.number(ends[0]),
                let last = Self.number(ends[1]), first <= last
            else { return nil }
            self = .layers(first...last)
        default: return nil
        }
    }

    /// The text form.
    package var rawValue: String {
        switch self {
        case .embeddings: "embeddings"
        case .layers(let run) where run.count == 1: "layer \(run.lowerBound)"
        case .layers(let run): "layers \(run.lowerBound)-\(run.upperBound)"
        case .finalNorm: "final_norm"
        case .head: "head"
        }
    }

    /// A layer's number: digits and nothing else, few enough for any model.
    private static func number(_ text: Substring) -> Int? {
        text.count <= 6 && text.allSatisfy { $0.isASCII && $0.isNumber } ? Int(text) : nil
    }

    /// The layers of a part that is a run of them.
    fileprivate var run: ClosedRange<Int>? {
        if case .layers(let run) = self { run } else { nil }
    }
}

extension ParameterSelection: Codable {
    /// Reads the list of the texts of the parts.
    package init(from decoder: any Decoder) throws {
        let texts = try [String](from: decoder)
        self.init(
            try texts.map { text in
                guard let part = Part(rawValue: text) else {
                    throw DecodingError.dataCorrupted(
                        DecodingError.Context(
                            codingPath: decoder.codingPath,
                            debugDescription: "'\(text)' is no part of a model"
                        )
                    )
                }
                return part
            }
        )
    }

    /// Writes the list of the texts of the parts.
    package func encode(to encoder: any Encoder) throws {
        try parts.map(\.rawValue).encode(to: encoder)
    }
}
