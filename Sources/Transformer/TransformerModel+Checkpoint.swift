import Checkpointing
import Foundation
import Kernels

/// A checkpoint whose tensors are not those of its configuration.
package enum CheckpointError: Error, Hashable, CustomStringConvertible {
    /// Tensors that the configuration asks for are not there.
    case missingTensors(path: String, names: [String], repair: TensorNameRepair?)
    /// Tensors are there that the configuration has no place for.
    case unknownTensors(path: String, names: [String], repair: TensorNameRepair?)
    /// A tensor has another shape than the configuration asks for.
    case wrongShape(path: String, name: String, found: [Int], expected: [Int])
    /// A tensor is stored in a type that is not computed with.
    case wrongType(path: String, name: String, type: ElementType)

    package var description: String {
        switch self {
        case .missingTensors(let path, let names, let repair):
            "\(path) lacks \(Self.list(names)), which its config.json asks for"
                + Self.advice(repair)
        case .unknownTensors(let path, let names, let repair):
            "\(path) holds \(Self.list(names)), for which its config.json has no place"
                + Self.advice(repair)
        case .wrongShape(let path, let name, let found, let expected):
            "\(path): '\(name)' has the shape \(found); its config.json asks for \(expected)"
        case .wrongType(let path, let name, let type):
            "\(path): '\(name)' is stored as \(type.rawValue); expected \(ElementType.computed); "
                + type.remedy
        }
    }

    private static func advice(_ repair: TensorNameRepair?) -> String {
        repair.map { "; \($0)" } ?? ""
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
        return names.count > 3 ? "\(shown) and \(names.count - 3) more tensors" : shown
    }
}

extension TransformerModel {
    /// Loads a checkpoint folder in the Hugging Face form.
    ///
    /// Tensors may be stored as F32, F16, BF16 or F64, each in its own type, in one file or in
    /// shards. Rotary tables, which some old checkpoints carry, and a head that equals the
    /// embedding matrix of a tied model are passed over. Everything is checked before memory is
    /// taken.
    ///
    /// - Parameter folder: The folder, with `config.json` and weights.
    /// - Throws: `ConfigurationError`, `CheckpointError`, `ModelNumberError` for numbers that are
    ///   not finite, and the errors of safetensors files.
    public convenience init(at folder: URL) throws {
        try self.init(at: folder, precision: .float32)
    }

    /// Loads a checkpoint folder, with matrices kept in a precision of choice.
    ///
    /// - Parameters:
    ///   - folder: The folder, with `config.json` and weights.
    ///   - precision: bfloat16 halves the memory of weights that nothing changes; what is stored in
    ///     another type is rounded.
    /// - Throws: As `init(at:)`.
    package convenience init(at folder: URL, precision: LinearPrecision) throws {
        let stored = try StoredModel(at: folder)
        try AvailableMemory().require(
            MemoryEstimate(stored.configuration).modelBytes(precision),
            for: "the model in \(stored.path)",
            advice: "free some, or use a machine with more"
        )
        self.init(zeros: stored.configuration, origin: stored.path, precision: precision)
        try stored.read(into: weights, layout)
    }

    /// Loads a checkpoint folder for reading alone: in bfloat16 where its matrices are stored so,
    /// with the same results as in single precision and half of the memory.
    ///
    /// - Parameter folder: The folder, with `config.json` and weights.
    /// - Throws: As `init(at:)`.
    package convenience init(forReading folder: URL) throws {
        try self.init(at: folder, precision: StoredModel(at: folder).precision)
    }

    /// The configuration of a checkpoint whose tensors are those it asks for.
    ///
    /// - Throws: As `init(at:)`, but for numbers that are not finite.
    package static func configuration(at folder: URL) throws -> ModelConfiguration {
        try StoredModel(at: folder).configuration
    }

    /// Takes over the numbers of a checkpoint of the same shape, without a second model in memory.
    ///
    /// What fails on the way leaves numbers of both behind.
    ///
    /// - Returns: False, with nothing changed, when the checkpoint has another shape.
    /// - Throws: As `init(at:)`.
    package func takeParameters(from folder: URL) throws -> Bool {
        let stored = try StoredModel(at: folder)
        guard stored.configuration == configuration else { return false }
        try stored.read(into: weights, layout)
        return true
    }

    /// Checks that a checkpoint holds the tensors of a model, and nothing else that counts.
    fileprivate static func check(
        _ tensors: TensorCollection,
        _ layout: ParameterLayout,
        _ head: TiedHead,
        _ path: String
    ) throws {
        let names = tensors.tensors.map(\.name)
        let repair = TensorNameRepair(of: names) { layout.entry(named: $0) != nil }
        // A missing head is a matter of `tie_word_embeddings`, which has words of its own.
        let missing = layout.entries.map(\.name).filter {
            tensors.description(of: $0) == nil && $0 != TiedHead.headName
        }
        guard missing.isEmpty else {
            throw CheckpointError.missingTensors(path: path, names: missing, repair: repair)
        }
        let unknown = names.filter { name in
            layout.entry(named: name) == nil && !name.hasSuffix("rotary_emb.inv_freq")
                && name != TiedHead.headName
        }
        guard unknown.isEmpty else {
            throw CheckpointError.unknownTensors(path: path, names: unknown, repair: repair)
        }
        for entry in layout.entries {
            guard let stored = tensors.description(of: entry.name) else { continue }
            guard stored.shape == entry.shape else {
                throw CheckpointError.wrongShape(
                    path: path,
                    name: entry.name,
                    found: stored.shape,
                    expected: entry.shape
                )
            }
            guard stored.elementType.convertsToFloat else {
                throw CheckpointError.wrongType(
                    path: path,
                    name: entry.name,
                    type: stored.elementType
                )
            }
        }
        try head.check(tensors)
    }

