import Foundations
import RunAnalysis
import RunRecords

/// A record that was made, or that was there, and its place.
struct AnalysisOutcome<
    Settings: Codable & Hashable & Sendable,
    Result: Codable & Hashable & Sendable
> {
    let file: AnalysisFile<Settings, Result>
    let isNew: Bool
    let target: AnalysisTarget

    init(_ record: (file: AnalysisFile<Settings, Result>, isNew: Bool), at target: AnalysisTarget) {
        (file, isNew) = record
        self.target = target
    }

    /// Prints what was found, where it is recorded and, when asked for, all of it as JSON.
    func show(as lines: (Result) -> [String], on console: Console) throws {
        for line in lines(file.result) { console.result(line) }
        let place = target.url.shownPath
        console.remark(
            isNew
                ? "\nRecorded in \(place), \(Duration.seconds(file.seconds).briefly)."
                : "\nFrom \(place); --force repeats it."
        )
        try console.object(file)
    }
}
