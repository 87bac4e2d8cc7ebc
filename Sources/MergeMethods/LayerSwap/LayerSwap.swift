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
///
/// Every variant is a list with one weight of the language expert for each layer
/// (`languageWeights`): `pattern` says how layers are dealt out, `direction` which expert has the
/// outer part, and `coefficients` replaces both. What stands outside of the layers has owners of
/// its own, which no variant moves: with the embeddings, final norm and head of the language expert
/// the swap puts middle layers into the language expert (as Lasbordes et al., arXiv 2605.26735, do
/// with reasoning specialists), with those of the math expert it puts outer layers into that one.
package struct LayerSwap: Hashable, Codable, Sendable {
    /// How layers are dealt out to the experts.
    package var pattern: Pattern
    /// Which expert has the outer part.
    package var direction: Direction
    /// Layers of the outer expert at the input, b.
    package var bottom: Int
    /// Layers of the outer expert at the output, u.
    package var top: Int
    /// Layers of both above the bottom, tb.
    package var bottomTransition: Int
    /// Layers of both below the top, tu.
    package var topTransition: Int
    /// What the layers of both are.
    package var transition: Transition
    /// The language expert's weight in each layer, from 0 to 1; when given, pattern, direction and
    /// zones do not count.
    package var coefficients: [Double]?
    /// The language expert's weight in the feed-forward network of each layer, where it is another
    /// than that of the attention; nil where `coefficients` say both.
    package var mlpCoefficients: [Double]?
    /// How the layers of both experts are made.
    package var interpolation: Interpolation
    /// What the changes of the experts are multiplied with, zone by zone.
    package var scale: ZoneScale
    /// Which tensors of a layer follow its weight; the others come from the math expert.
    package var tensors: TensorKinds
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
        pattern: Pattern = .zones,
        direction: Direction = .languageOutside,
        coefficients: [Double]? = nil,
        mlpCoefficients: [Double]? = nil,
        interpolation: Interpolation = .linear,
        scale: ZoneScale = ZoneScale(),
        tensors: TensorKinds = .all,
        embeddings: TensorOwner = .language,
        finalNorm: TensorOwner = .language,
        head: TensorOwner? = nil
    ) {
        self.pattern = pattern
        self.direction = direction
        self.bottom = bottom
        self.top = top
        self.bottomTransition = bottomTransition
        self.topTransition = topTransition
        self.transition = transition
        self.coefficients = coefficients
        self.mlpCoefficients = mlpCoefficients
        self.interpolation = interpolation
        self.scale = scale
        self.tensors = tensors
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

    /// The number of layers that the inner expert has not alone.
    var zoneWidth: Int { bottom + bottomTransition + topTransition + top }
}
