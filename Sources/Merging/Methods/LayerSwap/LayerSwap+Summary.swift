extension LayerSwap {
    /// The settings in one line; what is as usual in the variants is left out.
    var summary: String {
        var parts = [dealing]
        if interpolation == .slerp { parts.append("layers of both along the arc (SLERP)") }
        if !scale.isIdle {
            let factors = ZoneScale.zones.map { "\($0.name) \(scale[keyPath: $0.path])" }
            parts.append("changes times \(factors.joined(separator: ", "))")
        }
        if tensors != .all { parts.append("\(tensors.rawValue) only, the rest \(Self.math)") }
        parts.append(
            "embeddings \(embeddings.rawValue), final norm \(finalNorm.rawValue), "
                + "head \((head ?? embeddings).rawValue)"
        )
        return parts.joined(separator: "; ")
    }

    private var dealing: String {
        if mlpCoefficients != nil { return "coefficients for attention and MLP of each layer" }
        if coefficients != nil { return "one coefficient a layer" }
        let zones =
            "bottom \(bottom), top \(top), transitions \(bottomTransition) and \(topTransition) "
            + "(\(transition.rawValue))"
        let text =
            switch pattern {
            case .zones: zones
            case .random(let seed): "\(zones), layers in random order (seed \(seed))"
            case .alternating: "alternating layers"
            }
        return direction == .languageOutside ? text : "\(text), \(direction.rawValue)"
    }
}
