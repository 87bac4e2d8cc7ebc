import Checkpointing
import Foundation
import Foundations
import MergeMethods

/// A merge as recorded in `provenance.json`, from which it can be repeated.
package struct MergeRecord: Codable, Sendable {
    /// How the models were merged.
    package var method: MergeMethod
    /// How the result is stored.
    package var storage: MergeStorage
    /// The names of the models, in the order in which they were given.
    package var models: [Model]

    /// One model.
    package struct Model: Codable, Sendable {
        /// The part it plays.
        package var name: String
        /// Its folder.
        package var folder: String
        /// The folder of an adapter that changes it, where one was given beside it.
        package var adapter: String?
    }

    /// The record as JSON with keys in fixed order.
    ///
    /// - Throws: `EncodingError`.
    func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// Reads the text of a record; nil when it is none.
    package init?(text: String) {
        guard let record = try? JSONDecoder().decode(MergeRecord.self, from: Data(text.utf8)) else {
            return nil
        }
        self = record
    }

    /// Reads the record in `provenance.json` of a merged folder.
    ///
    /// - Throws: `FolderError` when there is no such record.
    package init(in folder: URL) throws {
        let provenance = try Provenance(in: folder)
        guard let record = provenance.recipe.flatMap(MergeRecord.init(text:)) else {
            throw FolderError.wrongKind(
                path: folder.appending(path: Provenance.fileName).shownPath,
                found: "no record of a merge",
                expected: "a folder that 'layerswap merge' has made"
            )
        }
        self = record
    }

    /// The models of a merge that made a folder.
    package func inputs(of folder: URL) -> [MergeInput] {
        models.map { model in
            // A model that the same file has made lies beside or inside of the folder.
            let isInside = !model.folder.hasPrefix("/")
            return MergeInput(
                name: model.name,
                folder: isInside
                    ? folder.appending(path: model.folder).standardizedFileURL
                    : URL(filePath: model.folder),
                adapter: model.adapter.map { URL(filePath: $0) },
                recordedPath: isInside ? model.folder : nil
            )
        }
    }

    init(_ executor: MergeExecutor) {
        method = executor.plan.method
        storage = executor.storage
        models = executor.models.map {
            Model(
                name: $0.name,
                folder: $0.input.recordedPath ?? $0.folder.path(percentEncoded: false),
                adapter: $0.input.adapter?.path(percentEncoded: false)
            )
        }
    }
}
