import Checkpointing
import Foundation
import Kernels
import Transformer

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
    /// The hash of the merged `model.safetensors`.
    package let weights: ContentHash
}

/// Merges checkpoint folders into a new one, one tensor at a time.
///
/// Inputs are only read. Memory does not grow with the size of the models: bytes are copied from
/// one mapped file to the next, and tensors that are computed element by element are computed in
/// parts. A method that needs a whole tensor at once holds it for every model: the largest tensor
/// is the limit then.
package struct MergeExecutor: Sendable {
    /// Elements of a tensor that are computed at a time.
    private static let partLength = 1 << 20

    /// The source of every tensor.
    package let plan: MergePlan

    private let models: [MergeModel]

    /// Opens and compares the models and plans the merge; nothing is written.
    ///
    /// - Parameters:
    ///   - method: How they are merged.
    ///   - inputs: All models that are named, also a base that only has to fit. Configuration and
    ///     tokenizer of the output are copied from the first.
    /// - Throws: `MergeError` when the models cannot be merged with each other, the errors of the
    ///   method when it does not fit their shape, and those of reading a checkpoint.
    package init(_ method: MergeMethod, of inputs: [MergeInput]) throws {
        guard let first = inputs.first else {
            throw MergeError.missingInput(name: "base", given: [])
        }
        var names: Set<String> = []
        for input in inputs where !names.insert(input.name).inserted {
            throw MergeError.repeatedInput(name: input.name)
        }
        // What does not fit the shape is said before gigabytes are opened and hashed.
        let configuration = try ModelConfiguration(in: first.folder)
        let needed = try MergePlan(method, configuration: configuration).inputs
        if let absent = needed.first(where: { !names.contains($0) }) {
            throw MergeError.missingInput(name: absent, given: inputs.map(\.name))
        }
        let models = try inputs.map { try MergeModel($0) }
        for other in models.dropFirst() { try models[0].check(against: other) }
        plan = try MergePlan(method, configuration: configuration) { name in
            let first = models[0].tensors.description(of: name)?.elementType ?? .float32
            for other in models.dropFirst() {
                let type = other.tensors.description(of: name)?.elementType ?? .float32
                guard type == first else {
                    throw MergeError.elementType(
                        tensor: name,
                        first: models[0].side(first.rawValue),
                        second: other.side(type.rawValue)
                    )
                }
            }
            return first
        }
        for output in plan.outputs where !output.description.elementType.convertsToFloat {
            guard case .combine = output.source else { continue }
            throw MergeError.notNumbers(
                tensor: output.description.name,
                side: models[0].side(output.description.elementType.rawValue)
            )
        }
        self.models = models
    }

    /// Merges into a folder, which appears when it is complete and proven.
    ///
    /// It holds `model.safetensors`, the configuration and tokenizer files of the first model, and
    /// `provenance.json` with the method and the hash of every file that was read.
    ///
    /// - Parameters:
    ///   - folder: The merged checkpoint.
    ///   - replacing: Whether an existing folder is replaced.
    ///   - version: The version of the program, for the record.
    ///   - progress: Called before each tensor with its name, its number from 0, and their count.
    /// - Returns: What was done and proven.
    /// - Throws: `FolderError` when the folder exists, `FileError`, `MergeError.proof`.
    package func write(
        to folder: URL,
        replacing: Bool = false,
        version: String,
        progress: (String, Int, Int) -> Void = { _, _, _ in }
    ) throws -> MergeReport {
        try AtomicFolder.create(at: folder, replacing: replacing) { partial in
            let weights = partial.appending(path: TensorCollection.fileName)
            try writeTensors(to: weights, progress: progress)
            let proven = try prove(weights)
            for file in models[0].companionFiles {
                let copy = partial.appending(path: file.lastPathComponent)
                // Read through links, so that the output stands alone.
                try AtomicFile.write(Data(contentsOf: file), to: copy)
            }
            try provenance(version: version).write(in: partial)
            return MergeReport(
                output: folder,
                copiedTensors: proven.tensors,
                computedTensors: plan.outputs.count - proven.tensors,
                provenBytes: proven.bytes,
                weights: try ContentHash.of(file: weights)
            )
        }
    }
}

// MARK: - Steps

extension MergeExecutor {
    private func model(_ name: String) -> MergeModel {
        // The initializer has checked that every input of the plan was given.
        models.first { $0.name == name } ?? models[0]
    }

