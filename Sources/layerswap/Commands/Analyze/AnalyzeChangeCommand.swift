import Analysis
import ArgumentParser
import Foundation
import MergeMethods
import RunAnalysis
import RunRecords

/// `layerswap analyze change`.
struct AnalyzeChangeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "change",
        abstract: "Measure how far two experts have moved from their base, tensor by tensor.",
        discussion: """
            Takes the models of a run, or any three checkpoints of one architecture with --base, \
            --language and --math as folders. Each thread holds three tensors in memory.
            """
    )

    @Argument(help: .finishedRun)
    var name: String?

    @OptionGroup var experiment: AnalyzedRunOptions

    @Option(name: .long, help: "The base: a model of the run, or a checkpoint folder.")
    var base = ModelPart.base.name

    @Option(name: .long, help: "The language expert: a model of the run, or a checkpoint folder.")
    var language = ModelPart.language.name

    @Option(name: .long, help: "The math expert: a model of the run, or a checkpoint folder.")
    var math = ModelPart.math.name

    @Option(
        name: .long,
        parsing: .upToNextOption,
        help: """
            Count rows and columns whose mean change is above these shares of the mean magnitude \
            of the tensor.
            """
    )
    var thresholds = ChangeAnalysis.standardThresholds

    @Flag(
        name: .long,
        inversion: .prefixedNo,
        help: "Compute effective ranks; for large matrices this takes most of the time."
    )
    var ranks = true

    @OptionGroup var record: AnalysisOutputOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let threshold = thresholds.first(where: { !$0.isFinite || $0 < 0 }) {
            throw ValidationError("--thresholds: found \(threshold), expected shares from 0 up")
        }
    }

    func run() throws {
        AnalysisProgress.expectStop()
        let settings = ChangeTool.Settings(
            base: base,
            language: language,
            math: math,
            thresholds: thresholds,
            ranks: ranks
        )
        let console = output.console
        let made: AnalysisOutcome<ChangeTool.Settings, ChangeRecord>
        if let name {
            made = try AnalysisOutcome(
                ChangeTool.self,
                of: name,
                in: experiment,
                to: record,
                threads: threads.count,
                on: console
            ) { _ in settings }
        } else {
            let models = [
                (ModelPart.base.name, base), ("language expert", language), ("math expert", math),
            ]
            let target = try record.target(
                .change,
                reading: models.map { .init("the \($0)", URL(filePath: $1)) }
            )
            for (role, model) in zip([ModelPart.base, .language, .math], models) {
                _ = try ModelLookup.inPlace(model.1, role: role.name)
            }
            let tool = ChangeTool(settings, threads: threads.count)
            made = try AnalysisOutcome(at: target, on: console) { progress in
                try tool.run(to: target, progress: progress.update)
            }
        }
        try made.show(as: { ChangeLines($0).lines }, on: console)
    }
}
