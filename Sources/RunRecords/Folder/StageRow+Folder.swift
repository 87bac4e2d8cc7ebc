import Checkpointing
import Foundation
import MergeMethods
import Recipes
import Transformer

extension StageRow {
    /// A stage as its folder records it: its record, and the metrics of its training.
    ///
    /// - Parameters:
    ///   - record: The record of the stage.
    ///   - kind: What it does.
    ///   - cell: The cell that it belongs to.
    ///   - folder: Its result, or the work on it while it is not finished.
    ///   - status: How far it is.
    /// - Throws: `FileError`, `DamagedFile`, `ConfigurationError`.
    package init(
        _ record: StageRecord,
        kind: Kind,
        cell: String = "",
        folder: URL,
        status: Status = .finished
    ) throws {
        let training = kind == .training ? try TrainingFigures(folder: folder) : nil
        self.init(
            identity: record.identity,
            cell: cell,
            name: record.stage,
            kind: kind,
            facts: record.facts,
            inputs: record.inputs,
            status: status,
            seconds: status == .finished ? record.seconds : training?.seconds ?? 0,
            cost: training?.cost ?? Cost(),
            figures: training?.figures ?? [:]
        )
    }
}

extension StageRow.Kind {
    /// What the stage of this name does, for records that are older than their database.
    init(ofStage name: String) {
        switch name {
        case RunFolder.tokenizer: self = .tokenizer
        case RunFolder.comparison: self = .comparison
        case _ where ModelPart(rawValue: name) != nil: self = .training
        case _ where name.hasPrefix(RunFolder.evaluationPrefix): self = .evaluation
        default: self = .merge
        }
    }
}

extension StageRecord {
    /// The identities of the stages that it was made from, by name, out of its facts.
    package var inputs: [String: ContentHash] {
        var inputs: [String: ContentHash] = [:]
        for line in facts.split(separator: "\n") where line.hasPrefix("input ") {
            let parts = line.dropFirst("input ".count).split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let digits = parts[1].trimmingCharacters(in: .whitespaces)
            inputs[String(parts[0])] = ContentHash(hexadecimal: digits)
        }
        return inputs
    }
}

/// What the training of a model took and reached, read from its `metrics.jsonl`.
struct TrainingFigures {
    private(set) var cost = StageRow.Cost(tokens: 0, steps: 0)
    private(set) var figures: [String: Double] = [:]
    /// Time of the steps, without validation and saving.
    private(set) var seconds = 0.0

    private struct Line: Decodable {
        struct Values: Decodable {
            var loss: Double?
            var averageLoss: Double?
            var tokens: Int?
            var seconds: Double?
        }
        var kind: String
        var step: Int
        var values: Values
    }

    /// Reads the metrics in a folder; nil when there are none.
    ///
    /// - Throws: `FileError`, `DamagedFile`, `ConfigurationError`.
    init?(folder: URL) throws {
        let file = folder.appending(path: "metrics.jsonl")
        guard let lines = try RecordedLines.decode(Line.self, at: file) else { return nil }
        var tokens = 0
        for line in lines {
            if line.kind == "step" {
                cost.steps = line.step
                tokens += line.values.tokens ?? 0
                seconds += line.values.seconds ?? 0
                figures["loss"] = line.values.averageLoss
            } else if let loss = line.values.loss {
                figures["validation_loss"] = loss
                figures["best_validation_loss"] = min(figures["best_validation_loss"] ?? loss, loss)
            }
        }
        cost.tokens = tokens
        // The work on a training has the model in its checkpoints alone.
        guard InputFile.exists(folder.appending(path: ConfigurationFields.fileName)) else { return }
        let configuration = try ModelConfiguration(in: folder)
        let parameters = Double(ParameterLayout(configuration).elementCount)
        figures["parameters"] = parameters
        cost.operations = 6 * parameters * Double(tokens)
    }
}
