import Checkpointing
import Evaluation
import Foundation
import Foundations
import Recipes
import RunRecords
import Synchronization

/// All runs of a folder, as the page lists, follows, stops and starts them.
///
/// What a page names is looked for among the runs that are there; no name becomes a path.
package struct RunDesk: Sendable {
    /// Where runs are.
    let catalogue: RunCatalogue
    /// Where recipes are: the folder above `Recipes`.
    let root: URL
    /// The program that runs recipes.
    let program: URL
    /// The run whose models Studio shows; nil for models from elsewhere.
    let open: URL?
    let started = StartedRuns()

    /// The processes of the runs that were started here; some may have ended.
    package var startedProcesses: [pid_t] { started.processes }

    /// Looks at runs.
    ///
    /// - Parameters:
    ///   - catalogue: Where runs are.
    ///   - root: The folder above `Recipes`.
    ///   - program: The program that runs recipes.
    ///   - open: The run whose models Studio shows.
    package init(catalogue: RunCatalogue, root: URL, program: URL, open: URL?) {
        self.catalogue = catalogue
        self.root = root
        self.program = program
        self.open = open
    }

    /// Every run with its table.
    func list() -> [RunMessage] {
        catalogue.folders().map { folder in
            let summary = RunSummary(of: folder)
            return RunMessage(
                name: summary.folder,
                state: Self.state(summary.state),
                when: summary.started?.description ?? "",
                purpose: (try? LoadedRecipe(at: folder.appending(path: RunFolder.recipe)))?
                    .recipe.purpose ?? summary.message ?? "",
                table: Self.table(of: folder),
                open: folder.standardizedFileURL.path == open?.standardizedFileURL.path
            )
        }
    }

    private static func state(_ state: RunSummary.State) -> String {
        switch state {
        case .complete: "finished"
        case .running: "running"
        case .stopped, .failed, .interrupted, .incomplete, .unreadable: "interrupted"
        }
    }

    /// The answers of each model, as percentages; nil where there is no table yet.
    private static func table(of folder: URL) -> RunMessage.Table? {
        let file = RunStore(folder: folder).resultsFile
        guard let data = try? InputFile.data(at: file),
            let table = try? JSONDecoder().decode(ComparisonTable.self, from: data)
        else { return nil }
        let metrics = [Metric(.math, .target), Metric(.math, .english)]
        return RunMessage.Table(
            columns: metrics.map(\.title),
            rows: table.rows.map { row in
                RunMessage.Table.Row(
                    model: row.model,
                    values: metrics.map { metric in
                        row.metrics[metric].map { String(format: "%.1f %%", 100 * $0.value) } ?? "–"
                    }
                )
            }
        )
    }

    /// The folder of a run that the list has.
    ///
    /// - Throws: `StudioError.unknownRun`.
    func folder(of name: String) throws -> URL {
        let folders = catalogue.folders()
        guard let folder = folders.first(where: { $0.shownPath == name }) else {
            throw StudioError.unknownRun(name: name, known: folders.map(\.shownPath))
        }
        return folder
    }

    /// Asks the process that works on a run to stop, as Ctrl-C does.
    ///
    /// - Throws: `StudioError.unknownRun`, `StudioError.idle` when none works on it.
    func stop(_ name: String) throws {
        let folder = try folder(of: name)
        guard RunLock.isHeld(folder: folder),
            let number = RunLock.holder(of: folder), kill(number, SIGINT) == 0
        else { throw StudioError.idle(name) }
    }
}

/// The processes of the runs that a desk has started.
final class StartedRuns: Sendable {
    private let numbers = Mutex<[pid_t]>([])

    var processes: [pid_t] { numbers.withLock { $0 } }

    func add(_ process: pid_t) { numbers.withLock { $0.append(process) } }
}

/// A run in a list.
struct RunMessage: Encodable, Sendable {
    /// The answers of its models.
    struct Table: Encodable, Sendable {
        /// A model.
        struct Row: Encodable, Sendable {
            let model: String
            let values: [String]
        }

        let columns: [String]
        let rows: [Row]
    }

    let name: String
    let state: String
    let when: String
    let purpose: String
    let table: Table?
    let open: Bool
}
