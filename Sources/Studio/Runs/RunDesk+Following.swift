import Foundation
import Foundations
import Recipes
import RunRecords

extension RunDesk {
    /// How often a run in progress is looked at.
    private static let pause = Duration.milliseconds(500)

    /// Tells a page of a run until its process has ended: new points of every curve, and the step.
    ///
    /// - Parameters:
    ///   - name: The run.
    ///   - emit: Gets `curve`, `state` and `done`.
    /// - Throws: `CancellationError`, `StudioError.unknownRun`.
    func watch(_ name: String, emit: EventSink) async throws {
        let folder = try folder(of: name)
        var curves: [URL: MetricsTail] = [:]
        while true {
            try Task.checkCancellation()
            // Looked at before the files are, so that the last lines of a run are still told.
            let isRunning = RunLock.isHeld(folder: folder)
            for (stage, file) in Self.metrics(in: folder) {
                var tail = curves[file] ?? MetricsTail(file: file)
                let steps = tail.next()
                curves[file] = tail
                guard let last = steps.last else { continue }
                let points = steps.map { [Double($0.step), $0.loss] }
                try emit(StreamEvent("curve", CurveMessage(stage: stage, points: points)))
                try emit(
                    StreamEvent(
                        "state",
                        StepMessage(
                            stage: stage,
                            step: last.step,
                            steps: last.steps,
                            left: Duration.seconds(last.remainingSeconds ?? 0).briefly
                        )
                    )
                )
            }
            guard isRunning else { break }
            try await Task.sleep(for: Self.pause)
        }
        try emit(StreamEvent("done", DoneMessage(milliseconds: 0)))
    }

    /// The files of losses of all stages that are being trained, or were, with their names.
    private static func metrics(in folder: URL) -> [(stage: String, file: URL)] {
        let cells = RunStore(folder: folder).cells
        let places = cells.isEmpty ? [folder] : cells.map { folder.appending(path: $0) }
        return places.flatMap { place in
            let names = (try? FileManager.default.contentsOfDirectory(atPath: place.path)) ?? []
            return names.sorted().filter { $0.hasPrefix(RunFolder.trainingPrefix) }.map { name in
                let stage = String(name.dropFirst(RunFolder.trainingPrefix.count))
                return (
                    cells.isEmpty ? stage : "\(place.lastPathComponent) \(stage)",
                    place.appending(path: name).appending(path: "metrics.jsonl")
                )
            }
        }
    }
}

/// What a file of losses has got since it was read last.
struct MetricsTail {
    /// A step of training.
    struct Step {
        let step: Int
        let steps: Int
        let loss: Double
        let remainingSeconds: Double?
    }

    private struct Line: Decodable {
        struct Values: Decodable {
            var averageLoss: Double?
            var remainingSeconds: Double?
            var steps: Int?
        }

        var kind: String
        var step: Int
        var values: Values
    }

    let file: URL
    private var offset: UInt64 = 0

    init(file: URL) { self.file = file }

    /// More points than a curve can show are thinned out.
    private static let mostPoints = 400

    /// The steps of the whole lines that are new; none when the file is not there.
    mutating func next() -> [Step] {
        guard let handle = try? FileHandle(forReadingFrom: file) else { return [] }
        defer { try? handle.close() }
        // A stage that was begun anew has a shorter file.
        if let size = try? handle.seekToEnd(), size < offset { offset = 0 }
        guard (try? handle.seek(toOffset: offset)) != nil,
            let data = try? handle.readToEnd(), let end = data.lastIndex(of: 10)
        else { return [] }
        let lines = data[...end].split(separator: 10)
        offset += UInt64(data.distance(from: data.startIndex, to: end) + 1)
        let steps = lines.compactMap { line -> Step? in
            guard let line = try? JSONDecoder().decode(Line.self, from: Data(line)),
                line.kind == "step", let loss = line.values.averageLoss
            else { return nil }
            return Step(
                step: line.step,
                steps: line.values.steps ?? line.step,
                loss: loss,
                remainingSeconds: line.values.remainingSeconds
            )
        }
        let every = max(1, steps.count / Self.mostPoints)
        return steps.enumerated().filter { place, _ in
            place.isMultiple(of: every) || place == steps.count - 1
        }.map(\.element)
    }
}

/// New points of a curve: pairs of step and loss.
struct CurveMessage: Encodable, Sendable {
    let stage: String
    let points: [[Double]]
}

/// Where a stage is.
struct StepMessage: Encodable, Sendable {
    let stage: String
    let step: Int
    let steps: Int
    let left: String
}
