/// One of the two languages of an experiment, by its part in it.
package enum LanguageRole: String, Codable, CaseIterable, Sendable {
    /// The language that the mathematics is learned in.
    case english
    /// The language that the mathematics is wanted in.
    case target
}
