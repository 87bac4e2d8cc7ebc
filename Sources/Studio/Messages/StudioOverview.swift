import Datasets
import MergeMethods
import Recipes
import RunRecords

/// What the page shows of a run before anything is asked.
struct StudioOverview: Encodable, Sendable {
    /// A language of the run.
    struct Language: Encodable, Sendable {
        let role: String?
        let code: String
        let name: String
    }

    /// A trained model.
    struct Model: Encodable, Sendable {
        let name: String
        /// What it is in a layer swap; nil for what only stands beside it.
        let role: String?
    }

    /// How many problems are asked.
    struct Problems: Encodable, Sendable {
        static let standard = 100

        /// The fewest that a page offers.
        static let least = 50

        let standard = Self.standard
        let least = Self.least
        let most = StudioError.problemCounts.upperBound
        let source: String
    }

    /// A merge method.
    struct Method: Encodable, Sendable {
        let name: String
        let summary: String
        let formula: String
        let keys: [String]
        let inMemory: Bool
        let reference: String
    }

    let title: String
    let mode: String
    let canAsk: Bool
    let reason: String?
    let layers: Int
    let tiedHead: Bool
    let parameters: Int
    let languages: [Language]
    let bystanders: [Language]
    let models: [Model]
    let references: [String]
    let problems: Problems
    let methods: [Method]
    let keys: [String: KeyMessage]
    let published: JSONValue
    let variants: [VariantMessage]
    let canWrite: Bool
}

/// A named setting.
struct VariantMessage: Encodable, Sendable {
    /// The answers that are known.
    struct Scores: Encodable, Sendable {
        let target: ShareMessage?
        let english: ShareMessage?
    }

    let name: String
    let setting: JSONValue
    let summary: String
    let made: String
    let scores: Scores?
    let problems: Int?
}
