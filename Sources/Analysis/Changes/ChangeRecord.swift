import Evaluation

/// How far two experts have moved from their base, tensor by tensor.
package struct ChangeRecord: Codable, Hashable, Sendable {
    /// How one expert has changed one tensor; Δ = θ − θ₀.
    package struct ExpertChange: Codable, Hashable, Sendable {
        /// Σ |Δ| / n with its error over rows.
        package var meanAbsolute: Estimate
        /// Σ |Δ| / Σ |θ₀|; nil when the base is zero.
        package var relativeMagnitude: Double?
        /// ‖Δ‖ / ‖θ₀‖ in Frobenius norms; nil when the base is zero.
        package var relativeNorm: Double?
        /// For each threshold t the share of rows whose mean |Δ| is above t times the mean |θ₀| of
        /// the tensor.
        package var rowsAbove: [Double]
        /// As `rowsAbove`, of columns; nil for tensors of one dimension.
        package var columnsAbove: [Double]?
        /// exp(−Σ p ln p) with p = σ / Σ σ of the singular values σ of Δ: how many directions the
        /// change has (Roy and Vetterli, 2007); nil for tensors of one dimension and where it was
        /// not asked for.
        package var effectiveRank: Double?

        private enum CodingKeys: String, CodingKey {
            case meanAbsolute = "mean_absolute"
            case relativeMagnitude = "relative_magnitude"
            case relativeNorm = "relative_norm"
            case rowsAbove = "rows_above"
            case columnsAbove = "columns_above"
            case effectiveRank = "effective_rank"
        }
    }

    /// One tensor.
    package struct Tensor: Codable, Hashable, Sendable {
        /// Its name and place.
        package var name: TensorName
        /// Its sizes, outermost first.
        package var shape: [Int]
        /// Σ |θ₀| / n.
        package var baseMagnitude: Double
        /// The change of the language expert.
        package var language: ExpertChange
        /// The change of the math expert.
        package var math: ExpertChange
        /// The cosine of both changes; nil when one of them is none.
        package var cosine: Double?
        /// Of the entries that both have changed, the share that both have changed in the same
        /// direction; nil when there are none.
        package var signAgreement: Double?

        /// The change of an expert.
        package subscript(expert: ChangedExpert) -> ExpertChange {
            switch expert {
            case .language: language
            case .math: math
            }
        }

        private enum CodingKeys: String, CodingKey {
            case name, shape, language, math, cosine
            case baseMagnitude = "base_magnitude"
            case signAgreement = "sign_agreement"
        }
    }

    /// A layer: all tensors of a block together.
    package struct Layer: Codable, Hashable, Sendable {
        /// Σ |Δ| / n of the language expert with its error over the rows of all tensors.
        package var language: Estimate
        /// Σ |Δ| / n of the math expert with its error.
        package var math: Estimate
        /// ‖Δ‖ / ‖θ₀‖ of the language expert.
        package var languageNorm: Double
        /// ‖Δ‖ / ‖θ₀‖ of the math expert.
        package var mathNorm: Double
        /// The cosine of both changes; nil when one of them is none.
        package var cosine: Double?

        private enum CodingKeys: String, CodingKey {
            case language, math, cosine
            case languageNorm = "language_norm"
            case mathNorm = "math_norm"
        }
    }

    /// The thresholds of `rowsAbove` and `columnsAbove`, as shares of a tensor's mean |θ₀|.
    package var thresholds: [Double]
    /// The tensors from the input to the output.
    package var tensors: [Tensor]
    /// The layers from the input to the output.
    package var layers: [Layer]
}

/// One of the two models whose changes are compared.
package enum ChangedExpert: String, Codable, CaseIterable, Sendable {
    /// The expert of the target language.
    case language
    /// The expert of mathematics.
    case math
}
