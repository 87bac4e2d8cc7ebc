extension LayerSwap {
    /// How layers are dealt out to the experts.
    package enum Pattern: Hashable, Codable, Sendable {
        /// Outer layers of one expert, middle layers of the other, transitions between them.
        case zones
        /// The weights that the zones give, put in a random order: as many layers of each expert
        /// and as many of both, at places that mean nothing. The control of the zones' places.
        case random(seed: UInt64)
        /// Even layers of the outer expert, odd layers of the other, counted from 0; zones do not
        /// count. The control of their being together.
        case alternating
        /// Each layer from the expert that has changed it more, as the base and both experts tell
        /// (`ChangeProfile.languageWeights`); zones do not count. Known when the models are.
        case changes(threshold: Double, granularity: Granularity)
        /// Outer layers, middle and transitions as with `zones`; how wide bottom and top are is
        /// decided by how many of so many sentences find their translations in the base (Findings
        /// of ACL 2026, 1218). Known when the base is.
        case retrieval(sentences: Int)

        /// Whether widths and transition decide anything.
        package var usesZones: Bool {
            switch self {
            case .zones, .random, .retrieval: true
            case .alternating, .changes: false
            }
        }
    }

    /// What gets a weight of its own where changes decide.
    package enum Granularity: String, CaseIterable, Hashable, Codable, Sendable {
        /// Whole layers.
        case layer
        /// The attention and the feed-forward network of each layer.
        case module
    }

    /// Which expert has the outer part of a pattern.
    ///
    /// Both use the same borders: turning the direction turns every weight w into 1 − w and leaves
    /// embeddings, final norm and head with their owners.
    package enum Direction: String, CaseIterable, Hashable, Codable, Sendable {
        /// The language expert at the input and the output, the math expert in the middle: the
        /// published swap.
        case languageOutside = "language-outside"
        /// The experts exchanged, the language expert in the middle of the math expert: the swap
        /// that should not work if the middle is where mathematics is learned.
        case mathOutside = "math-outside"
    }

    /// Which tensors of a layer follow its weight; the others come from the math expert.
    package enum TensorKinds: String, CaseIterable, Hashable, Codable, Sendable {
        /// All of them.
        case all
        /// Query, key, value and output of the attention, and the norm before it.
        case attention
        /// Gate, up and down of the feed-forward network, and the norm before it.
        case mlp

        /// Whether the tensors of a half of a layer follow its weight.
        package func contains(_ half: LayerHalf) -> Bool {
            switch self {
            case .all: true
            case .attention: half == .attention
            case .mlp: half == .mlp
            }
        }
    }

    /// How a layer of both experts is made.
    package enum Interpolation: String, CaseIterable, Hashable, Codable, Sendable {
        /// The weighted average.
        case linear
        /// Along the arc between each pair of tensors (`Slerp`).
        case slerp
    }

    /// What the changes that training made are multiplied with, zone by zone: with s, a layer is
    /// θ_0 + s (θ − θ_0), where θ is what it would be otherwise.
    package struct ZoneScale: Hashable, Codable, Sendable {
        /// In the outer layers at the input.
        package var bottom = 1.0
        /// In the layers of the inner expert.
        package var middle = 1.0
        /// In the outer layers at the output.
        package var top = 1.0
        /// In the transitions.
        package var transition = 1.0

        /// The zones by name.
        package static var zones: [(name: String, path: WritableKeyPath<ZoneScale, Double>)] {
            [
                ("bottom", \.bottom), ("middle", \.middle), ("top", \.top),
                ("transition", \.transition),
            ]
        }

        /// Leaves everything as it is.
        package init() {}

        /// Whether anything is changed.
        package var isIdle: Bool { self == ZoneScale() }
    }

    /// What stands in the layers between two experts.
    ///
    /// As text: `none`, `constant` (the average), `constant 0.3`, `ramp` (or `linear`).
    package enum Transition: Hashable, Codable, Sendable {
        /// The layers of the transitions come from the inner expert too.
        case none
        /// Both experts; the value is the weight of the outer expert, from 0 to 1.
        case constant(Double)
        /// The outer expert's weight falls in equal steps: k / (t + 1), where k counts the t
        /// layers of the transition from the inner expert's side, 1 to t.
        case ramp
    }
}

extension LayerSwap.Transition: RawRepresentable {
    /// Reads the text form; nil when it is none.
    package init?(rawValue: String) {
        let words = rawValue.split(separator: " ")
        switch (words.first, words.count) {
        case ("none", 1): self = .none
        case ("ramp", 1), ("linear", 1): self = .ramp
        case ("constant", 1): self = .constant(0.5)
        case ("constant", 2):
            guard let weight = Double(words[1]) else { return nil }
            self = .constant(weight)
        default: return nil
        }
    }

    /// The text form.
    package var rawValue: String {
        switch self {
        case .none: "none"
        case .ramp: "ramp"
        case .constant(let weight): "constant \(weight)"
        }
    }
}
