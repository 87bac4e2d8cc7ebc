import Checkpointing
import Foundation
import Recipes
import Training

/// Writes what happened when, one JSON object a line, behind what earlier runs wrote.
final class EventLog {
    private struct Line: Encodable {
        var time: Date
        var event: String
        var stage: String?
        var detail: String?
        var seconds: Double?
        var step: Int?
    }

    private let file: LineFile
    private let encoder = JSONEncoder()

    init(at url: URL) throws {
        file = try LineFile(at: url)
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    }

    /// Writes the events that are worth keeping; single steps are in the metrics of their stage.
    func record(_ event: PipelineEvent) throws {
        guard let line = Self.line(for: event) else { return }
        try file.append(line, encoder: encoder)
    }

    private static func line(for event: PipelineEvent) -> Line? {
        var line = Line(time: Date(), event: "")
        switch event {
        case .planned(let header, _):
            line.event = "planned"
            line.detail =
                "recipe \(header.recipeHash), seed \(header.seed), "
                + "\(header.threads) threads"
        case .started(let stage, let action):
            line.event = "started"
            line.stage = stage.name
            line.detail = "\(action)"
        case .data(let measures):
            line.event = "data"
            line.detail = measures.map { "\($0.name) \($0.split.rawValue): \($0.summary)" }
                .joined(separator: "\n")
        case .tokenizer(let report):
            line.event = "tokenizer"
            line.stage = RunFolder.tokenizer
            line.detail = "\(report.vocabularySize) pieces from \(report.byteCount) bytes"
        case .referred(let stage, let checkpoint):
            line.event = "referred"
            line.stage = stage
            line.detail = "\(checkpoint.folder), \(checkpoint.hash)"
        case .keptThreads(let stage, let threads):
            line.event = "kept_threads"
            line.stage = stage
            line.detail = "\(threads)"
        case .fellBack(let stage, let reason):
            line.event = "fell_back"
            line.stage = stage
            line.detail = reason
        case .training(let stage, let event):
            guard fill(&line, from: event) else { return nil }
            line.stage = stage
        case .trained(let stage, let summary):
            line.event = "trained"
            line.stage = stage
            line.step = summary.step
            line.seconds = summary.seconds
        case .merged(let stage, let method, let report):
            line.event = "merged"
            line.stage = stage
            let hashes = report.weights.map(\.hash.hexadecimal).joined(separator: " ")
            line.detail = "\(method.summary); weights \(hashes)"
        case .proven(let proof):
            line.event = "proven"
            line.stage = proof.stage
            line.detail = "no mathematics in \(proof.documents) documents of \(proof.source)"
        case .chose(let model, let done, let count, let score, let seconds):
            line.event = "chose"
            line.stage = RunFolder.evaluationPrefix + model
            line.detail = "candidate \(done) of \(count): \(score)"
            line.seconds = seconds
        case .measured(let model, let metric, let measurement):
            line.event = "measured"
            line.stage = RunFolder.evaluationPrefix + model
            line.detail = "\(metric) \(measurement.value)"
        case .noted(let model, let task, let note):
            line.event = "noted"
            line.stage = RunFolder.evaluationPrefix + model
            line.detail = "\(task): \(note)"
        case .finished(let stage, let seconds):
            line.event = "finished"
            line.stage = stage.name
            line.seconds = seconds
        }
        return line
    }

    private static func fill(_ line: inout Line, from event: TrainingEvent) -> Bool {
        switch event {
        case .step: return false
        case .prepared(let facts):
            line.event = "prepared"
            line.detail = "\(facts.parameterCount) parameters, \(facts.steps) steps"
        case .rehearsed(let seconds):
            line.event = "rehearsed"
            line.seconds = seconds
        case .resumed(let step, _):
            line.event = "resumed"
            line.step = step
        case .validated(let record):
            line.event = "validated"
            line.step = record.step
            line.detail = "\(record.loss)"
        case .saved(let step, _):
            line.event = "saved"
            line.step = step
        }
        return true
    }
}
