import Kernels

/// How far two experts have moved from their base, and whether in the same direction, layer by
/// layer and for both halves of each.
///
/// With Δ = θ − θ_0 over all tensors of a half of a layer, in Frobenius norms:
///
///     change of an expert   ‖Δ‖ / ‖θ_0‖
///     cosine                ⟨Δ_language, Δ_math⟩ / (‖Δ_language‖ ‖Δ_math‖)
package struct ChangeProfile: Hashable, Codable, Sendable {
    /// A half of a layer, or a whole one.
    package struct Entry: Hashable, Codable, Sendable {
        /// The change of the language expert.
        package var language: Double
        /// The change of the math expert.
        package var math: Double
        /// The cosine of both changes; 0 when one of them is none.
        package var cosine: Double

        /// An entry of known numbers.
        package init(language: Double, math: Double, cosine: Double) {
            self.language = language
            self.math = math
            self.cosine = cosine
        }
    }

    /// Whole layers, from the input to the output.
    package let layers: [Entry]
    /// The attention of each layer.
    package let attention: [Entry]
    /// The feed-forward network of each layer.
    package let mlp: [Entry]

    /// Sums of squares and products, from which entries follow.
    private struct Sums {
        var base = 0.0
        var language = 0.0
        var math = 0.0
        var product = 0.0

        mutating func add(_ sums: [Double]) {
            base += sums[0]
            language += sums[1]
            math += sums[2]
            product += sums[3]
        }

        static func + (first: Sums, second: Sums) -> Sums {
            var sum = first
            sum.add([second.base, second.language, second.math, second.product])
            return sum
        }

        var entry: Entry {
            func ratio(_ square: Double) -> Double {
                base > 0 ? (square / base).squareRoot() : square > 0 ? .infinity : 0
            }
            let norms = (language * math).squareRoot()
            return Entry(
                language: ratio(language),
                math: ratio(math),
                cosine: norms > 0 ? product / norms : 0
            )
        }
    }

    /// The models that changes are measured from, in the order of measuring.
    package static let inputs = [ModelPart.base.name, ModelPart.language.name, ModelPart.math.name]

    /// Measures the changes.
    ///
    /// - Parameters:
    ///   - architecture: What all three models consist of.
    ///   - pass: Calls its argument with a tensor of base, language and math expert, in that order.
    /// - Throws: What `pass` throws.
    package init(
        _ architecture: CheckpointArchitecture,
        pass: (ArchitectureTensor, (TensorPass) -> Void) throws -> Void
    ) rethrows {
        var attention = [Sums](repeating: Sums(), count: architecture.layerCount)
        var mlp = attention
        for tensor in architecture.tensors {
            guard case .layer(let layer, let half) = tensor.place else { continue }
            try pass(tensor) { pass in
                let sums = pass.sums(4) { Self.sums($0) }
                if half == .attention { attention[layer].add(sums) } else { mlp[layer].add(sums) }
            }
        }
        self.attention = attention.map(\.entry)
        self.mlp = mlp.map(\.entry)
        layers = zip(attention, mlp).map { ($0 + $1).entry }
    }

    /// Whether a tensor is part of a layer; what stands outside is not compared.
    package static func counts(_ tensor: ArchitectureTensor) -> Bool {
        if case .layer = tensor.place { return true }
        return false
    }

    private static func sums(_ sources: [FloatView]) -> [Double] {
        let sums = Elementwise.changeSums(base: sources[0], sources[1], sources[2])
        return [sums.base, sums.first, sums.second, sums.product]
    }
}

extension ChangeProfile {
    /// The language expert's weight in each layer by the rule of arXiv 2601.22620: the expert that
    /// has changed a layer more, as a share of the layer that it has changed most, owns it; where
    /// both shares are within `threshold` of each other, the layer is the average.
    ///
    /// - Parameters:
    ///   - entries: The layers, or one half of each.
    ///   - threshold: From 0, nothing is averaged, to 1, everything is.
    /// - Returns: 1, 0 or 0.5 for each layer.
    package static func languageWeights(_ entries: [Entry], threshold: Double) -> [Double] {
        func shares(_ changes: [Double]) -> [Double] {
            let largest = changes.max() ?? 0
            return changes.map { largest > 0 ? $0 / largest : 0 }
        }
        return zip(shares(entries.map(\.language)), shares(entries.map(\.math))).map {
            language,
            math in
            let difference = language - math
            return difference > threshold ? 1 : difference < -threshold ? 0 : 0.5
        }
    }

    /// What should be known before experts are merged that have moved far: nothing when they have
    /// not.
    ///
    /// Averages of models hold as long as they lie in one basin of the loss. A change of a third
    /// of the weights' own size, or changes that turn against each other, leave it more often than
    /// not.
    package var warnings: [String] {
        func named(_ isFar: (Entry) -> Bool) -> (text: String, areSeveral: Bool)? {
            let far = layers.indices.filter { isFar(layers[$0]) }
            guard !far.isEmpty else { return nil }
            let shown = far.prefix(8).map(String.init).joined(separator: ", ")
            let rest = far.count > 8 ? " and \(far.count - 8) more" : ""
            return ("\(far.count == 1 ? "layer" : "layers") \(shown)\(rest)", far.count > 1)
        }
        var warnings: [String] = []
        for (name, change) in [
            (ModelPart.language.name, \Entry.language), (ModelPart.math.name, \Entry.math),
        ] {
            if let far = named({ $0[keyPath: change] > Self.farChange }) {
                warnings.append(
                    "the \(name) expert has changed \(far.text) by more than "
                        + "\(Int(100 * Self.farChange)) % of \(far.areSeveral ? "their" : "its") size; "
                        + "merges of experts that far from their base often fail"
                )
            }
        }
        if let opposed = named({ $0.cosine < Self.opposedCosine }) {
            warnings.append(
                "the experts' changes contradict each other in \(opposed.text) (cosine below "
                    + "\(Self.opposedCosine)); averages of "
                    + "\(opposed.areSeveral ? "these layers" : "this layer") undo what was learned"
            )
        }
        return warnings
    }

    /// The change of a layer from which a warning is given.
    private static let farChange = 0.33
    /// The cosine below which a warning is given.
    private static let opposedCosine = -0.2
}
