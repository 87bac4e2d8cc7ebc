import Checkpointing
import Foundation
import Kernels

/// What a merge did, and what was proven about it.
package struct MergeReport: Hashable, Sendable {
    /// The merged checkpoint.
    package let output: URL
    /// Tensors whose bytes were copied.
    package let copiedTensors: Int
    /// Tensors that were computed.
    package let computedTensors: Int
    /// Bytes of copied tensors that were read back and found equal to their source.
    package let provenBytes: Int
    /// The weight files and their hashes, in the order of the tensors.
    package let weights: [Provenance.Input]
}

/// How a merged model is stored.
package struct MergeStorage: Hashable, Codable, Sendable {
    /// The type of all tensors; nil for that of their sources.
    package var elementType: ElementType?
    /// The most bytes of tensors in a file.
    package var shardBytes: Int
    /// What is written; nil for a whole model.
    package var form: Form?

    /// Forms other than a whole model.
    package enum Form: String, Hashable, Codable, Sendable {
        /// A LoRA adapter, made of pieces of the adapters that are merged.
        case adapter
    }

    /// Whether an adapter is written and no model.
    package var isAdapter: Bool { form == .adapter }

    /// Stores tensors in a type, in files of at most a size.
    package init(
        elementType: ElementType? = nil,
        shardBytes: Int = ShardPlan.standardBytes,
        form: Form? = nil
    ) {
        self.elementType = elementType
        self.shardBytes = shardBytes
        self.form = form
    }
}

