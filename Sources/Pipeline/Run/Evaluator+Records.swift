import Checkpointing
import Evaluation
import Foundation
import Recipes

extension Evaluator {
    /// The row of a table that some results make.
    package static func row(of model: String, _ results: [Result]) -> ComparisonTable.Row {
        let measurements = results.flatMap(\.measurements).map { ($0.metric, $0.1) }
        return ComparisonTable.Row(
            model: model,
            metrics: Dictionary(measurements, uniquingKeysWith: { first, _ in first })
        )
    }

    /// Where the answers of a model go.
    ///
    /// - Parameters:
    ///   - folder: A new folder.
    ///   - model: The folder of the model.
    ///   - loaded: The recipe that says what is measured.
    /// - Returns: The place, which can be checked before anything is measured.
    package static func records(
        _ folder: URL,
        of model: URL,
        by loaded: LoadedRecipe
    ) -> OutputPlace {
        OutputPlace(
            folder,
            kind: .folder,
            inputs: [OutputPlace.Input("the model", model)] + loaded.inputs,
            remedy: "name another folder with --records"
        )
    }

    /// Writes every answer as JSON lines into a new folder.
    ///
    /// - Parameters:
    ///   - results: The results.
    ///   - limit: How many of each set were asked at most, which the names of the files say; nil
    ///     for all.
    ///   - place: The folder.
    /// - Throws: `OutputError` when the folder may not be written.
    package static func write(
        _ results: [Result],
        limit: Int? = nil,
        to place: OutputPlace
    ) throws {
        let part = limit.map { "first-\($0)-" } ?? ""
        try place.createFolder { partial in
            for result in results {
                let file = partial.appending(path: part + result.fileName)
                try AtomicFile.write(result.records, to: file)
            }
        }
    }
}
