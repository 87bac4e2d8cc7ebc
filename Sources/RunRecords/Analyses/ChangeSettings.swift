import Analysis
import MergeMethods

/// What decides the result beside the models.
package struct ChangeSettings: Codable, Hashable, Sendable {
    /// The name or folder of the base.
    package var base: String
    /// The name or folder of the language expert.
    package var language: String
    /// The name or folder of the math expert.
    package var math: String
    /// As shares of a tensor's mean |θ₀|.
    package var thresholds: [Double]
    /// Whether effective ranks are computed.
    package var ranks: Bool

    /// Describes an analysis.
    package init(
        base: String = ModelPart.base.name,
        language: String = ModelPart.language.name,
        math: String = ModelPart.math.name,
        thresholds: [Double] = ChangeAnalysis.standardThresholds,
        ranks: Bool = true
    ) {
        self.base = base
        self.language = language
        self.math = math
        self.thresholds = thresholds
        self.ranks = ranks
    }

    /// The names or folders of the models, the base first.
    package var names: [String] { [base, language, math] }
}
