import Kernels

extension MergeExecutor {
    /// How far the experts have moved; nil when base, language and math expert are not all there.
    ///
    /// - Parameter progress: Called before each tensor.
    /// - Returns: The changes of every layer.
    /// - Throws: Errors of reading, and what `progress` throws.
    package func changes(
        progress: (MergeProgress) throws -> Void = { _ in }
    ) throws -> ChangeProfile? {
        try measuredChanges ?? Self.changes(models, plan.architecture, workspace, progress)
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
        func byteCount(_ tensor: String) -> Int {
            inputs.reduce(0) { $0 + ($1.tensors.description(of: tensor)?.byteCount ?? 0) }
        }
        let total = architecture.tensors.reduce(0) {
            $0 + (ChangeProfile.counts($1) ? byteCount($1.name) : 0)
        }
        var done = 0
        return try ChangeProfile(architecture) { tensor, body in
            let name = tensor.name
            try progress(
                MergeProgress(step: .comparing, name: name, doneBytes: done, totalBytes: total)
            )
            try withSources(of: name, inputs) { sources in
                body(
                    TensorScan(
                        of: name,
                        shape: tensor.shape,
                        sources: sources,
                        workspace: workspace
                    )
                )
            }
            for model in inputs { model.tensors.releasePages(of: name) }
            done += byteCount(name)
        }
    }
}
