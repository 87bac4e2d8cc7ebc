/// Layer swapping (Bandarkar et al., arXiv 2410.01335): outer layers of a language expert around
/// middle layers of a math expert, both trained from one base.
///
/// With b = `bottom`, u = `top`, tb and tu the transitions and L layers, layer l comes from
///
///     the language expert    l < b
///     both                   b ≤ l < b + tb
///     the math expert        b + tb ≤ l < L − u − tu
///     both                   L − u − tu ≤ l < L − u
///     the language expert    L − u ≤ l
package struct LayerSwap: Hashable, Codable, Sendable {
    /// The name under which the language expert is given to a merge.
    package static let language = "language"
    /// The name under which the math expert is given to a merge.
    package static let math = "math"
    /// The name under which the common base is given to a merge.
    package static let base = "base"

    /// What stands in the layers between two experts.
    ///
    /// As text: `none`, `constant` (the average), `constant 0.3`, `linear`.
    package enum Transition: Hashable, Codable, Sendable {
        /// The layers of the transitions come from the math expert too.
        case none
        /// Both experts; the value is the weight of the language expert, from 0 to 1.
        case constant(Double)
        /// The language expert's weight falls in equal steps: k / (t + 1), where k counts the t
        /// layers of the transition from the math expert's side, 1 to t.
        case linear
    }

    /// Layers of the language expert at the input, b.
    package var bottom: Int
    /// Layers of the language expert at the output, u.
    package var top: Int
    /// Layers of both above the bottom, tb.
    package var bottomTransition: Int
    /// Layers of both below the top, tu.
    package var topTransition: Int
    /// What the layers of both are.
    package var transition: Transition
    /// The language expert's weight in each layer, from 0 to 1; when given, the zones do not count.
    package var coefficients: [Double]?
    /// Where the token embeddings come from.
    package var embeddings: TensorOwner
    /// Where the gain of the final norm comes from.
    package var finalNorm: TensorOwner
    /// Where the output head comes from; nil means where the embeddings come from.
    ///
    /// A tied head is the embedding matrix, and cannot be asked to come from elsewhere.
    package var head: TensorOwner?

    /// A swap with zones of given widths.
    package init(
        bottom: Int,
        top: Int,
        bottomTransition: Int = 0,
        topTransition: Int = 0,
        transition: Transition = .constant(0.5),
        coefficients: [Double]? = nil,
        embeddings: TensorOwner = .language,
        finalNorm: TensorOwner = .language,
        head: TensorOwner? = nil
    ) {
        self.bottom = bottom
        self.top = top
        self.bottomTransition = bottomTransition
        self.topTransition = topTransition
        self.transition = transition
        self.coefficients = coefficients
        self.embeddings = embeddings
        self.finalNorm = finalNorm
        self.head = head
    }

    /// The paper's zones, 5, 2, 1 and 1 at 32 layers, scaled with depth.
    ///
    /// Widths are rounded up, so that no zone vanishes: 2, 1, 1, 1 at 8 layers and 3, 1, 1, 1 at
    /// 16. Where that leaves no layer to the math expert, zones are given up until there is one:
    /// first the upper transition, then the lower one, the top, the bottom.
    ///
    /// - Parameter layerCount: The depth of the model, 1 or more.
    /// - Returns: Zones that fit, with everything outside of the layers from the language expert.
    package static func defaults(layerCount: Int) -> LayerSwap {
        func scaled(_ width: Int) -> Int { (width * layerCount + 31) / 32 }
        var swap = LayerSwap(
            bottom: scaled(5),
            top: scaled(2),
            bottomTransition: scaled(1),
            topTransition: scaled(1)
        )
        for zone in [\LayerSwap.topTransition, \.bottomTransition, \.top, \.bottom]
        where swap.zoneWidth >= layerCount {
            swap[keyPath: zone] = 0
        }
        return swap
    }

    /// The layers that do not come from the math expert alone.
    private var zoneWidth: Int { bottom + bottomTransition + topTransition + top }
}

// MARK: - Weights

extension LayerSwap {
    /// The weight of the language expert in a layer; the math expert has the rest.
    ///
    /// - Parameters:
    ///   - layer: The layer, counted from 0 at the input.
    ///   - layerCount: The depth, for which `check` has passed.
    /// - Returns: From 0, all of the math expert, to 1, all of the language expert.
    package func languageWeight(ofLayer layer: Int, of layerCount: Int) -> Double {
        if let coefficients { return coefficients[layer] }
        let below = layer - bottom
        let above = layerCount - top - 1 - layer
        if below < 0 || above < 0 { return 1 }
        if below < bottomTransition {
            return weight(step: bottomTransition - below, of: bottomTransition)
        }
        if above < topTransition { return weight(step: topTransition - above, of: topTransition) }
        return 0
    }

    private func weight(step: Int, of width: Int) -> Double {
        switch transition {
        case .none: 0
        case .constant(let weight): weight
        case .linear: Double(step) / Double(width + 1)
        }
    }

    static func source(languageWeight weight: Double) -> MergeSource {
        .mix([MergeTerm(language, weight), MergeTerm(math, 1 - weight)])
    }

    /// Checks that the zones, the weights and the owners fit a model.
    ///
    /// - Parameters:
    ///   - layerCount: The depth of the model.
    ///   - tiedHead: Whether its output head is the embedding matrix.
    /// - Throws: `LayerSwapError`, with the numbers that do not fit.
    package func check(layerCount: Int, tiedHead: Bool) throws(LayerSwapError) {
        if let coefficients {
            guard coefficients.count == layerCount else {
                throw .coefficientCount(found: coefficients.count, layerCount: layerCount)
            }
            for (layer, weight) in coefficients.enumerated() where !(0...1).contains(weight) {
                throw .weight(of: "coefficient of layer \(layer)", value: weight)
            }
        } else {
            for (name, width) in [
                ("bottom", bottom), ("top", top), ("bottom transition", bottomTransition),
                ("top transition", topTransition),
            ] {
                guard width >= 0 else { throw .negative(zone: name, width: width) }
                // A single width beyond the depth is caught here, before widths are added.
                guard width <= layerCount else { throw .doNotFit(self, layerCount: layerCount) }
            }
            guard zoneWidth <= layerCount else { throw .doNotFit(self, layerCount: layerCount) }
            if case .constant(let weight) = transition, !(0...1).contains(weight) {
                throw .weight(of: "constant transition", value: weight)
            }
        }
        for (name, owner) in [
            ("embeddings", embeddings), ("final norm", finalNorm), ("head", head ?? embeddings),
        ] {
            if case .blend(let weight) = owner, !(0...1).contains(weight) {
                throw .weight(of: "blend of the \(name)", value: weight)
            }
        }
        if tiedHead, let head, head != embeddings {
            throw .tiedHead(embeddings: embeddings, head: head)
        }
    }
}

extension LayerSwap.Transition: RawRepresentable {
    /// Reads the text form; nil when it is none.
    package init?(rawValue: String) {
        let words = rawValue.split(separator: " ")
        switch (words.first, words.count) {
        case ("none", 1): self = .none
        case ("linear", 1): self = .linear
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
        case .linear: "linear"
        case .constant(let weight): "constant \(weight)"
        }
    }
}
