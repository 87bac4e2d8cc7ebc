import Checkpointing
import Foundation
import Transformer

/// The checkpoints of one run: `step-00000100` folders that load in `transformers`, each with a
/// `training` folder of moments and state, and with its adapters when it has any.
struct TrainingCheckpoints: Sendable {
    let folder: URL

    private static let prefix = "step-"
    private static let stateFolder = "training"
    private static let stateFile = stateFolder + "/state.json"
    private static let momentsFile = stateFolder + "/moments.safetensors"

    /// The checkpoint of a step.
    func folder(ofStep step: Int) -> URL { folder.appending(path: Self.prefix + Self.padded(step)) }

    /// Saves everything; the checkpoint is complete or absent.
    ///
    /// - Parameters:
    ///   - objects: The model, and this rank's moments.
    ///   - state: Everything else.
    ///   - collection: Brings the moments of all ranks; nil when this one has all.
    /// - Returns: The checkpoint.
    /// - Throws: Errors of writing, what keeps ranks from hearing each other.
    @discardableResult
    func save(
        _ objects: TrainedObjects,
        _ state: TrainingState,
        _ collection: MomentCollection? = nil
    ) throws -> URL {
        let optimizer = objects.optimizer
        let url = folder(ofStep: state.step)
        try AtomicFolder.create(at: url, replacing: true) { partial in
            try objects.write(to: partial)
            try Folder.make(at: partial.appending(path: Self.stateFolder))
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try AtomicFile.write(
                encoder.encode(state),
                to: partial.appending(path: Self.stateFile)
            )
            try SafetensorsWriter.write(
                ["first", "second"].map {
                    try TensorDescription(
                        name: $0,
                        elementType: .float32,
                        shape: [optimizer.count]
                    )
                },
                to: partial.appending(path: Self.momentsFile)
            ) { tensor, emit in
                let isFirst = tensor.name == "first"
                if let collection { return try collection.emit(first: isFirst, emit) }
                let moment = isFirst ? optimizer.firstMoment : optimizer.secondMoment
                try moment.view.withUnsafeBytes(emit)
            }
        }
        return url
    }

    /// The newest checkpoint to resume from, or nil when there is none.
    func newest() throws -> URL? {
        try all().last { InputFile.exists($0.appending(path: Self.stateFile)) }
    }

    /// Removes moments and states and keeps the weights: two thirds of the bytes, of no more use
    /// when a run has reached its end.
    func discardStates() throws {
        for url in try all() {
            let state = url.appending(path: Self.stateFolder)
            if InputFile.exists(state) { try Self.remove(state) }
        }
    }

    /// Loads weights, adapters and moments and returns the state.
    ///
    /// - Throws: `TrainingError` when the checkpoint is of another run or cannot be read.
    func load(
        _ url: URL,
        into objects: TrainedObjects,
        expecting expected: TrainingState
    ) throws -> TrainingState {
        let path = url.path(percentEncoded: false)
        let state: TrainingState
        do {
            let data = try InputFile.data(at: url.appending(path: Self.stateFile))
            state = try JSONDecoder().decode(TrainingState.self, from: data)
        } catch {
            throw TrainingError.unreadableState(
                path: path,
                reason: "\(Self.stateFile): \(ErrorText.text(of: error))"
            )
        }
        guard state.identity == expected.identity else {
            throw TrainingError.foreignCheckpoint(path: path, difference: "its data or base differ")
        }
        guard state.settings == expected.settings else {
            throw TrainingError.foreignCheckpoint(
                path: path,
                difference: state.settings.difference(from: expected.settings)
            )
        }
        // Weights with adapters beside them are as they were before training.
        let isOfShape =
            objects.adapters?.form == .beside
            ? try TransformerModel.configuration(at: url) == objects.model.configuration
            : try objects.model.takeParameters(from: url)
        guard isOfShape else {
            throw TrainingError.foreignCheckpoint(
                path: path,
                difference: "its model has another shape"
            )
        }
        let moments = try SafetensorsFile(at: url.appending(path: Self.momentsFile))
        for (name, moment) in [
            ("first", objects.optimizer.firstMoment), ("second", objects.optimizer.secondMoment),
        ] {
            guard moments.description(of: name)?.shape == [objects.optimizer.count] else {
                throw TrainingError.unreadableState(
                    path: path,
                    reason: "its \(name) moments are missing or of another size"
                )
            }
            for (place, own) in objects.optimizer.places {
                try moments.readFloats(of: name, elements: place, into: moment.view[own])
            }
        }
        try objects.adapters?.read(besideModelIn: url)
        return state
    }

    /// Removes all but the newest and the best.
    func prune(keeping count: Int, best: Int?) throws {
        for url in try all().dropLast(max(count, 1)) where Self.step(of: url) != best {
            try Self.remove(url)
        }
    }

    private static func remove(_ url: URL) throws {
        do { try FileManager.default.removeItem(at: url) } catch {
            throw FileError.revealing(error, operation: "remove", path: url.path)
        }
    }

    private func all() throws -> [URL] {
        guard FileManager.default.fileExists(atPath: folder.path(percentEncoded: false)) else {
            return []
        }
        return try Folder.names(in: folder).map { folder.appending(path: $0) }
            .filter { Self.step(of: $0) != nil }.sorted {
                $0.lastPathComponent < $1.lastPathComponent
            }
    }

    static func step(of url: URL) -> Int? {
        let name = url.lastPathComponent
        return name.hasPrefix(prefix) ? Int(name.dropFirst(prefix.count)) : nil
    }

    private static func padded(_ step: Int) -> String {
        let digits = String(step)
        return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    }
}