    /// Writes `config.json`, `generation_config.json` and `model.safetensors` into a folder.
    ///
    /// The caller makes the folder, atomically where it matters.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - replacement: Lends other numbers for a tensor; nil writes the model's own.
    /// - Throws: Errors of writing. When one of the three files exists, nothing is written.
    package func write(
        to folder: URL,
        replacement: (ParameterLayout.Entry) -> SharedBuffer? = { _ in nil }
    ) throws {
        let hub = folder.appending(path: ConfigurationFields.fileName)
        let generation = folder.appending(path: ModelConfiguration.generationFile)
        let tensors = folder.appending(path: TensorCollection.fileName)
        try AtomicFile.requireFree([hub, generation, tensors])
        try AtomicFile.write(configuration.hubJSON(), to: hub, replacing: false)
        try AtomicFile.write(configuration.generationJSON(), to: generation, replacing: false)
        try SafetensorsWriter.write(
            layout.entries.map {
                try TensorDescription(name: $0.name, elementType: .float32, shape: $0.shape)
            },
            to: tensors
        ) { tensor, emit in
            guard let entry = layout.entry(named: tensor.name) else { return }
            if let other = replacement(entry) {
                try withExtendedLifetime(other) { try other.view.withUnsafeBytes(emit) }
            } else {
                try withFloats(of: entry) { try $0.withUnsafeBytes(emit) }
            }
        }
    }
}

/// A checkpoint folder whose configuration and tensors have been checked.
private struct StoredModel {
    let configuration: ModelConfiguration
    let path: String
    private let tensors: TensorCollection

    init(at folder: URL) throws {
        let fields = try ConfigurationFields(of: folder)
        let described = try HubModel(fields)
        var configuration = try ModelConfiguration(described, fields)
        try configuration.readEnds(fields, in: folder)
        tensors = try TensorCollection(at: folder)
        path = folder.path(percentEncoded: false)
        self.configuration = configuration
        try TransformerModel.check(
            tensors,
            ParameterLayout(configuration),
            described.head,
            path
        )
    }

    /// bfloat16 when all matrices are stored so.
    var precision: LinearPrecision {
        let matrices = ParameterLayout(configuration).entries.filter(\.role.isMatrix)
        let isHalf = matrices.allSatisfy {
            tensors.description(of: $0.name)?.elementType == .bfloat16
        }
        return isHalf ? .bfloat16 : .float32
    }

    /// Reads all tensors on all cores that this process may use; each thread works on tensors of
    /// its own.
    func read(into weights: ModelWeights, _ layout: ParameterLayout) throws {
        let entries = layout.entries
        let pool = WorkerPool(threadCount: Processor.current.coreCount)
        try pool.performThrowing(count: entries.count) { try read(entries[$0], into: weights) }
    }

    private func read(_ entry: ParameterLayout.Entry, into weights: ModelWeights) throws {
        // The system may take the pages of the file back: the numbers are in memory now.
        defer { tensors.releasePages(of: entry.name) }
        if case .half(let matrices, _, _) = weights, entry.role.isMatrix,
            tensors.description(of: entry.name)?.elementType == .bfloat16
        {
            try tensors.withBytes(of: entry.name) { bytes in
                matrices.copy(from: bytes, at: entry.range.lowerBound)
            }
            let place = matrices.firstNotFinite(in: entry.range)
            if let place { throw notFinite(entry, place, "a number that is not finite") }
            return
        }
        if case .single(let buffer) = weights {
            try read(entry, into: buffer.view[entry.range])
        } else {
            let room = SharedBuffer(count: entry.range.count)
            try read(entry, into: room.view)
            withExtendedLifetime(room) { weights.store(room.view, in: entry) }
        }
    }

    private func read(_ entry: ParameterLayout.Entry, into view: FloatView) throws {
        try tensors.readFloats(of: entry.name, into: view)
        // A pass over memory that was just written; without it the words would come much later.
        guard let place = view.firstNotFinite else { return }
        let stored = try tensors.withBytes(of: entry.name) { bytes -> Double? in
            guard tensors.description(of: entry.name)?.elementType == .float64 else { return nil }
            return bytes.loadUnaligned(fromByteOffset: 8 * place, as: Double.self)
        }
        if let stored, stored.isFinite {
            throw ModelNumberError.beyondSingle(
                path: path,
                name: entry.name,
                element: place,
                value: stored
            )
        }
        throw notFinite(entry, place, "\(view[place])")
    }

    private func notFinite(
        _ entry: ParameterLayout.Entry,
        _ element: Int,
        _ value: String
    ) -> ModelNumberError {
        .tensor(path: path, name: entry.name, element: element, value: value)
    }
}
