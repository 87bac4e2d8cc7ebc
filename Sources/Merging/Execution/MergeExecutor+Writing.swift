import Checkpointing
import Foundation
import MergeMethods

extension MergeExecutor {
    /// Bytes that a thread copies at a time.
    private static let copiedBytes = 8 << 20

    /// Fills the weight files.
    func writeTensors(
        _ shards: ShardPlan,
        in folder: URL,
        _ progress: (MergeProgress) throws -> Void
    ) throws {
        let outputs = Dictionary(
            plan.outputs.map { ($0.description.name, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        let total = plan.outputs.reduce(0) { $0 + $1.description.byteCount }
        var done = 0
        for shard in shards.shards {
            let path = folder.appending(path: shard.fileName).path(percentEncoded: false)
            let file = try OutputFile(creating: path, byteCount: shard.layout.byteCount)
            try shard.layout.header.withUnsafeBytes { try file.write($0, at: 0) }
            for (tensor, offset) in zip(shard.layout.tensors, shard.layout.offsets) {
                guard let output = outputs[tensor.name] else {
                    throw MergeError.contradiction(
                        what: "the weight files have '\(tensor.name)' and the plan has not"
                    )
                }
                try progress(
                    MergeProgress(
                        step: .merging,
                        name: tensor.name,
                        doneBytes: done,
                        totalBytes: total
                    )
                )
                try write(output, to: file, at: offset)
                for input in output.source.inputs {
                    try model(input).releasePages(of: tensor.name)
                }
                done += tensor.byteCount
            }
        }
    }

    private func write(_ output: MergePlan.Output, to file: OutputFile, at offset: Int) throws {
        guard case .copy(let input) = output.source, output.isCopied else {
            return try forEachStoredPart(of: output) { bytes, start in
                try file.write(bytes, at: offset + start)
            }
        }
        let tensor = output.description
        let source = try model(input)
        let name = source.stored(tensor.name)
        let pieces = (tensor.byteCount + Self.copiedBytes - 1) / Self.copiedBytes
        try workspace.pool.performThrowing(count: pieces) { piece in
            let start = piece * Self.copiedBytes
            let part = start..<min(tensor.byteCount, start + Self.copiedBytes)
            try source.tensors.copyBytes(of: name, part, to: file, at: offset + start)
        }
    }

    /// Computes a tensor part by part, on all threads.
    ///
    /// - Parameters:
    ///   - output: The tensor.
    ///   - body: Takes the stored bytes of a part, and where they begin in the tensor; called for
    ///     several parts at the same time.
    /// - Throws: `MergeError.notFinite`, `MergeError.tooLarge`, `MergeError.overflow`, and what
    ///   `body` throws.
    func forEachStoredPart(
        of output: MergePlan.Output,
        _ body: (UnsafeRawBufferPointer, Int) throws -> Void
    ) throws {
        let tensor = output.description
        guard tensor.elementCount > 0 else { return }
        let inputs = output.source.inputs
        try Self.withSources(of: tensor.name, inputs.map { try model($0) }) { sources in
            let finite = FiniteCheck()
            let pass = TensorPass(
                of: tensor.name,
                shape: tensor.shape,
                sources: sources,
                workspace: workspace,
                finite: finite
            )
            let prepared: PreparedCombination =
                switch output.source {
                // A tensor that is stored in another type, or changed by an adapter.
                case .copy: .weightedSum([1])
                case .combine(let combination): try combination.prepare(pass)
                }
            try throwNotFinite(finite, output)
            let merged = Result {
                try pass.forEachPart(rows: prepared.needsRows) { part in
                    prepared.apply(part.sources, into: part.room, part: part.place)
                    let width = tensor.elementType.byteCount
                    let byteCount = part.room.count * width
                    try withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 64) {
                        bytes in
                        ElementConversion.encode(part.room, as: tensor.elementType, into: bytes)
                        let stored = UnsafeRawBufferPointer(bytes)
                        try checkOverflow(stored, of: output, part)
                        try body(stored, part.place.offset * width)
                    }
                }
            }
            // What is not finite in a model makes the merge overflow, and is said first.
            try throwNotFinite(finite, output)
            try merged.get()
        }
    }

    /// Lends the stored tensor of each model.
    static func withSources<Result>(
        of tensor: String,
        _ models: [MergeModel],
        _ collected: [SourceTensor] = [],
        _ body: ([SourceTensor]) throws -> Result
    ) throws -> Result {
        guard collected.count < models.count else { return try body(collected) }
        return try models[collected.count].withSource(of: tensor) { source in
            try withSources(of: tensor, models, collected + [source], body)
        }
    }

    /// What is not finite though all models are has become too large.
    private func checkOverflow(
        _ stored: UnsafeRawBufferPointer,
        of output: MergePlan.Output,
        _ part: TensorPass.Part
    ) throws {
        let type = output.description.elementType
        guard let index = ElementScan.firstNotFinite(in: stored, as: type) else { return }
        throw MergeError.overflow(
            tensor: output.description.name,
            element: part.place.offset + index,
            type: type
        )
    }

    /// Throws when a model holds something in a tensor that is no finite number where it is read.
    private func throwNotFinite(_ finite: FiniteCheck, _ output: MergePlan.Output) throws {
        guard let place = finite.first else { return }
        let input = output.source.inputs[place.source]
        throw try model(input).notFinite(output.description.name, place.element)
    }

    /// A model holds something that is no finite number.
    func notFinite(_ tensor: String, _ element: Int, _ input: String) throws -> MergeError {
        .notFinite(
            tensor: tensor,
            element: element,
            input: input,
            path: try model(input).folder.path(percentEncoded: false)
        )
    }
}
