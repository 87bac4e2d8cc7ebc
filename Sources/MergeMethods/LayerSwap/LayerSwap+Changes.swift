extension LayerSwap {
    /// Whether weights follow from changes that must be measured first.
    var needsChanges: Bool {
        if coefficients != nil { return false }
        if case .changes = pattern { return true }
        return false
    }

    /// The swap with one coefficient for each layer, or for each half of one, where changes decide.
    func resolved(by profile: ChangeProfile) -> LayerSwap {
        guard needsChanges, case .changes(let threshold, let granularity) = pattern else {
            return self
        }
        var swap = self
        swap.pattern = .zones
        switch granularity {
        case .layer:
            swap.coefficients = ChangeProfile.languageWeights(profile.layers, threshold: threshold)
        case .module:
            swap.coefficients = ChangeProfile.languageWeights(
                profile.attention,
                threshold: threshold
            )
            swap.mlpCoefficients = ChangeProfile.languageWeights(profile.mlp, threshold: threshold)
        }
        return swap
    }
}

extension MergeMethod {
    /// Whether the method can be planned only when the changes of the experts are known.
    package var needsChanges: Bool {
        if case .layerSwap(let swap) = self { return swap.needsChanges }
        return false
    }

    /// The method with all that the changes of the experts decide.
    package func resolved(by profile: ChangeProfile) -> MergeMethod {
        guard case .layerSwap(let swap) = self else { return self }
        return .layerSwap(swap.resolved(by: profile))
    }
}
