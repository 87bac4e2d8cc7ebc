import Datasets
import Evaluation

/// What a model's measurements are as one JSON object: its row, with what has to be said beside it.
package struct EvaluationSummary: Encodable {
    private let row: ComparisonTable.Row
    private let form: PromptForm?
    private let notes: [String: [String]]
    private let limit: Int?

    private enum CodingKeys: String, CodingKey {
        case form = "prompt_form"
        case notes, limit
    }

    /// Sums up all results of a model.
    ///
    /// - Parameters:
    ///   - model: Its name.
    ///   - results: The results.
    ///   - form: How it was asked; nil where every task has its own form.
    ///   - limit: How many of each set were asked at most; nil for all.
    package init(
        model: String,
        _ results: [Evaluator.Result],
        form: PromptForm? = nil,
        limit: Int? = nil
    ) {
        row = Evaluator.row(of: model, results)
        self.form = form
        self.limit = limit
        notes = Dictionary(
            results.filter { !$0.notes.isEmpty }.map { ($0.task.metric.rawValue, $0.notes) },
            uniquingKeysWith: +
        )
    }

    /// The keys of the row, and those with something to say.
    package func encode(to encoder: any Encoder) throws {
        try row.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        if let form, form == .plain { try container.encode(form.name, forKey: .form) }
        if !notes.isEmpty { try container.encode(notes, forKey: .notes) }
        try container.encodeIfPresent(limit, forKey: .limit)
    }
}
