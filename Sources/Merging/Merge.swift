import Checkpointing
import Foundation
import Foundations
import Kernels
import MergeMethods

/// A merge of checkpoint folders: opened, compared and planned when it is made, then written.
///
/// Folders are only read. Memory stays flat at any model size. A merge works on all its threads: do
/// not call it from several threads at once.
public struct Merge: Sendable {
    private let executor: MergeExecutor

    /// Opens and compares models and plans their merge; nothing is written.
    ///
    /// - Parameters:
    ///   - method: How the models are merged.
    ///   - models: All models, by the names that the method uses. Configuration and tokenizer of
    ///     the merged model are those of the first.
    ///   - elementType: How all tensors are stored; as in the models when nil.
    ///   - shardBytes: The most bytes of tensors in one weight file.
    ///   - threadCount: How many threads compute, at least 1; as many as this process may use when
    ///     nil.
    /// - Throws: An error whose description says what keeps the models from being merged: a missing
    ///   model, different shapes or tokenizers, settings that do not fit the models, a damaged
    ///   file.
    public init(
        _ method: Method,
        of models: [MergeInput],
        storedAs elementType: ElementType? = nil,
        shardBytes: Int = 5_000_000_000,
        threadCount: Int? = nil
    ) throws {
        guard let first = models.first else {
            throw MergeError.missingInput(name: ModelPart.base.name, given: [])
        }
        let architecture = try CheckpointArchitecture(in: first.modelFolder(among: models))
        executor = try MergeExecutor(
            method.resolve(architecture),
            of: models,
            storage: MergeStorage(elementType: elementType, shardBytes: shardBytes),
            workspace: Self.workspace(threadCount)
        )
    }

    /// Opens the models of a merge that was written before, and plans it as it was.
    ///
    /// - Parameters:
    ///   - folder: A folder that `write` or `layerswap merge` has made.
    ///   - threadCount: How many threads compute, at least 1; as many as this process may use when
    ///     nil.
    /// - Throws: An error when the folder has no record of a merge, or a model is not there any
    ///   more.
    public init(
        recordedIn folder: URL,
        threadCount: Int? = nil
    ) throws {
        let record = try MergeRecord(in: folder)
        executor = try MergeExecutor(
            record.method,
            of: record.inputs(of: folder),
            storage: record.storage,
            workspace: Self.workspace(threadCount)
        )
    }

    /// The threads of a merge.
    ///
    /// - Throws: `OptionError` for less than one.
    private static func workspace(_ threadCount: Int?) throws -> MergeWorkspace {
        let threads = threadCount ?? Processor.current.coreCount
        guard threads >= 1 else {
            throw OptionError("'threadCount' is \(threads); expected 1 or more")
        }
        return MergeWorkspace(threadCount: threads)
    }

    /// The plan as text: the settings, a picture of the layers, and the source of every tensor.
    ///
    /// - Parameter everyTensor: Whether each tensor has a line of its own. Otherwise layers with
    ///   one source share a line.
    /// - Returns: Lines of at most about 100 columns.
    public func planLines(everyTensor: Bool = false) -> [String] {
        executor.plan.lines(everyTensor: everyTensor)
    }

    /// What may be a mistake and does not keep the models from being merged, such as one folder
    /// given twice.
    ///
    /// - Returns: Sentences without a full stop.
    /// - Throws: Errors of reading.
    public func warnings() throws -> [String] { try executor.warnings() }

    /// Merges into a folder, which appears when it is complete and copied tensors are proven equal
    /// to their source.
    ///
    /// - Parameters:
    ///   - folder: The merged checkpoint.
    ///   - replacing: Whether an empty folder, or one that an earlier merge wrote, is replaced.
    ///   - progress: Called before each tensor and file; what it throws ends the merge.
    /// - Returns: What was done and proven.
    /// - Throws: An error when the folder may not be written, a model holds numbers that are not
    ///   finite, or a copy is not equal to its source. Nothing is left of the folder then.
    @discardableResult
    public func write(
        to folder: URL,
        replacing: Bool = false,
        progress: (MergeProgress) throws -> Void = { _ in }
    ) throws -> MergeReport {
        try executor.write(
            to: folder,
            replacing: replacing,
            version: ProgramVersion.current,
            progress: progress
        )
    }

    /// Merges once more without writing anything, and compares every byte with a merged folder.
    ///
    /// - Parameters:
    ///   - folder: A merged checkpoint.
    ///   - progress: Called before each tensor; what it throws ends the comparison.
    /// - Returns: The number of tensors that were compared.
    /// - Throws: An error that names the first tensor that differs.
    @discardableResult
    public func verify(
        _ folder: URL,
        progress: (MergeProgress) throws -> Void = { _ in }
    ) throws -> Int {
        try executor.verify(folder, progress: progress)
    }
}

extension MergeInput {
    /// Gives a checkpoint folder the name under which a method knows it.
    ///
    /// - Parameters:
    ///   - name: The name: `language`, `math` and `base` for a layer swap.
    ///   - folder: A checkpoint folder, or a LoRA adapter of PEFT whose base is the model `base`.
    ///   - adapter: A LoRA adapter that changes the checkpoint; nil for the checkpoint unchanged.
    public init(_ name: String, _ folder: URL, adapter: URL? = nil) {
        self.init(name: name, folder: folder, adapter: adapter)
    }
}
