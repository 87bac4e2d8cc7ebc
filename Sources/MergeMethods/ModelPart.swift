/// What a model is in an experiment: the common base or one of the two experts trained from it.
///
/// The raw value is the name of the training stage and of the input of a merge, as recipes, records
/// and databases have it.
package enum ModelPart: String, CaseIterable, Sendable {
    /// The model that both experts are trained from.
    case base
    /// The expert of the target language.
    case language
    /// The expert of mathematics.
    case math

    /// The stored name.
    package var name: String { rawValue }
}
