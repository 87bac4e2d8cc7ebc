extension MergeSettings {
    /// Reads a merge for models of `layers` blocks; zones that are left out scale with the depth.
    init(_ value: RecipeValue, layers: Int) throws {
        let reader = try MappingReader(value, keys: CodingKeys.self)
        method = try reader.required(.method, "how the models become one").choice()
        switch method {
        case .layerSwap: try readLayerSwap(reader, layers: layers)
        case .linear: try readLinear(reader)
        }
    }

    private mutating func readLinear(_ reader: MappingReader<CodingKeys>) throws {
        for key in CodingKeys.allCases where key != .method && key != .weights {
            if let value = reader.optional(key) {
                throw value.error("the key has no use here: a linear merge has weights only")
            }
        }
        guard let value = reader.optional(.weights) else {
            weights = Named(entries: [
                .init(name: "math", value: 1), .init(name: "language", value: 1),
            ])
            return
        }
        let models = ["base", "math", "language"]
        weights = try Named(value, "a mapping of models to weights") { name, weight in
            guard models.contains(name) else {
                let nearest = NearestWord.nearest(to: name, among: models)
                let hint = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
                throw weight.error("unknown model, expected one of base, math, language\(hint)")
            }
            return try weight.number(in: 0...1e6, "a weight of zero or more")
        }
        guard (weights?.entries ?? []).contains(where: { $0.value > 0 }) else {
            throw value.error("no weight is above zero")
        }
    }

    private mutating func readLayerSwap(
        _ reader: MappingReader<CodingKeys>,
        layers: Int
    ) throws {
        if let value = reader.optional(.weights) {
            throw value.error("the key has no use here: a layer swap has zones or coefficients")
        }
        embeddings = try reader.optional(.embeddings).map(TensorOwner.init)
        finalNorm = try reader.optional(.finalNorm).map(TensorOwner.init)
        head = try reader.optional(.head).map(TensorOwner.init)
        if let value = reader.optional(.coefficients) {
            try readCoefficients(value, reader, layers: layers)
            return
        }
        let zone = 0...layers
        let standard = LayerSwapZones.scaled(toLayers: layers)
        let bottom = try reader.integer(.bottom, default: standard.bottom, in: zone)
        let top = try reader.integer(.top, default: standard.top, in: zone)
        let below = try reader.integer(
            .bottomTransition,
            default: standard.bottomTransition,
            in: zone
        )
        let above = try reader.integer(.topTransition, default: standard.topTransition, in: zone)
        guard bottom + below + above + top <= layers else {
            throw reader.value.error(
                "zones of \(bottom) + \(below) + \(above) + \(top) layers (bottom, its transition, "
                    + "the top's transition, top) do not fit a model of \(layers) layers"
            )
        }
        (self.bottom, self.top) = (bottom, top)
        (bottomTransition, topTransition) = (below, above)
        transition = try reader.choice(.transition, default: .constant)
        if let value = reader.optional(.transitionShare), transition != .constant {
            throw value.error("the key has no use here: only a constant transition has a share")
        }
        if transition == .constant {
            transitionShare = try reader.number(
                .transitionShare,
                default: 0.5,
                in: 0...1,
                "a share of language from 0 to 1"
            )
        }
    }

    private mutating func readCoefficients(
        _ value: RecipeValue,
        _ reader: MappingReader<CodingKeys>,
        layers: Int
    ) throws {
        let zoneKeys: [CodingKeys] = [
            .bottom, .top, .bottomTransition, .topTransition, .transition, .transitionShare,
        ]
        for key in zoneKeys {
            if let zone = reader.optional(key) {
                throw zone.error("zones and coefficients exclude each other; keep one of them")
            }
        }
        let shares = try value.list("a list with one share of language for each layer").map {
            try $0.number(in: 0...1, "a share of language from 0 to 1")
        }
        guard shares.count == layers else {
            throw value.error(
                "found \(shares.count) shares, expected one for each of the \(layers) layers"
            )
        }
        coefficients = shares
    }
}

/// The zones of a layer swap as numbers of layers.
struct LayerSwapZones: Hashable {
    var bottom: Int
    var top: Int
    var bottomTransition: Int
    var topTransition: Int
}

extension LayerSwapZones {
    /// The published zones of 32 layers (bottom 5, top 2, transitions of 1), scaled with the depth.
    static func scaled(toLayers layers: Int) -> LayerSwapZones {
        func scaled(_ count: Int) -> Int {
            Int((Double(count * layers) / 32).rounded(.toNearestOrAwayFromZero))
        }
        return LayerSwapZones(
            bottom: scaled(5),
            top: scaled(2),
            bottomTransition: scaled(1),
            topTransition: scaled(1)
        )
    }
}
