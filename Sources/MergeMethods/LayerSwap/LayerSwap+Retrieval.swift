extension LayerSwap {
    /// How many sentences decide about the zones; nil where the zones are known.
    var neededSentences: Int? {
        guard coefficients == nil, case .retrieval(let sentences) = pattern else { return nil }
        return sentences
    }

    /// The swap with the zones that retrieval suggests, where it decides.
    ///
    /// Transitions lie in the middle. What is too narrow for both has less of the upper one.
    func resolved(bottom: Int, top: Int, layerCount: Int) -> LayerSwap {
        guard neededSentences != nil else { return self }
        var swap = self
        swap.pattern = .zones
        swap.bottom = bottom
        swap.top = top
        let middle = layerCount - bottom - top
        swap.bottomTransition = min(bottomTransition, middle)
        swap.topTransition = min(topTransition, middle - swap.bottomTransition)
        return swap
    }
}

extension MergeMethod {
    /// How many sentences in both languages the method needs before it can be planned; nil where it
    /// needs none.
    package var neededSentences: Int? {
        if case .layerSwap(let swap) = self { return swap.neededSentences }
        return nil
    }

    /// The method with the zones that sentence retrieval decides.
    ///
    /// - Parameters:
    ///   - bottom: Layers at the input that do not belong to the middle.
    ///   - top: Layers at the output that do not belong to the middle.
    ///   - layerCount: The depth of the models, at least both together.
    /// - Returns: The same method where it does not wait for zones.
    package func resolved(bottom: Int, top: Int, layerCount: Int) -> MergeMethod {
        guard case .layerSwap(let swap) = self else { return self }
        return .layerSwap(swap.resolved(bottom: bottom, top: top, layerCount: layerCount))
    }
}
