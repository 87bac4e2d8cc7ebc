import Checkpointing
import Foundation
import Foundations
import MergeMethods

/// A planned merge of checkpoint folders: shown, written and verified from other Swift programs.
///
/// ```swift
/// let merge = try Merge(.layerSwap(bottom: 2, top: 1), of: ["math": math, "language": language])
/// print(merge.plan.joined(separator: "\n"))
/// let result = try merge.write(to: output)
/// try merge.verify(output)
/// ```
///
/// The models are Hugging Face folders of one architecture and one tokenizer. They are only read,
/// and memory does not grow with their size.
public struct Merge: Sendable {
    /// The source of every tensor of the output, one a line.
    public var plan: [String] { executor.plan.lines(everyTensor: true) }

    /// The names of the models that the method reads.
    public var inputs: [String] { executor.plan.inputs }

    private let executor: MergeExecutor

    /// Opens and compares the models and plans the merge; nothing is written.
    ///
    /// - Parameters:
    ///   - method: How the models are merged.
    ///   - models: The model folders by their names in the method: `base`, `math`, `language`, or
    ///     names of your own for methods that take any. The configuration and the tokenizer of the
    ///     output come from `base` where there is one, else from the first name in alphabetical
    ///     order.
    ///   - elementType: The type of the output's numbers: `F32`, `F16` or `BF16`; nil keeps those
    ///     of the sources.
    ///   - threadCount: Threads that compute; nil takes one for each core.
    /// - Throws: An error with a description for its user when models are missing, differ in shape
    ///   or tokenizer, or do not fit the method.
    public init(
        _ method: Method,
        of models: [String: URL],
        elementType: String? = nil,
        threadCount: Int? = nil
    ) throws {
        let names = models.keys.sorted {
            ($0 == ModelPart.base.name ? 0 : 1, $0) < ($1 == ModelPart.base.name ? 0 : 1, $1)
        }
        let inputs = names.compactMap { name in
            models[name].map { MergeInput(name: name, folder: $0) }
        }
        guard let first = inputs.first else {
            throw OptionError("there is no model to merge; expected two or more folders by name")
        }
        var storage = MergeStorage()
        if let elementType {
            guard let type = ElementType(rawValue: elementType), type.convertsToFloat else {
                throw OptionError("found \"\(elementType)\", expected F32, F16 or BF16")
            }
            storage.elementType = type
        }
        let architecture = try CheckpointArchitecture(in: first.modelFolder(among: inputs))
        executor = try MergeExecutor(
            method.resolved(layerCount: architecture.layerCount),
            of: inputs,
            storage: storage,
            workspace: MergeWorkspace(
                threadCount: threadCount ?? ProcessInfo.processInfo.activeProcessorCount
            )
        )
    }

    /// Merges into a new folder, which is complete or absent.
    ///
    /// Bytes that are copied are read back and compared with their source. The folder gets the
    /// weights, the configuration, the tokenizer and `provenance.json`, from which
    /// `layerswap merge --verify` repeats the merge.
    ///
    /// - Parameters:
    ///   - folder: The folder of the merged model.
    ///   - replacing: Whether a folder that an earlier merge wrote is replaced.
    ///   - progress: Called with each step and the share of it that is done, from 0 to 1; what it
    ///     throws ends the merge, and nothing is left behind.
    /// - Returns: What was written.
    /// - Throws: An error when the folder may not be written, and what `progress` throws.
    @discardableResult
    public func write(
        to folder: URL,
        replacing: Bool = false,
        progress: (Progress) throws -> Void = { _ in }
    ) throws -> Result {
        let report = try executor.write(
            to: folder,
            replacing: replacing,
            version: ProgramVersion.current,
            progress: { try progress(Progress($0)) }
        )
        return Result(
            folder: report.output,
            copiedTensors: report.copiedTensors,
            computedTensors: report.computedTensors
        )
    }

    /// Repeats the merge in memory and compares every tensor with a merged folder.
    ///
    /// - Parameter folder: A folder that `write` or `layerswap merge` made of the same models.
    /// - Returns: The number of tensors that were compared.
    /// - Throws: An error that names the first tensor that differs, and errors of reading.
    @discardableResult
    public func verify(_ folder: URL) throws -> Int {
        try executor.verify(folder)
    }
}

extension Merge {
    /// How far a merge is.
    public struct Progress: Hashable, Sendable {
        /// What is being done: `comparing`, `merging`, `proving` or `hashing`.
        public let step: String
        /// The tensor or file that is next.
        public let name: String
        /// The share of the step that is done, from 0 to 1.
        public let fraction: Double

        init(_ progress: MergeProgress) {
            step = progress.step.rawValue
            name = progress.name
            fraction =
                progress.totalBytes > 0
                ? Double(progress.doneBytes) / Double(progress.totalBytes) : 0
        }
    }

    /// What a merge wrote.
    public struct Result: Hashable, Sendable {
        /// The merged model.
        public let folder: URL
        /// Tensors whose bytes were copied, and found equal to their source.
        public let copiedTensors: Int
        /// Tensors that were computed.
        public let computedTensors: Int
    }
}
