import Checkpointing
import Foundation
import MergeMethods

extension MergeExecutor {
    /// Warnings before a merge: none of them keeps the models from being merged.
    ///
    /// - Parameter progress: Called before tensors are compared; models that differ do so at once.
    /// - Returns: Sentences without a point at the end.
    /// - Throws: Errors of reading, and what `progress` throws.
    package func warnings(
        progress: (MergeProgress) throws -> Void = { _ in }
    ) throws -> [String] {
        try equalModels(progress) + storedTypes() + tokenizers + companionWarnings()
    }

    /// Models that are the same, byte by byte; merging them changes nothing.
    private func equalModels(_ progress: (MergeProgress) throws -> Void) throws -> [String] {
        var warnings: [String] = []
        for (index, second) in models.enumerated() {
            for first in models[..<index] where try isEqual(first, second, progress) {
                let expert = first.name == ModelPart.base.name ? second.name : first.name
                let other = first.name == ModelPart.base.name ? first.name : second.name
                warnings.append(
                    other == ModelPart.base.name
                        ? "'\(expert)' equals the base in every tensor: it has learned nothing, or the "
                            + "wrong folder was given"
                        : "'\(expert)' and '\(other)' are equal in every tensor; was one folder given "
                            + "twice?"
                )
            }
        }
        return warnings
    }

    private func isEqual(
        _ first: MergeModel,
        _ second: MergeModel,
        _ progress: (MergeProgress) throws -> Void
    ) throws -> Bool {
        let isOneBase = first.modelFolder == second.modelFolder
        switch (first.adapter, second.adapter) {
        case (nil, nil): break
        case (let own?, let foreign?): return try isOneBase && own.hasSameFactors(as: foreign)
        // Beside one base, an adapter that changes nothing is the base.
        case (let adapter?, nil), (nil, let adapter?):
            return try isOneBase && adapter.changesNothing()
        }
        var done = 0
        let total = plan.outputs.reduce(0) { $0 + $1.description.byteCount }
        for tensor in plan.architecture.tensors {
            guard try first.elementType(of: tensor.name) == second.elementType(of: tensor.name)
            else { return false }
            try progress(
                MergeProgress(
                    step: .comparing,
                    name: tensor.name,
                    doneBytes: min(done, total),
                    totalBytes: total
                )
            )
            let (isSame, count) = try first.tensors.withBytes(of: tensor.name) { own in
                try second.tensors.withBytes(of: tensor.name) {
                    (own.hasSameBytes(as: $0), own.count)
                }
            }
            for model in [first, second] { model.tensors.releasePages(of: tensor.name) }
            guard isSame else { return false }
            done += count
        }
        return true
    }

    /// Says that a merged model will hold tensors of several types because its models do.
    private func storedTypes() throws -> [String] {
        guard storage.elementType == nil, !storage.isAdapter else { return [] }
        let used = models.filter { plan.inputs.contains($0.name) }
        guard let first = used.first else { return [] }
        for other in used.dropFirst() {
            for tensor in plan.architecture.tensors {
                let (own, foreign) = (
                    try first.elementType(of: tensor.name), try other.elementType(of: tensor.name)
                )
                guard own != foreign else { continue }
                return [
                    "'\(tensor.name)' is stored as \(first.side(own.rawValue)) and as "
                        + "\(other.side(foreign.rawValue)): every copied tensor keeps its own type; "
                        + "say with dtype how all of them are stored"
                ]
            }
        }
        return []
    }

    /// What the output has from the first model, where another has something else.
    private func companionWarnings() throws -> [String] {
        guard let first = models.first, !storage.isAdapter else { return [] }
        let own = try Self.generation(of: first)
        return try models.dropFirst().flatMap { other -> [String] in
            var warnings = zip(first.architecture.companions, other.architecture.companions)
                .filter { $0 != $1 }.map { own, foreign in
                    "\(own.key) is \(first.side(own.value)) and \(other.side(foreign.value))"
                }
            for (file, own, foreign) in [
                (
                    ConfigurationFields.fileName, first.architecture.tokens,
                    other.architecture.tokens
                ),
                ("generation_config.json", own, try Self.generation(of: other)),
            ] {
                guard let own, let foreign, own != foreign else { continue }
                let keys = Set(own.keys).union(foreign.keys).filter { own[$0] != foreign[$0] }
                warnings.append(
                    "\(keys.sorted().joined(separator: ", ")) of \(file) differs in "
                        + "'\(first.name)' and '\(other.name)'"
                )
            }
            return warnings.map { "\($0); the merged model has that of '\(first.name)'" }
        }
    }

    /// What `generation_config.json` says; nil when there is none.
    private static func generation(of model: MergeModel) throws -> [String: String]? {
        let url = model.modelFolder.appending(path: "generation_config.json")
        let path = url.path(percentEncoded: false)
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let data = try InputFile.data(at: url)
        guard let values = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
        else {
            throw ConfigurationError(
                path: path,
                key: nil,
                found: "the text is not a JSON object",
                expected: "the settings of generation that `transformers` writes, or no such file"
            )
        }
        // Which version wrote the file, and from what, says nothing about it.
        return ConfigurationFields.texts(
            values.filter { !["transformers_version", "_from_model_config"].contains($0.key) }
        )
    }
}
