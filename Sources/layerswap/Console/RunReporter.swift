import Foundation
import Foundations
import Kernels
import Pipeline
import RunRecords
import Training

/// Puts the events of a run into words.
final class RunReporter {
    private let console: Console
    private let line: ProgressLine
    /// The run that is reported; there once its plan is known.
    private var store: RunStore?
    private let work: TrainingWork
    private var pace: TrainingTimeEstimate
    /// What a step of the stage that trains costs.
    private var operationsPerStep = 0.0
    /// The last checkpoint that was reported.
    private var lastSaved: URL?

    /// Reports a run.
    ///
    /// - Parameters:
    ///   - console: Where words go.
    ///   - work: The training that is left in all experiments.
    init(console: Console, work: TrainingWork) {
        self.console = console
        self.work = work
        pace = TrainingTimeEstimate(work)
        line = ProgressLine(console: console)
    }

    /// Says which experiment of a sweep begins.
    func began(_ number: Int, of count: Int, _ cell: StudyRunner.Cell) {
        guard !console.quiet, let settings = cell.cell else { return }
        if number == 0, work.steps > 0 {
            say(
                "\(count) experiments, \(NumberText.grouped(work.steps)) steps of training, "
                    + "\(NumberText.short(Double(work.tokens))) tokens"
            )
        }
        say("\n=== \(settings.label), experiment \(number + 1) of \(count)")
    }

    /// Says what an event means.
    func report(_ event: PipelineEvent) throws {
        RunStop.follow(event)
        if console.quiet { return }
        switch event {
        case .planned(let header, let plan): try planned(header, plan)
        case .started(let stage, .resume(let step)):
            say("\n\(stage.name): resuming after step \(step)")
        case .started(let stage, .bringBack):
            say("\n\(stage.name): restored from an earlier run")
        case .started(let stage, .share(let folder)):
            let other = folder.deletingLastPathComponent()
            say("\n\(stage.name): taken from \(store?.shownName(of: other) ?? other.shownPath)")
        case .started(let stage, _): say("\n\(stage.name)")
        case .data(let measures): data(measures)
        case .tokenizer(let report):
            say(
                "  \(report.vocabularySize) pieces from "
                    + "\(NumberText.grouped(report.sentenceCount)) texts "
                    + "(\(NumberText.bytes(report.byteCount)))"
            )
            if let notice = report.notice { say("  note: \(notice)") }
        case .referred(_, let checkpoint):
            let digits = checkpoint.hash.hexadecimal.prefix(12)
            say("  \(URL(filePath: checkpoint.folder).shownPath) (SHA-256 \(digits))")
        case .keptThreads(_, let threads):
            say("  keeps its \(threads) threads, so that it ends in the same bytes")
        case .fellBack(_, let reason):
            say("  note: \(reason); products stay in fp32")
        case .noted(_, let task, let note):
            say("  note: \(task.title): \(note)")
        case .training(_, let event): training(event)
        case .trained(_, let summary):
            let best = summary.best.map {
                String(format: ", best validation loss %.3f at step %d", $0.loss, $0.step)
            }
            let loss = summary.averageLoss.map { String(format: "%.3f", $0) } ?? "none"
            say(
                "  done: loss \(loss)\(best ?? ""), \(NumberText.grouped(summary.tokens)) tokens in "
                    + Duration.seconds(summary.seconds).briefly
            )
        case .merged(_, let method, let report):
            say("  \(method.summary)")
            say(
                "  \(report.copiedTensors) tensors copied and verified equal to their source, "
                    + "\(report.computedTensors) computed"
            )
        case .proven(let line):
            say("  \(line.source): no target-language mathematics in \(line.documents) documents")
        case .chose(_, let done, let count, let score, _):
            line.update(
                "  candidate \(done) of \(count): \(String(format: "%.3f", score)) on development",
                isLast: done == count
            )
        case .measured(_, let metric, let measurement):
            say("  \(metric.title) \(measurement.text)")
        case .finished(let stage, let seconds):
            let time = Duration.seconds(seconds).briefly
            say("  \(stage.name) finished, \(time)\(rest(after: stage))")
        }
    }

