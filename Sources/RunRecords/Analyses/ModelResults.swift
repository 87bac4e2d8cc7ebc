/// What an analysis found in each of some models.
package struct ModelResults<Record: Codable & Hashable & Sendable>: Codable, Hashable, Sendable {
    /// What was found in one model.
    package struct ModelResult: Codable, Hashable, Sendable {
        /// The model.
        package var model: String
        /// What was found.
        package var record: Record

        /// What was found in one model.
        ///
        /// - Parameters:
        ///   - model: The model.
        ///   - record: What was found.
        package init(model: String, record: Record) {
            self.model = model
            self.record = record
        }
    }

    /// What the models were shown: a part of the world, or files.
    package var source: String
    /// The models in order.
    package var models: [ModelResult]

    /// What was found in several models.
    ///
    /// - Parameters:
    ///   - source: What the models were shown: a part of the world, or files.
    ///   - models: The models in order.
    package init(source: String, models: [ModelResult]) {
        self.source = source
        self.models = models
    }
}
