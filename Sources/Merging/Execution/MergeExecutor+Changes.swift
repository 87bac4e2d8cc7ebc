import MergeMethods

extension MergeExecutor {
    /// How far the experts have moved; nil when base, language and math expert are not all there.
    ///
    /// - Parameter progress: Called before each tensor.
    /// - Returns: The changes of every layer.
    /// - Throws: Errors of reading, and what `progress` throws.
    package func changes(
        progress: (MergeProgress) throws -> Void = { _ in }
    ) throws -> ChangeProfile? {
        guard plan.renames.isEmpty else { return nil }
        return try measuredChanges
            ?? Self.changes(models, models[0].architecture, workspace, progress)
    }

    /// Measures the changes from stored tensors, all of which are read once.
    static func changes(
        _ models: [MergeModel],
        _ architecture: CheckpointArchitecture,
        _ workspace: MergeWorkspace,
        _ progress: (MergeProgress) throws -> Void
    ) throws -> ChangeProfile? {
        let inputs = ChangeProfile.inputs.compactMap { name in
            models.first { $0.name == name }
        }
        guard inputs.count == ChangeProfile.inputs.count else { return nil }
        func byteCount(_ tensor: ArchitectureTensor) throws -> Int {
            let count = tensor.shape.reduce(1, *)
            return try inputs.reduce(0) {
                try $0 + count * $1.elementType(of: tensor.name).byteCount
            }
        }
        let total = try architecture.tensors.reduce(0) {
            try $0 + (ChangeProfile.counts($1) ? byteCount($1) : 0)
        }
        var done = 0
        return try ChangeProfile(architecture) { tensor, body in
            let name = tensor.name
            try progress(
                MergeProgress(step: .comparing, name: name, doneBytes: done, totalBytes: total)
            )
            let finite = FiniteCheck()
            try withSources(of: name, inputs) { sources in
                body(
                    TensorPass(
                        of: name,
                        shape: tensor.shape,
                        sources: sources,
                        workspace: workspace,
                        finite: finite
                    )
                )
            }
            if let place = finite.first {
                throw try inputs[place.source].notFinite(name, place.element)
            }
            for model in inputs { model.tensors.releasePages(of: name) }
            done += try byteCount(tensor)
        }
    }
}
