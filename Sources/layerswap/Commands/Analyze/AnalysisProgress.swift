import ArgumentParser
import Pipeline

/// Tells how far an analysis is, and ends it when somebody asks for that.
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

    /// - Throws: `ExitCode` when the analysis is to stop.
    func update(_ what: String, _ done: Int, _ total: Int) throws {
        if StopSwitch.isOn {
            line.close()
            Console.writeError("Stopped; the same command begins again with what is finished.")
            throw ExitCode(130)
        }
        line.update("\(what)  \(done) of \(total)", isLast: done == total)
    }
}
