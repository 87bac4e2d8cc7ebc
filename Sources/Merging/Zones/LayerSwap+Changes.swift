import Kernels
import MergeMethods
import Transformer

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

extension ChangeProfile {
    /// The models that changes are measured from, in the order of measuring.
    static let inputs = [ModelPart.base.name, ModelPart.language.name, ModelPart.math.name]

    /// Measures the changes of models in memory.
    ///
    /// - Parameters:
    ///   - models: The flat parameters of base, language and math expert by these names.
    ///   - architecture: What they consist of.
    ///   - layout: Where the tensors lie in all of them.
    ///   - workspace: The threads.
    /// - Throws: `MergeError.missingInput`.
    package init(
        _ models: [String: FloatView],
        architecture: CheckpointArchitecture,
        layout: ParameterLayout,
        workspace: MergeWorkspace
    ) throws {
        for name in Self.inputs where models[name] == nil {
            throw MergeError.missingInput(name: name, given: models.keys.sorted())
        }
        self.init(architecture) { tensor, body in
            guard let range = layout.entry(named: tensor.name)?.range else {
                preconditionFailure("the layout has no '\(tensor.name)'")
            }
            body(
                TensorPass(
                    of: tensor.name,
                    shape: tensor.shape,
                    sources: Self.inputs.compactMap { models[$0] }.map { .floats($0[range]) },
                    workspace: workspace
                )
            )
        }
    }
}
