import Recipes

/// What is asked: a model by its name, or a merge that nobody has named.
package enum Subject: Hashable, Sendable {
    /// A trained model, the average of both experts, or a variant.
    case model(String)
    /// A setting.
    case merge(MergeSettings)
}