    /// Reports the sources: files always, generated ones where there is something to say.
    private func data(_ measures: [SourceMeasure]) {
        let shown = measures.filter { $0.file != nil || $0.isNotable }
        guard !shown.isEmpty else { return }
        say("\ndata")
        let rows = shown.map { ["  " + $0.name, $0.split.partName, $0.summary] }
        for line in TextTable(rows: rows).lines { say(line) }
        for measure in shown where measure.isWarning {
            let origin = measure.file.map { " (\($0))" } ?? ""
            say(
                "  warning: \(measure.name)\(origin), \(measure.split.partName): "
                    + "\(measure.tokens?.tooLong ?? 0) of \(measure.documents) documents are "
                    + "longer than \(measure.tokens?.limit ?? 0) tokens and never read; raise "
                    + "stages.\(measure.stage).sequence_length, up to "
                    + "\(measure.tokens?.longest ?? 0) for all"
            )
        }
    }

    /// How much training is left in all, behind the end of a stage that trains.
    private func rest(after stage: Stage) -> String {
        guard case .training = stage.work, let left = pace.secondsLeft else { return "" }
        return "; about \(Duration.seconds(left).briefly) of training left in all"
    }

    private func planned(_ header: RunHeader, _ plan: StagePlan) throws {
        store = RunStore(folder: header.output)
        if plan.isComplete {
            say("Nothing to do: all \(plan.entries.count) stages of \(header.recipe) are finished.")
            return
        }
        var facts = [
            ["recipe", "\(header.recipe) (SHA-256 \(header.recipeHash.prefix(12)))"],
            ["seed", "\(header.seed)"],
            ["threads", "\(header.threads), products by \(try ProductMethod.preferred.load())"],
            ["output", header.output.shownPath],
            [
                "to do",
                "\(NumberText.grouped(header.remainingSteps)) steps of training, "
                    + "\(NumberText.short(Double(header.remainingTokens))) tokens",
            ],
        ]
        if !header.overrides.isEmpty {
            facts.insert(["set", header.overrides.joined(separator: ", ")], at: 1)
        }
        for line in TextTable(rows: facts).lines { say(line) }
        say("\nplan")
        let rows = plan.entries.map { ["  " + $0.stage.name, $0.action.words, $0.reason] }
        for line in TextTable(rows: rows).lines { say(line) }
    }

    private func training(_ event: TrainingEvent) {
        switch event {
        case .prepared(let facts):
            operationsPerStep = facts.operationsPerStep
            let tokens = Double(facts.tokensPerStep) * Double(facts.steps)
            let parameters = Double(facts.parameterCount)
            let trained =
                facts.trainedCount == facts.parameterCount
                ? "" : "\(NumberText.grouped(facts.trainedCount)) trained, "
            say(
                "  \(NumberText.grouped(facts.parameterCount)) parameters, \(trained)"
                    + "\(NumberText.grouped(facts.steps)) steps of "
                    + "\(NumberText.grouped(facts.tokensPerStep)) tokens "
                    + "(\(NumberText.short(tokens)), "
                    + String(format: "%.1f", tokens / max(parameters, 1)) + " a parameter), "
                    + "\(NumberText.short(facts.operationsPerStep)) operations a step, "
                    + "about \(NumberText.bytes(facts.memoryBytes))"
            )
        case .rehearsed(let seconds):
            say("  validation and saving rehearsed in \(Duration.seconds(seconds).briefly)")
        case .resumed: break
        case .step(let record):
            pace.didStep(operations: operationsPerStep, seconds: record.seconds)
            let indent = "  "
            // The last column stays free, or the terminal would begin another line.
            let columns = console.isTerminal ? console.columns - 1 : 120
            line.update(
                indent + StepLine.text(record, columns: columns - indent.count),
                isLast: record.step == record.steps
            )
        case .validated(let record):
            let mark = record.isBest ? ", the best so far" : ""
            say(
                "  step \(record.step): validation loss \(String(format: "%.3f", record.loss))\(mark)"
            )
        case .saved(let step, let folder):
            // A step that saves by itself saves once more where the run stops after it.
            guard StopSwitch.isOn, folder != lastSaved else { return }
            lastSaved = folder
            say("  checkpoint of step \(step): \(folder.shownPath)")
        }
    }

    /// Ends a line that would be rewritten.
    func close() { line.close() }

    private func say(_ text: String) { line.say(text) }
}
