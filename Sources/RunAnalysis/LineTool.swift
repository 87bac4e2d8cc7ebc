import Analysis
import Evaluation
import Foundation
import Kernels
import RunRecords
import Transformer

/// Measures the models on the straight line between two experts of a run.
package struct LineTool {
    /// What decides the result beside the models.
    package typealias Settings = LineSettings

    /// The record.
    package typealias File = ExpertLineFile

    /// The settings.
    package var settings: Settings
    /// Threads that compute.
    package var threads: Int

    /// Describes an analysis.
    package init(_ settings: Settings, threads: Int) {
        self.settings = settings
        self.threads = threads
    }

    /// Measures; an interrupted analysis goes on where it was.
    ///
    /// - Parameters:
    ///   - run: The run.
    ///   - target: Where the record goes.
    ///   - progress: Called with how many models are measured of how many; what it throws ends the
    ///     analysis, and what is measured is kept.
    /// - Returns: The record and whether it was made now.
    /// - Throws: `AnalyzedRun.Failure`, `AnalysisError`, errors of files and what `progress`
    ///   throws.
    package func run(
        _ run: AnalyzedRun,
        to target: AnalysisTarget,
        progress: (Int, Int) throws -> Void
    ) throws -> (file: File, isNew: Bool) {
        try settings.check()
        let names = [settings.base, settings.first, settings.second]
        return try target.record(.line, settings, try run.identities(of: names)) { identity in
            let finished = try FinishedProbes(
                .line,
                in: target.url.deletingLastPathComponent(),
                identity: identity
            )
            let record = try record(of: run, finished, progress)
            finished.remove()
            return record
        }
    }

    private func record(
        of run: AnalyzedRun,
        _ finished: FinishedProbes,
        _ progress: (Int, Int) throws -> Void
    ) throws -> LineRecord {
        let probe = try ModelProbe(
            run.experiment,
            tokenizer: run.tokenizer(),
            form: run.form(),
            problems: settings.problems,
            texts: settings.texts,
            threads: threads
        )
        let first = try run.model(named: settings.first)
        let second = try run.model(named: settings.second)
        let cosine = try cosine(of: first, second, from: run.model(named: settings.base))
        let between = first.copied()
        var measured: [(weight: Double, outcomes: [Metric: Outcomes])] = []
        for (place, weight) in settings.weights.enumerated() {
            try progress(place, settings.weights.count)
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
        try progress(settings.weights.count, settings.weights.count)
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
