import Analysis
import Evaluation
import Foundation
import Kernels
import RunRecords
import Transformer

/// Measures the models on the straight line between two experts of a run.
package struct LineTool: AnalysisTool {
    package typealias Settings = LineSettings
    package typealias Result = LineRecord

    package static let kind = AnalysisKind.line

    let settings: Settings
    let threads: Int

    package init(_ settings: Settings, threads: Int) {
        self.settings = settings
        self.threads = threads
    }

    package static func standardSettings(for run: AnalyzedRun) -> Settings { Settings() }

    /// Measures; an interrupted analysis goes on where it was.
    package func run(
        _ run: AnalyzedRun,
        to target: AnalysisTarget,
        progress: AnalysisListener
    ) throws -> (file: ExpertLineFile, isNew: Bool) {
        try settings.check()
        let models = try run.identities(of: [settings.base, settings.first, settings.second])
        let probe = try ModelProbe(
            run,
            problems: settings.problems,
            texts: settings.texts,
            threads: threads
        )
        let inputs = probe.inputs.merging(models) { $1 }
        return try target.resumableRecord(Self.kind, settings, inputs) {
            try record(of: run, probe, $0, progress)
        }
    }

    private func record(
        of run: AnalyzedRun,
        _ probe: ModelProbe,
        _ finished: FinishedProbes,
        _ progress: AnalysisListener
    ) throws -> LineRecord {
        func tell(_ done: Int) throws {
            try progress(AnalysisStep("models", done, of: settings.weights.count))
        }
        let first = try run.model(named: settings.first)
        let second = try run.model(named: settings.second)
        let cosine = try cosine(of: first, second, from: run.model(named: settings.base))
        let between = first.copied()
        var measured: [(weight: Double, outcomes: [Metric: Outcomes])] = []
        for (place, weight) in settings.weights.enumerated() {
            try tell(place)
            let outcomes = try finished.outcomes("\(weight)", like: measured.first?.outcomes) {
                Elementwise.interpolate(
                    first.parameters,
                    second.parameters,
                    weight: Float(weight),
                    into: between.parameters
                )
                return (try probe.outcomes(of: between), nil)
            }.outcomes
            measured.append((weight, outcomes))
        }
        try tell(settings.weights.count)
        return withExtendedLifetime((first, second, between)) {
            LineRecord(
                first: settings.first,
                second: settings.second,
                cosine: cosine,
                source: "the \(run.experiment.sampleSplit.rawValue) split",
                problems: settings.problems,
                texts: settings.texts,
                measured: measured
            )
        }
    }

    /// The cosine of both changes, over all parameters; nil when one model has not changed.
    private func cosine(
        of first: TransformerModel,
        _ second: TransformerModel,
        from base: TransformerModel
    ) -> Double? {
        let sums = withExtendedLifetime((first, second, base)) {
            Elementwise.changeSums(
                base: base.parameters,
                first.parameters,
                second.parameters
            )
        }
        guard sums.first > 0, sums.second > 0 else { return nil }
        return sums.product / (sums.first * sums.second).squareRoot()
    }
}
