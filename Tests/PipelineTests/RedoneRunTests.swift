import Checkpointing
import Evaluation
import Foundation
import Pipeline
import Recipes
import RunRecords
import Testing

@Suite("Runs that make anew what is there")
struct RedoneRunTests {
    @Test("with --force every model is measured again, and that is what the database has")
    func force() throws {
        let place = try CheckpointPlace()
        defer { place.remove() }
        let loaded = try place.loaded()
        _ = try place.runner(loaded).run(observer: { _ in }, shouldStop: { false })
        let store = RunStore(folder: place.output)
        func scores() throws -> [ModelScores] {
            try loaded.recipe.modelNames.map { try ModelScores(in: store.evaluationFolder(of: $0)) }
        }
        let before = try scores()
        let rows = try falsify(store)
        #expect(rows.contains { $0.split == EvaluationRow.choice })
        #expect(rows.contains { $0.split == "test" && $0.replicate.contains("math-2") })

        _ = try place.runner(loaded, force: true).run(observer: { _ in }, shouldStop: { false })
        #expect(try scores() == before)
        let database = try RunDatabase(reading: store.databaseFile)
        let after = try database.evaluations()
        #expect(after.count == rows.count && after.allSatisfy { $0.run == 2 })
        for row in rows {
            let found = after.first {
                $0.identity == row.identity && $0.model == row.model
                    && $0.replicate == row.replicate
            }
            #expect(found?.metrics == row.metrics, "\(row.model) \(row.replicate) \(row.split)")
        }
    }

    /// Turns every right answer in the database into a wrong one and the other way round, as if the
    /// models had been others.
    ///
    /// - Returns: The evaluations as they were.
    private func falsify(_ store: RunStore) throws -> [EvaluationRow] {
        let database = try RunDatabase(at: store.databaseFile)
        let rows = try database.evaluations()
        for row in rows {
            var changed = row
            var outcomes: [Metric: Outcomes] = [:]
            for place in row.metrics.indices {
                let metric = row.metrics[place].metric
                var other = try #require(try database.outcomes(of: metric, in: row.identity))
                other.amounts = other.amounts.map { 1 - $0 }
                outcomes[metric] = other
                changed.metrics[place].measurement = try #require(other.measurement)
            }
            _ = try database.insert(changed, outcomes: outcomes, replacing: true)
        }
        return rows
    }

    @Test("a table of a sweep goes when an experiment of its group is to be made, others stay")
    func tables() throws {
        let place = try CheckpointPlace()
        defer { place.remove() }
        let loaded = try place.loaded("sweep={evaluation: {maximum_new_tokens: [3, 4]}}")
        let options = PipelineRunner.Options(threads: 1)
        let study = try StudyRunner(loaded, options: options)
        _ = try study.run(observer: { _ in }, shouldStop: { false })
        let store = RunStore(folder: place.output)
        let files = loaded.recipe.sweep.groups.map { store.resultsFile(of: $0.label) }
        #expect(files.count == 2 && files.allSatisfy(InputFile.exists))

        // It stops before it makes the second table.
        let comparison = study.cells[1].loaded.output.appending(path: RunFolder.comparison)
        try FileManager.default.removeItem(at: comparison)
        let outcome = try StudyRunner(loaded, options: options).run(
            observer: { _ in },
            shouldStop: { true }
        )
        guard case .stopped = outcome else {
            Issue.record("it did not stop")
            return
        }
        #expect(files.map(InputFile.exists) == [true, false])
        _ = try StudyRunner(loaded, options: options).run(
            observer: { _ in },
            shouldStop: { false }
        )
        #expect(files.allSatisfy(InputFile.exists))
    }
}
