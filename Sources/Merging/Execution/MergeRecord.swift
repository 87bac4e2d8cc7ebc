import Foundation
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
