import RunAnalysis

/// Reports how far an analysis is.
struct AnalysisProgress {
    private let line: ProgressLine

    /// Runs an analysis with a progress line, which is closed behind it whatever happens.
    static func shown<Made>(
        on console: Console,
        _ analysis: (AnalysisProgress) throws -> Made
    ) rethrows -> Made {
        let progress = AnalysisProgress(line: ProgressLine(console: console))
        defer { progress.line.close() }
        return try analysis(progress)
    }

    /// Says how an analysis ends that is stopped.
    static func expectStop() {
        StopSwitch.expect { finished in
            finished.isEmpty
                ? "Stopped; the same command continues with what is finished."
                : StopSwitch.standardWords(finished)
        }
    }

    /// Says how far it is.
    func update(_ step: AnalysisStep) {
        line.update(
            "\(step.what)  \(step.done) of \(step.total)",
            isLast: step.done == step.total
        )
    }
}
