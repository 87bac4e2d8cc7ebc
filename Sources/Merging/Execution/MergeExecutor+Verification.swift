import Checkpointing
import Foundation

extension MergeExecutor {
    /// Bytes that a thread compares at a time.
    private static let comparedBytes = 4 << 20

    /// Reads the written files back and compares every copied tensor with its source.
    ///
    /// - Returns: The number of tensors that were copied and proven, and their bytes.
    /// - Throws: `MergeError.proof`, `MergeError.notFinite`, and errors of reading.
    func prove(
        _ shards: ShardPlan,
        in folder: URL,
        _ progress: (MergeProgress) throws -> Void
    ) throws -> (tensors: Int, bytes: Int) {
        let copied = Dictionary(
            plan.outputs.filter(\.isCopied).map { ($0.description.name, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        let total = copied.values.reduce(0) { $0 + $1.description.byteCount }
        var done = 0
        for shard in shards.shards {
            let written = try SafetensorsFile(at: folder.appending(path: shard.fileName))
            for tensor in shard.layout.tensors {
                // What is computed has been checked while it was.
                guard let output = copied[tensor.name] else { continue }
                guard case .copy(let input) = output.source else {
                    throw MergeError.contradiction(what: "'\(tensor.name)' is a copy of nothing")
                }
                try progress(
                    MergeProgress(
                        step: .proving,
                        name: tensor.name,
                        doneBytes: done,
                        totalBytes: total
                    )
                )
                let source = try model(input)
                try written.withBytes(of: tensor.name) { copy in
                    try source.tensors.withBytes(of: source.stored(tensor.name)) { original in
                        try compare(copy, with: original, of: tensor, from: input)
                    }
                }
                written.releasePages(of: tensor.name)
                source.releasePages(of: tensor.name)
                done += tensor.byteCount
            }
        }
        return (copied.count, total)
    }

    private func compare(
        _ copy: UnsafeRawBufferPointer,
        with original: UnsafeRawBufferPointer,
        of tensor: TensorDescription,
        from input: String
    ) throws {
        guard copy.count == original.count else {
            throw MergeError.proof(tensor: tensor.name, input: input)
        }
        let pieces = (copy.count + Self.comparedBytes - 1) / Self.comparedBytes
        try workspace.pool.performThrowing(count: pieces) { piece in
            let start = piece * Self.comparedBytes
            let range = start..<min(copy.count, start + Self.comparedBytes)
            // Both have as many bytes, so that the range is inside both.
            let own = UnsafeRawBufferPointer(rebasing: copy[range])
            let foreign = UnsafeRawBufferPointer(rebasing: original[range])
            guard own.hasSameBytes(as: foreign) else {
                throw MergeError.proof(tensor: tensor.name, input: input)
            }
            // Pieces are multiples of every element's width.
            if let index = ElementScan.firstNotFinite(in: own, as: tensor.elementType) {
                let element = start / tensor.elementType.byteCount + index
                throw try notFinite(tensor.name, element, input)
            }
        }
    }

    /// Does the merge once more and compares it with a folder, without writing anything.
    ///
    /// - Parameters:
    ///   - folder: A merged checkpoint.
    ///   - progress: Called at every tensor.
    /// - Returns: The number of tensors that were compared.
    /// - Throws: `MergeError.differs` at the first difference, and errors of reading.
    package func verify(
        _ folder: URL,
        progress: (MergeProgress) throws -> Void = { _ in }
    ) throws -> Int {
        if storage.isAdapter { return try verifyAdapter(folder, progress: progress) }
        let written = try TensorCollection(at: folder)
        let path = folder.path(percentEncoded: false)
        let names = Set(plan.outputs.map(\.description.name))
        if let surplus = written.tensors.first(where: { !names.contains($0.name) }) {
            throw MergeError.differs(
                tensor: surplus.name,
                path: path,
                how: "the repeated merge has no such tensor"
            )
        }
        let total = plan.outputs.reduce(0) { $0 + $1.description.byteCount }
        var done = 0
        for output in plan.outputs {
            let tensor = output.description
            try progress(
                MergeProgress(
                    step: .proving,
                    name: tensor.name,
                    doneBytes: done,
                    totalBytes: total
                )
            )
            guard written.description(of: tensor.name) == tensor else {
                throw MergeError.differs(
                    tensor: tensor.name,
                    path: path,
                    how: "it is missing, or has another shape or type"
                )
            }
            try written.withBytes(of: tensor.name) { bytes in
                try forEachStoredPart(of: output) { part, start in
                    let own = UnsafeRawBufferPointer(rebasing: bytes[start..<start + part.count])
                    guard own.hasSameBytes(as: part) else {
                        throw MergeError.differs(
                            tensor: tensor.name,
                            path: path,
                            how: "its bytes are others"
                        )
                    }
                }
            }
            written.releasePages(of: tensor.name)
            for input in output.source.inputs {
                try model(input).releasePages(of: tensor.name)
            }
            done += tensor.byteCount
        }
        return plan.outputs.count
    }
}
