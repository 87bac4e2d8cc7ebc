import Checkpointing
import Foundation
import MergeMethods

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
    /// What the models' tokenizers differ in without contradicting each other.
    let tokenizers: [String]

    /// Opens and compares the models and plans the merge; nothing is written.
    ///
    /// - Parameters:
    ///   - method: How they are merged.
    ///   - inputs: All models that are named, also a base that only has to fit. Configuration and
    ///     tokenizer of the output are copied from the first.
    ///   - storage: How the merged model is stored.
    ///   - architectures: What was read of their configurations before.
    ///   - workspace: The threads.
    ///   - progress: Called while experts are compared with their base, where that decides.
    /// - Throws: `MergeError` when the models cannot be merged with each other, `AdapterError` when
    ///   an adapter is asked for and the result is none, the errors of the method when it does not
    ///   fit their shape, and those of reading a checkpoint.
    package init(
        _ method: MergeMethod,
        of inputs: [MergeInput],
        storage: MergeStorage = MergeStorage(),
        architectures: MergeArchitectures = MergeArchitectures(),
        workspace: MergeWorkspace,
        progress: (MergeProgress) throws -> Void = { _ in }
    ) throws {
        guard let first = inputs.first else {
            throw MergeError.missingInput(name: ModelPart.base.name, given: [])
        }
        var names: Set<String> = []
        for input in inputs where !names.insert(input.name).inserted {
            throw MergeError.repeatedInput(name: input.name)
        }
        guard storage.elementType?.convertsToFloat != false else {
            throw MergeError.contradiction(what: "a merged model cannot be stored as whole numbers")
        }
        // What does not fit the shape is said before gigabytes are opened and hashed.
        let architecture = try architectures.architecture(of: first, among: inputs)
        guard method.statistics == nil else {
            throw MergeError.missingStatistics(method: method.name)
        }
        guard method.neededSentences == nil else { throw LayerSwapError.retrievalUnknown }
        try method.check(architecture)
        let needed =
            method.needsChanges
            ? ChangeProfile.inputs : MergePlan.inputs(of: method.sources(in: architecture))
        if let absent = needed.first(where: { !names.contains($0) }) {
            throw MergeError.missingInput(name: absent, given: inputs.map(\.name))
        }
        let renames = method.renames(in: architecture)
        let models = try inputs.map { input in
            var model = try MergeModel(input, among: inputs, architectures)
            model.renames = renames[input.name] ?? [:]
            return model
        }
        for other in models.dropFirst() { try models[0].check(against: other) }
        tokenizers = try TokenizerComparison.warnings(of: models)
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
                let model = try Self.model(input, of: models)
                let stored = try model.elementType(of: tensor)
                return stored != storage.elementType ?? stored || model.isAdapted(tensor)
            }
        )
        self.models = models
        self.storage = storage
        self.workspace = workspace
        // What is no adapter is refused with the plan, and not after it was shown.
        if storage.isAdapter { _ = try adaptedModules() }
    }

    /// The type in which a tensor will be stored: the one that was asked for, or that of its
    /// sources.
    ///
    /// A model may store its tensors in several types, norms as F32 beside matrices as BF16, and
    /// its copies keep them. Two models that store one tensor in different types give no common
    /// type to compute it in, and are asked for one.
    private static func elementType(
        of tensor: String,
        _ inputs: [String],
        _ models: [MergeModel],
        _ storage: MergeStorage
    ) throws -> ElementType {
        let sources = try inputs.map { try model($0, of: models) }
        guard let first = sources.first else {
            throw MergeError.contradiction(what: "'\(tensor)' has no source")
        }
        if let wanted = storage.elementType { return wanted }
        let type = try first.elementType(of: tensor)
        for other in sources.dropFirst() {
            let found = try other.elementType(of: tensor)
            guard found == type else {
                throw MergeError.elementType(
                    tensor: tensor,
                    first: first.side(type.rawValue),
                    second: other.side(found.rawValue)
                )
            }
        }
        return type
    }

    /// The models, in the order in which they were given.
    package var inputs: [MergeInput] { models.map(\.input) }

    /// The model of a name.
    ///
    /// - Throws: `MergeError.missingInput`, where the initializer has not checked the name.
    func model(_ name: String) throws -> MergeModel { try Self.model(name, of: models) }

    private static func model(_ name: String, of models: [MergeModel]) throws -> MergeModel {
        guard let model = models.first(where: { $0.name == name }) else {
            throw MergeError.missingInput(name: name, given: models.map(\.name))
        }
        return model
    }

    /// Merges into a folder, which appears when it is complete and proven.
    ///
    /// It holds the weights in one file or in shards with an index, the configuration and
    /// tokenizer files of the first model, a model card, and `provenance.json` with the method and
    /// the hash of every file that was read or made.
    ///
    /// - Parameters:
    ///   - folder: The merged checkpoint.
    ///   - replacing: Whether a folder that an earlier merge wrote is replaced (`OutputPlace`).
    ///   - version: The version of the program, for the record.
    ///   - progress: Called at every step with what is being done.
    ///   - finish: Adds to the folder when it is complete, and before it appears.
    /// - Returns: What was done and proven.
    /// - Throws: `OutputError` when the folder may not be written, `FileError`, `MergeError`.
    package func write(
        to folder: URL,
        replacing: Bool = false,
        version: String,
        progress: (MergeProgress) throws -> Void = { _ in },
        finish: (URL) throws -> Void = { _ in }
    ) throws -> MergeReport {
        let place = OutputPlace(merging: inputs, to: folder, replacing: replacing)
        return try place.createFolder { partial in
            let report = try fill(partial, of: folder, version: version, progress: progress)
            try finish(partial)
            return report
        }
    }

    /// Merges into a folder that the caller makes, atomically where it matters.
    ///
    /// - Parameters:
    ///   - partial: The folder to be filled.
    ///   - folder: Where it will be, for records and messages.
    ///   - version: The version of the program, for the record.
    ///   - progress: Called at every step with what is being done.
    /// - Returns: What was done and proven.
    /// - Throws: `FileError`, `MergeError`, and what `progress` throws.
    package func fill(
        _ partial: URL,
        of folder: URL,
        version: String,
        progress: (MergeProgress) throws -> Void
    ) throws -> MergeReport {
        storage.isAdapter
            ? try writeAdapter(for: folder, in: partial, version: version, progress: progress)
            : try writeModel(for: folder, in: partial, version: version, progress: progress)
    }

    private func writeModel(
        for folder: URL,
        in partial: URL,
        version: String,
        progress: (MergeProgress) throws -> Void
    ) throws -> MergeReport {
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
