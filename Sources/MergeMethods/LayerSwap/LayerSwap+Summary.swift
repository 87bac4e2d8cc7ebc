extension LayerSwap {
    /// The settings in one line; what is as usual in the variants is left out.
    var summary: String {
        var parts = [dealing]
        if interpolation == .slerp { parts.append("layers of both along the arc (SLERP)") }
        if !scale.isIdle {
            let factors = ZoneScale.zones.map { "\($0.name) \(scale[keyPath: $0.path])" }
            parts.append("changes times \(factors.joined(separator: ", "))")
        }
        if tensors != .all {
            parts.append("\(tensors.rawValue) only, the rest \(ModelPart.math.name)")
        }
        parts.append(
            "embeddings \(embeddings.rawValue), final norm \(finalNorm.rawValue), "
                + "head \((head ?? embeddings).rawValue)"
        )
        return parts.joined(separator: "; ")
    }

    private var dealing: String {
        if let coefficients {
            let attention = Self.text(of: coefficients)
            guard let mlpCoefficients else { return "coefficients \(attention)" }
            return "coefficients \(attention) (attention), \(Self.text(of: mlpCoefficients)) (MLP)"
        }
        let zones = "bottom \(bottom), top \(top), \(transitions)"
        let text =
            switch pattern {
            case .zones: zones
            case .random(let seed): "\(zones), layers in random order (seed \(seed))"
            case .alternating: "alternating layers"
            case .retrieval(let sentences):
                "bottom and top by retrieval of \(sentences) sentences, \(transitions)"
            case .changes(let threshold, let granularity):
                "each \(granularity.rawValue) from the expert that has changed it more (threshold "
                    + "\(threshold))"
            }
        return direction == .languageOutside ? text : "\(text), \(direction.rawValue)"
    }

    private var transitions: String {
        "transitions \(bottomTransition) and \(topTransition) (\(transition.rawValue))"
    }

    /// Numbers with as many places as tell them apart for people.
    private static func text(of weights: [Double]) -> String {
        weights.map { weight in
            let rounded = (weight * 1_000).rounded() / 1_000
            return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
        }.joined(separator: " ")
    }
}
