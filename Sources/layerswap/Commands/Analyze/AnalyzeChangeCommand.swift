import Analysis
import ArgumentParser
import Evaluation
import Foundation
import Foundations
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

    @Argument(
        help: ArgumentHelp(
            "A finished run: its folder, its name below Checkpoints, or its recipe.",
            valueName: "run"
        )
    )
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
            let (run, target) = try record.open(
                name,
                in: experiment,
                .change,
                threads: threads.count
            )
            made = try Self.make(run, settings, target, threads: threads.count, console)
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
                try tool.run(to: target) { progress.update("tensors", $0, $1) }
            }
        }
        try made.show(as: { ChangeLines($0).lines }, on: console)
    }

    static func make(
        _ run: AnalyzedRun,
        _ settings: ChangeTool.Settings,
        _ target: AnalysisTarget,
        threads: Int,
        _ console: Console
    ) throws -> AnalysisOutcome<ChangeTool.Settings, ChangeRecord> {
        let tool = ChangeTool(settings, threads: threads)
        return try AnalysisOutcome(at: target, on: console) { progress in
            try tool.run(run, to: target) { progress.update("tensors", $0, $1) }
        }
    }
}

/// The changes of two experts as lines of text.
struct ChangeLines {
    private let record: ChangeRecord

    init(_ record: ChangeRecord) { self.record = record }

    /// A table of the layers and of what stands outside of them.
    var lines: [String] {
        let table = TextTable(
            header: [
                "layer", "language: mean |Δ|", "‖Δ‖/‖θ₀‖", "math: mean |Δ|", "‖Δ‖/‖θ₀‖", "cosine",
                "same sign", "rank: language", "math",
            ],
            rows: record.layers.enumerated().map(row) + outside,
            rightAligned: Set(1..<9)
        )
        return ["± half of the 95 % interval over rows; ranks are means over the layer's matrices."]
            + table.lines + (PublishedPicture(record).map { ["", $0.words] } ?? [])
    }

    private func row(_ number: Int, _ layer: ChangeRecord.Layer) -> [String] {
        let tensors = record.tensors.filter { $0.name.layer == number }
        let agreements = tensors.filter { $0.shape.count > 1 }.compactMap(\.signAgreement)
        return [
            "\(number)", Self.value(layer.language), Self.number(layer.languageNorm),
            Self.value(layer.math), Self.number(layer.mathNorm), Self.number(layer.cosine),
            Self.number(Self.mean(agreements)),
            Self.rank(tensors.compactMap(\.language.effectiveRank)),
            Self.rank(tensors.compactMap(\.math.effectiveRank)),
        ]
    }

    private var outside: [[String]] {
        record.tensors.filter { $0.name.layer == nil }.map { tensor in
            [
                tensor.name.module, Self.value(tensor.language.meanAbsolute),
                Self.number(tensor.language.relativeNorm), Self.value(tensor.math.meanAbsolute),
                Self.number(tensor.math.relativeNorm), Self.number(tensor.cosine),
                Self.number(tensor.signAgreement),
                Self.rank([tensor.language.effectiveRank].compactMap { $0 }),
                Self.rank([tensor.math.effectiveRank].compactMap { $0 }),
            ]
        }
    }

    private static func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }

    private static func rank(_ values: [Double]) -> String {
        mean(values).map { String(format: "%.1f", $0) } ?? "–"
    }

    private static func number(_ value: Double?) -> String {
        value.map { String(format: "%.3f", $0) } ?? "–"
    }

    private static func value(_ measurement: Estimate) -> String {
        let error = measurement.halfWidth.map { String(format: " ±%.5f", $0) } ?? ""
        return String(format: "%.5f", measurement.value) + error
    }
}