/// Merges checkpoint folders into a new one.
///
/// Inputs are only read. Memory does not grow with the size of models or tensors: bytes are copied
/// by the system from file to file, and what is computed is computed in parts that stay in the
/// cache, on all threads.
package struct MergeExecutor: Sendable {
    /// The source of every tensor.
    package let plan: MergePlan
    /// How the merged model is stored.
    package let storage: MergeStorage

    let models: [MergeModel]
    let workspace: MergeWorkspace
    /// How far the experts have moved, where the plan follows from it.
    let measuredChanges: ChangeProfile?

    /// Opens and compares the models and plans the merge; nothing is written.
    ///
    /// - Parameters:
    ///   - method: How they are merged.
    ///   - inputs: All models that are named, also a base that only has to fit. Configuration and
    ///     tokenizer of the output are copied from the first.
    ///   - storage: How the merged model is stored.
    ///   - workspace: The threads.
    ///   - progress: Called while experts are compared with their base, where that decides.
    /// - Throws: `MergeError` when the models cannot be merged with each other, the errors of the
    ///   method when it does not fit their shape, and those of reading a checkpoint.
    package init(
        _ method: MergeMethod,
        of inputs: [MergeInput],
        storage: MergeStorage = MergeStorage(),
        workspace: MergeWorkspace,
        progress: (MergeProgress) throws -> Void = { _ in }
    ) throws {
        guard let first = inputs.first else {
            throw MergeError.missingInput(name: "base", given: [])
        }
        var names: Set<String> = []
        for input in inputs where !names.insert(input.name).inserted {
            throw MergeError.repeatedInput(name: input.name)
        }
        // What does not fit the shape is said before gigabytes are opened and hashed.
        let architecture = try CheckpointArchitecture(in: first.modelFolder(among: inputs))
        guard method.statistics == nil else {
            throw MergeError.missingStatistics(method: method.name)
        }
        try method.check(architecture)
        let needed =
            method.needsChanges
            ? ChangeProfile.inputs : try MergePlan(method, architecture: architecture).inputs
        if let absent = needed.first(where: { !names.contains($0) }) {
            throw MergeError.missingInput(name: absent, given: inputs.map(\.name))
        }
        let models = try inputs.map { try MergeModel($0, among: inputs) }
        for other in models.dropFirst() { try models[0].check(against: other) }
        measuredChanges =
            method.needsChanges
            ? try Self.changes(models, architecture, workspace, progress) : nil
        plan = try MergePlan(
            measuredChanges.map(method.resolved) ?? method,
            architecture: architecture,
            elementType: { tensor, inputs in
                try Self.elementType(of: tensor, inputs, models, storage)
            },
            isConverted: { tensor, input in
                guard let model = models.first(where: { $0.name == input }) else { return false }
                let wanted = storage.elementType ?? model.elementType(of: tensor)
                return model.elementType(of: tensor) != wanted
                    || model.adapter?.modules[tensor] != nil
            }
        )
        self.models = models
        self.storage = storage
        self.workspace = workspace
    }

    /// The type in which a tensor will be stored.
    private static func elementType(
        of tensor: String,
        _ inputs: [String],
        _ models: [MergeModel],
        _ storage: MergeStorage
    ) throws -> ElementType {
        let sources = models.filter { inputs.contains($0.name) }
        let types = sources.map { ($0, $0.elementType(of: tensor)) }
        guard let (first, type) = types.first else { return .float32 }
        let wanted = storage.elementType ?? type
        for (model, found) in types {
            if storage.elementType == nil, found != type {
                throw MergeError.elementType(
                    tensor: tensor,
                    first: first.side(type.rawValue),
                    second: model.side(found.rawValue)
                )
            }
            if types.count > 1 || found != wanted, !found.convertsToFloat {
                throw MergeError.notNumbers(tensor: tensor, side: model.side(found.rawValue))
            }
        }
        return wanted
    }

    /// The models, in the order in which they were given.
    package var inputs: [MergeInput] {
        models.map { MergeInput(name: $0.name, folder: $0.folder) }
    }

    /// The model of a name.
    func model(_ name: String) -> MergeModel {
        // The initializer has checked that every input of the plan was given.
        models.first { $0.name == name } ?? models[0]
    }

    /// Merges into a folder, which appears when it is complete and proven.
    ///
    /// It holds the weights in one file or in shards with an index, the configuration and
    /// tokenizer files of the first model, a model card, and `provenance.json` with the method and
    /// the hash of every file that was read or made.
    ///
    /// - Parameters:
    ///   - folder: The merged checkpoint.
    ///   - replacing: Whether an existing folder is replaced.
    ///   - version: The version of the program, for the record.
    ///   - progress: Called at every step with what is being done.
    /// - Returns: What was done and proven.
    /// - Throws: `FolderError` when the folder exists, `FileError`, `MergeError`.
    package func write(
        to folder: URL,
        replacing: Bool = false,
        version: String,
        progress: (MergeProgress) throws -> Void = { _ in }
    ) throws -> MergeReport {
        if storage.isAdapter {
            return try writeAdapter(
                to: folder,
                replacing: replacing,
                version: version,
                progress: progress
            )
        }
        return try AtomicFolder.create(at: folder, replacing: replacing) { partial in
            let shards = try ShardPlan(
                plan.outputs.map(\.description),
                maximumBytes: storage.shardBytes,
                folder: folder.path(percentEncoded: false)
            )
            try writeTensors(shards, in: partial, progress)
            let proven = try prove(shards, in: partial, progress)
            if let index = try shards.index() {
                try AtomicFile.write(index, to: partial.appending(path: TensorCollection.indexName))
            }
            try writeCompanions(in: partial)
            return MergeReport(
                output: folder,
                copiedTensors: proven.tensors,
                computedTensors: plan.outputs.count - proven.tensors,
                provenBytes: proven.bytes,
                weights: try writeRecords(
                    of: shards.shards.map(\.fileName),
                    in: partial,
                    version: version,
                    progress
                )
            )
        }
    }
}

/// What a merge is doing.
package struct MergeProgress: Hashable, Sendable {
    /// The steps of a merge.
    package enum Step: String, Sendable {
        /// The experts are compared with their base.
        case comparing
        /// Tensors are copied and computed.
        case merging
        /// What was written is read back and compared.
        case proving
        /// Files are hashed for the record.
        case hashing
    }

    /// The step.
    package let step: Step
    /// What is next: a tensor or a file.
    package let name: String
    /// The bytes that are done in this step.
    package let doneBytes: Int
    /// The bytes of the step.
    package let totalBytes: Int
}
