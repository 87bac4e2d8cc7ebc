import Foundation
import RunRecords

/// How far an analysis is.
package struct AnalysisStep: Hashable, Sendable {
    /// What is measured now, in words: `math: reading samples`.
    package let what: String
    /// The parts that are done.
    package let done: Int
    /// All parts.
    package let total: Int

    init(_ what: String, _ done: Int, of total: Int) {
        self.what = what
        self.done = done
        self.total = total
    }
}

/// Hears how far an analysis is; what it throws ends the analysis.
package typealias AnalysisListener = (AnalysisStep) throws -> Void

/// One kind of analysis: what it asks, and how it makes its record of a run.
package protocol AnalysisTool {
    /// What decides the result beside the models.
    associatedtype Settings: Codable & Hashable & Sendable
    /// What was found.
    associatedtype Result: Codable & Hashable & Sendable

    /// Which analysis it is.
    static var kind: AnalysisKind { get }

    /// What is asked of a run when nobody says otherwise.
    static func standardSettings(for run: AnalyzedRun) -> Settings

    /// Describes an analysis.
    ///
    /// - Parameters:
    ///   - settings: The settings.
    ///   - threads: Threads that compute.
    init(_ settings: Settings, threads: Int)

    /// Analyses a run, or finds the record of it.
    ///
    /// - Parameters:
    ///   - run: The run.
    ///   - target: Where the record goes.
    ///   - progress: Hears how far it is.
    /// - Returns: The record and whether it was made now.
    /// - Throws: `AnalyzedRun.Failure`, `AnalysisError`, `AnalysisFileError`, errors of files and
    ///   what `progress` throws.
    func run(
        _ run: AnalyzedRun,
        to target: AnalysisTarget,
        progress: AnalysisListener
    ) throws -> (file: AnalysisFile<Settings, Result>, isNew: Bool)
}
