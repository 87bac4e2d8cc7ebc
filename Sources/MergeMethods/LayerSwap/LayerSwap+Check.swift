extension LayerSwap {
    /// Checks that the zones, the weights and the owners fit a model.
    ///
    /// - Parameters:
    ///   - layerCount: The depth of the model.
    ///   - tiedHead: Whether its output head is the embedding matrix.
    /// - Throws: `LayerSwapError`, with the numbers that do not fit.
    package func check(layerCount: Int, tiedHead: Bool) throws(LayerSwapError) {
        guard coefficients != nil || mlpCoefficients == nil else { throw .coefficientsOfHalf }
        if let coefficients {
            for list in [coefficients, mlpCoefficients ?? coefficients] {
                guard list.count == layerCount else {
                    throw .coefficientCount(found: list.count, layerCount: layerCount)
                }
                for (layer, weight) in list.enumerated() where !(0...1).contains(weight) {
                    throw .weight(of: "coefficient of layer \(layer)", value: weight)
                }
            }
        } else if pattern.usesZones {
            try checkZones(layerCount: layerCount)
        } else if case .changes(let threshold, _) = pattern, !(0...1).contains(threshold) {
            throw .threshold(threshold)
        }
        try checkScale()
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

    private func checkZones(layerCount: Int) throws(LayerSwapError) {
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

    private func checkScale() throws(LayerSwapError) {
        guard !scale.isIdle else { return }
        guard pattern == .zones, coefficients == nil else { throw .scaleWithoutZones }
        guard interpolation == .linear else { throw .scaledArc }
        for (name, path) in ZoneScale.zones where !scale[keyPath: path].isFinite {
            throw .scale(zone: name, value: scale[keyPath: path])
        }
    }
}
