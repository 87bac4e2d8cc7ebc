import ArgumentParser
import Checkpointing
import Foundation
import Foundations
import Pipeline
import RankedStudies
import Ranks

extension WorkOptions {
    /// Has all ranks make the stages that are not there yet, when a launcher has started several.
    ///
    /// Returns at rank 0 alone, when the others have gone; they end here. What goes wrong is said
    /// once: by rank 0, with the rank that it went wrong at.
    ///
    /// - Parameter options: What is asked of the run.
    /// - Throws: `ValidationError` for what ranks cannot do together, `RankFailure` and what
    ///   `RankedStudy.run` throws.
    func makeStages(_ options: PipelineRunner.Options) throws {
        guard OpenMPI.isLaunched() else { return }
        let group = try RankGroup.join()
        guard group.count > 1 else { return try group.leave() }
        guard group.rank == 0 else { work(at: group, options) }
        do {
            guard !force else {
                throw ValidationError("--force redoes stages in one process; leave out mpirun")
            }
            let outcome = try order(from: group, options)
            try RankedStudy.end(group)
            try group.leave()
            guard case .complete = outcome else {
                RunStop.stopped(in: "the work of all ranks")
                StopSwitch.end()
            }
        } catch let error where error is RankedStudy.Silence || error is RankGroup.Failure {
            // Nobody is left with whom an end could be agreed upon.
            Console.writeError("layerswap: error: \(error)")
            group.abort(EXIT_FAILURE)
        } catch {
            try? RankedStudy.end(group)
            try? group.leave()
            throw error
        }
    }

    /// What rank 0 does.
    private func order(
        from group: RankGroup,
        _ options: PipelineRunner.Options
    ) throws -> RankedStudy.Outcome {
        let study = try RankedStudy(StudyRunner(recipe.load(), options: options), group)
        RunStop.expect(in: nil)
        let reporter = RankReporter(console: output.console)
        defer { reporter.close() }
        return try study.run(observer: reporter.report, follow: RunStop.follow) { StopSwitch.isOn }
    }

    /// What every other rank does, to its end.
    private func work(at group: RankGroup, _ options: PipelineRunner.Options) -> Never {
        // Rank 0 speaks for all.
        RunStop.isSilent = true
        RunStop.expect(in: nil)
        do {
            try RankWorker(group).work(options: options, recipe.load, follow: RunStop.follow) {
                StopSwitch.isOn
            }
            try group.leave()
        } catch {
            let host = ProcessInfo.processInfo.hostName
            Console.writeError("rank \(group.rank) on \(host): \(ErrorText.text(of: error))")
            group.abort(EXIT_FAILURE)
        }
        Foundation.exit(StopSwitch.isOn ? StopSwitch.exitCode : EXIT_SUCCESS)
    }
}
