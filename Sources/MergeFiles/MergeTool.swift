import Foundation
import Foundations
import MergeMethods
import Merging

/// Carries out a requested merge of checkpoint folders.
package struct MergeTool: Sendable {
    /// What was done.
    package struct Summary: Encodable, Sendable {
        /// The merged folder.
        package private(set) var output: String
        /// Tensors whose bytes were copied and proven equal to their source.
        package let copiedTensors: Int
        /// Tensors that were computed.
        package let computedTensors: Int
        /// The weight files with their SHA-256.
        package let weights: [String: String]
        /// The seconds of each step: merging, proving, hashing.
        package let seconds: [String: Double]
        /// The most memory that the process has held, in units of 2²⁰ bytes.
        package let peakResidentMegabytes: Int

        /// The same for a folder that was moved.
        func at(_ folder: URL) -> Summary {
            var summary = self
            summary.output = folder.shownPath
            return summary
        }

        enum CodingKeys: String, CodingKey {
            case output, copiedTensors, computedTensors, weights, seconds
            case peakResidentMegabytes = "peak_rss_mb"
        }
    }

    /// Where the result goes, when it was said.
    package let output: URL?

    /// Whether the merged model has the layers of the models, each in its place.
    var keepsLayers: Bool { executor.plan.renames.isEmpty }

    let executor: MergeExecutor

    /// Opens and compares the models and plans the merge; nothing is written.
    ///
    /// - Throws: What keeps models from being merged.
    package init(
        _ request: MergeRequest,
        threads: Int,
        progress: (MergeProgress) throws -> Void = { _ in }
    ) throws {
        output = request.output
        executor = try MergeExecutor(
            request.method,
            of: request.inputs,
            storage: request.storage,
            architectures: request.architectures,
            workspace: MergeWorkspace(threadCount: threads),
            progress: progress
        )
    }

    /// A merge that a file describes.
    ///
    /// - Throws: `RecipeError`, and what keeps models from being merged.
    package init(
        recipe url: URL,
        overrides: [String],
        threads: Int,
        progress: (MergeProgress) throws -> Void = { _ in }
    ) throws {
        try self.init(
            MergeRequest(file: url, overrides: overrides),
            threads: threads,
            progress: progress
        )
    }

    /// The source of every tensor, one a line.
    package var planLines: [String] { executor.plan.lines(everyTensor: true) }

    /// The sources of layers, one line for each run of layers with the same.
    package var briefLines: [String] { executor.plan.lines() }

    /// The merge as a configuration file of mergekit.
    ///
    /// - Throws: `MergekitExportError` when mergekit cannot express it.
    package func mergekitConfiguration() throws -> String {
        try MergekitExport(
            plan: executor.plan,
            folders: executor.inputs,
            storage: executor.storage
        ).yaml()
    }

    /// How far the experts have moved, layer by layer; nil without base, language and math expert.
    ///
    /// - Throws: Errors of reading.
    package func changes(
        progress: (MergeProgress) throws -> Void
    ) throws -> ChangeProfile? {
        try executor.changes(progress: progress)
    }

    /// Warnings before a merge, as sentences without a full stop.
    ///
    /// - Throws: Errors of reading.
    package func warnings(progress: (MergeProgress) throws -> Void) throws -> [String] {
        try executor.warnings(progress: progress)
    }

    /// Merges into a folder.
    ///
    /// - Throws: `OutputError` when the folder may not be written, `MergeError`,
    ///   `FileError`, and what `progress` throws.
    package func write(
        to folder: URL,
        replacing: Bool,
        progress: (MergeProgress) throws -> Void
    ) throws -> Summary {
        var steps = StepClock()
        let report = try executor.write(
            to: folder,
            replacing: replacing,
            version: ProgramVersion.current,
            progress: { state in
                steps.begin(state.step)
                try progress(state)
            }
        )
        return summary(of: report, in: folder, steps)
    }

    /// Merges into a folder that the caller makes, to become `folder`.
    ///
    /// - Throws: `MergeError`, `FileError`, and what `progress` throws.
    func fill(
        _ partial: URL,
        of folder: URL,
        progress: (MergeProgress) throws -> Void
    ) throws -> Summary {
        var steps = StepClock()
        let report = try executor.fill(
            partial,
            of: folder,
            version: ProgramVersion.current,
            progress: { state in
                steps.begin(state.step)
                try progress(state)
            }
        )
        return summary(of: report, in: folder, steps)
    }

    private func summary(
        of report: MergeReport,
        in folder: URL,
        _ steps: StepClock
    ) -> Summary {
        var steps = steps
        steps.end()
        return Summary(
            output: folder.shownPath,
            copiedTensors: report.copiedTensors,
            computedTensors: report.computedTensors,
            weights: Dictionary(
                report.weights.map { ($0.name, $0.hash.hexadecimal) },
                uniquingKeysWith: { first, _ in first }
            ),
            seconds: steps.seconds,
            peakResidentMegabytes: ProcessMemory.peakBytes >> 20
        )
    }

    /// Merges once more and compares with a merged folder, without writing anything.
    ///
    /// - Returns: The number of tensors that were compared.
    /// - Throws: `MergeError.differs` at the first difference.
    package func verify(
        _ folder: URL,
        progress: (MergeProgress) throws -> Void
    ) throws -> Int {
        try executor.verify(folder, progress: progress)
    }
}

/// Adds up the time of steps that follow each other.
private struct StepClock {
    private(set) var seconds: [String: Double] = [:]
    private var current: (step: MergeProgress.Step, since: ContinuousClock.Instant)?

    /// Ends the step before, if this is another one.
    mutating func begin(_ step: MergeProgress.Step) {
        guard current?.step != step else { return }
        end()
        current = (step, .now)
    }

    mutating func end() {
        guard let (step, since) = current else { return }
        seconds[step.rawValue, default: 0] += since.duration(to: .now).inSeconds
        current = nil
    }
}
