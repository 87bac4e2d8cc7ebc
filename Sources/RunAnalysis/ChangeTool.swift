import Analysis
import Foundation
import MergeMethods
import RunRecords

/// Measures how far the experts of a run, or any three checkpoints, have moved from their base.
package struct ChangeTool: AnalysisTool {
    package typealias Settings = ChangeSettings
    package typealias Result = ChangeRecord

    package static let kind = AnalysisKind.change

    let settings: Settings
    let threads: Int

    package init(_ settings: Settings, threads: Int) {
        self.settings = settings
        self.threads = threads
    }

    package static func standardSettings(for run: AnalyzedRun) -> Settings { Settings() }

    package func run(
        _ run: AnalyzedRun,
        to target: AnalysisTarget,
        progress: AnalysisListener
    ) throws -> (file: ChangeFile, isNew: Bool) {
        try record(
            of: settings.names.map(run.checkpoint),
            try run.identities(of: settings.names),
            to: target,
            progress
        )
    }

    /// Analyses checkpoint folders, which the settings name.
    ///
    /// - Returns: The record and whether it was made now.
    /// - Throws: `AnalysisFileError.exists`, `AnalysisError`, errors of files and what `progress`
    ///   throws.
    package func run(
        to target: AnalysisTarget,
        progress: AnalysisListener
    ) throws -> (file: ChangeFile, isNew: Bool) {
        let folders = settings.names.map { URL(filePath: $0) }
        let hashes = try folders.map(CheckpointIdentity.hash)
        let inputs = Dictionary(
            zip(ModelPart.allCases.map(\.name), hashes),
            uniquingKeysWith: { first, _ in first }
        )
        return try record(of: folders, inputs, to: target, progress)
    }

    /// The record of base, language expert and math expert, in this order.
    private func record(
        of folders: [URL],
        _ inputs: [String: String],
        to target: AnalysisTarget,
        _ progress: AnalysisListener
    ) throws -> (file: ChangeFile, isNew: Bool) {
        let analysis = ChangeAnalysis(
            thresholds: settings.thresholds,
            findsRanks: settings.ranks,
            threadCount: threads
        )
        return try target.record(Self.kind, settings, inputs) { _ in
            try analysis.run(base: folders[0], language: folders[1], math: folders[2]) {
                try progress(AnalysisStep("tensors", $0, of: $1))
            }
        }
    }
}