    private func writeTensors(to url: URL, progress: (String, Int, Int) -> Void) throws {
        let combinations = plan.outputs.compactMap { output -> (TensorCombination, Int)? in
            guard case .combine(let combination) = output.source else { return nil }
            return (combination, Self.partLength(of: output.description, combination))
        }
        let length = combinations.map(\.1).max() ?? 0
        let sourceCount = combinations.map(\.0.inputs.count).max() ?? 0
        // One buffer for all sources of a part, and its result at the end.
        let scratch = FloatBuffer(count: length * (sourceCount + 1))
        let slots = (0...sourceCount).map { scratch.view[$0 * length..<($0 + 1) * length] }
        let outputs = Dictionary(
            plan.outputs.map { ($0.description.name, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        var number = 0
        try SafetensorsWriter.write(plan.outputs.map(\.description), to: url) { tensor, emit in
            guard let output = outputs[tensor.name] else { return }
            progress(tensor.name, number, plan.outputs.count)
            number += 1
            switch output.source {
            case .copy(let input):
                try model(input).tensors.withBytes(of: tensor.name, emit)
            case .combine(let combination):
                try compute(combination, tensor, slots: slots, emit)
            }
            for input in output.source.inputs { model(input).tensors.releasePages(of: tensor.name) }
        }
        withExtendedLifetime(scratch) {}
    }

    /// Computes a tensor part by part and emits it in its stored type.
    private func compute(
        _ combination: TensorCombination,
        _ tensor: TensorDescription,
        slots: [FloatView],
        _ emit: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let type = tensor.elementType
        let width = type.byteCount
        let partLength = Self.partLength(of: tensor, combination)
        guard partLength > 0 else { return }
        for start in stride(from: 0, to: tensor.elementCount, by: partLength) {
            let count = min(partLength, tensor.elementCount - start)
            let sources = slots.prefix(combination.inputs.count).map { $0[0..<count] }
            let result = slots[slots.count - 1][0..<count]
            for (input, view) in zip(combination.inputs, sources) {
                try model(input).tensors.withBytes(of: tensor.name) { bytes in
                    // The part ends at or before the tensor does, whose byte count was checked.
                    let part = bytes[start * width..<(start + count) * width]
                    ElementConversion.decode(
                        UnsafeRawBufferPointer(rebasing: part),
                        as: type,
                        into: view
                    )
                }
            }
            let part = TensorPart(of: tensor.name, from: start)
            combination.apply(sources, into: result, part: part)
            try withUnsafeTemporaryAllocation(byteCount: count * width, alignment: 64) { bytes in
                ElementConversion.encode(result, as: type, into: bytes)
                try emit(UnsafeRawBufferPointer(bytes))
            }
        }
    }

    private static func partLength(
        of tensor: TensorDescription,
        _ combination: TensorCombination
    ) -> Int {
        combination.isElementwise ? min(tensor.elementCount, partLength) : tensor.elementCount
    }

    /// Reads the written file back and compares every copied tensor with its source.
    private func prove(_ url: URL) throws -> (tensors: Int, bytes: Int) {
        let written = try SafetensorsFile(at: url)
        var tensors = 0
        var bytes = 0
        for output in plan.outputs {
            guard case .copy(let input) = output.source else { continue }
            let name = output.description.name
            let source = model(input).tensors
            let isEqual = try written.withBytes(of: name) { copy in
                try source.withBytes(of: name) { original in
                    copy.elementsEqual(original, in: output.description.byteCount)
                }
            }
            guard isEqual else { throw MergeError.proof(tensor: name, input: input) }
            written.releasePages(of: name)
            source.releasePages(of: name)
            tensors += 1
            bytes += output.description.byteCount
        }
        return (tensors, bytes)
    }

    private func provenance(version: String) throws -> Provenance {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Provenance(
            version: version,
            stage: "merge",
            inputs: try models.flatMap { model in
                try model.files.map { file in
                    Provenance.Input(
                        name: "\(model.name)/\(file.lastPathComponent)",
                        path: file.path(percentEncoded: false),
                        hash: try ContentHash.of(file: file)
                    )
                }
            },
            recipe: String(decoding: try encoder.encode(plan.method), as: UTF8.self)
        )
    }
}

extension UnsafeRawBufferPointer {
    /// Whether both have `count` bytes and the same ones.
    fileprivate func elementsEqual(_ other: UnsafeRawBufferPointer, in count: Int) -> Bool {
        guard self.count == count, other.count == count else { return false }
        guard let mine = baseAddress, let theirs = other.baseAddress else { return count == 0 }
        // Both hold `count` bytes, as just checked.
        return memcmp(mine, theirs, count) == 0
    }
}
