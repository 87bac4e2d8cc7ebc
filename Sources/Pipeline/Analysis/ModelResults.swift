/// What an analysis found in each of some models.
package struct ModelResults<Record: Codable & Hashable & Sendable>: Codable, Hashable, Sendable {
    /// What was found in one model.
    package struct ModelResult: Codable, Hashable, Sendable {
        /// The model.
        package var model: String
        /// What was found.
        package var record: Record
    }

    /// What the models were shown: a part of the world, or files.
    package var source: String
    /// The models in order.
    package var models: [ModelResult]
}
