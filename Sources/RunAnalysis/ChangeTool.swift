import Analysis
import Foundation
import MergeMethods
import RunRecords

/// Measures how far the experts of a run, or any three checkpoints, have moved from their base.
package struct ChangeTool {
    /// What decides the result beside the models.
    package typealias Settings = ChangeSettings

    /// The record.
    package typealias File = ChangeFile

    /// The settings.
    package var settings: Settings
    /// Threads that compute.
    package var threads: Int

    /// Describes an analysis.
    package init(_ settings: Settings, threads: Int) {
        self.settings = settings
        self.threads = threads
    }

    /// Analyses the experts of a run.
    ///
    /// - Returns: The record and whether it was made now.
    /// - Throws: `AnalyzedRun.Failure`, `AnalysisError`, errors of files and what `progress`
    ///   throws.
    package func run(
        _ run: AnalyzedRun,
        to target: AnalysisTarget,
        progress: (Int, Int) throws -> Void
    ) throws -> (file: File, isNew: Bool) {
        let folders = try settings.names.map(run.checkpoint)
        return try target.record(.change, settings, try run.identities(of: settings.names)) { _ in
            try analysis.run(
                base: folders[0],
                language: folders[1],
                math: folders[2],
                progress: progress
            )
        }
    }

    /// Analyses checkpoint folders, which the settings name.
    ///
    /// - Returns: The record and whether it was made now.
    /// - Throws: `AnalysisFileError.exists`, `AnalysisError`, errors of files and what `progress`
    ///   throws.
    package func run(
        to target: AnalysisTarget,
        progress: (Int, Int) throws -> Void
    ) throws -> (file: File, isNew: Bool) {
        let folders = settings.names.map { URL(filePath: $0) }
        let hashes = try folders.map(CheckpointIdentity.hash)
        let inputs = Dictionary(
            zip(ModelPart.allCases.map(\.name), hashes),
            uniquingKeysWith: { first, _ in first }
        )
        return try target.record(.change, settings, inputs) { _ in
            try analysis.run(
                base: folders[0],
                language: folders[1],
                math: folders[2],
                progress: progress
            )
        }
    }

    private var analysis: ChangeAnalysis {
        ChangeAnalysis(
            thresholds: settings.thresholds,
            findsRanks: settings.ranks,
            threadCount: threads
        )
    }
}
