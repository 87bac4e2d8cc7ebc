import Kernels
import MergeMethods
import Transformer

extension ChangeProfile {
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
