import Evaluation
import Recipes

/// The table of a group as the headline reads it: which model is compared with which.
struct GroupResult {
    /// The run.
    let run: RunArtifacts
    /// The group.
    let group: RunArtifacts.Group
    /// What languages and measures are called.
    let wording: Wording
    /// The models that the experiment is about and that the table has.
    let models: [String]
    /// Problems solved in each language in which they were asked.
    let metrics: [Metric]

    /// Reads a group.
    init(_ run: RunArtifacts, _ group: RunArtifacts.Group) {
        self.run = run
        self.group = group
        wording = Wording(run.recipe.languages)
        let rows = group.table.rows
        metrics = Measure.math.metrics.filter { metric in
            rows.contains { $0.metrics[metric] != nil }
        }
        let metrics = metrics
        models = run.recipe.comparedModels.filter { model in
            rows.contains { row in
                row.model == model && metrics.contains { row.metrics[$0] != nil }
            }
        }
    }

    /// The table.
    var table: ComparisonTable { group.table }

    /// The row of a model.
    func row(_ model: String) -> ComparisonTable.Row? {
        table.rows.first { $0.model == model }
    }

    /// The rows of what the experiment is about.
    var emphasized: Set<Int> {
        Set(table.rows.indices.filter { run.recipe.comparedModels.contains(table.rows[$0].model) })
    }

    /// Comparisons of whole measures, those of the question first.
    var tests: [PairedTest] {
        let whole = table.tests.filter { !$0.metric.isPart }
        return whole.filter { $0.role == .primary } + whole.filter { $0.role != .primary }
    }

    /// Whether any p value is adjusted.
    var isAdjusted: Bool { table.tests.contains { $0.adjustedP != nil } }

    private func tests(of model: String, _ metric: Metric) -> [PairedTest] {
        table.tests.filter { $0.a == model && $0.metric == metric && $0.role != .bound }
    }

    /// The comparisons of a model that the experiment was made for: those that were named before;
    /// without any, those with base, experts, average and joint training; without these, all.
    func question(about model: String, metric: Metric) -> [PairedTest] {
        let all = tests(of: model, metric)
        let primary = all.filter { $0.role == .primary }
        guard primary.isEmpty else { return primary }
        let usual = all.filter { EffectMap.rivals.contains($0.b) }
        return usual.isEmpty ? all : usual
    }

    /// The rows of the question: the compared models and what they are compared with.
    var shownRows: [ComparisonTable.Row] {
        let rivals = models.flatMap { model in
            metrics.flatMap { question(about: model, metric: $0).map(\.b) }
        }
        let names = Set(models + rivals)
        let rows = table.rows.filter { names.contains($0.model) || names.contains($0.title) }
        return rows.isEmpty || models.isEmpty ? table.rows : rows
    }

    /// What the tests of a model say in one language; nothing when there are none.
    func sentences(about model: String, metric: Metric) -> [String] {
        let asked = question(about: model, metric: metric)
        guard !asked.isEmpty else { return [] }
        func list(_ verdict: Verdict) -> String? {
            let found = asked.filter { Verdict($0) == verdict }
            guard !found.isEmpty else { return nil }
            return Format.list(found.map { "\($0.b) (\(Format.points($0.difference)))" })
        }
        let surely = [
            list(.better).map { "more than \($0)" }, list(.worse).map { "fewer than \($0)" },
        ].compactMap { $0 }
        var words = "In \(wording.language(of: metric) ?? metric.title) "
        if !surely.isEmpty {
            words += "\(model) solves \(surely.joined(separator: ", and ")), in percentage points."
        }
        if let open = list(.open) {
            words +=
                surely.isEmpty
                ? "no difference is shown to \(open): what was measured could be chance."
                : " What separates it from \(open) could be chance."
        }
        let others = tests(of: model, metric).filter { test in
            !asked.contains { $0.b == test.b }
        }.map(Verdict.init)
        guard !others.isEmpty else { return [words] }
        let counts = [
            (others.count { $0 == .better }, "ahead"), (others.count { $0 == .worse }, "behind"),
            (others.count { $0 == .open }, "open"),
        ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return ["\(words) Against \(others.count) more models: \(counts.joined(separator: ", "))."]
    }

    /// How far the result reaches, in words.
    var words: String {
        var words =
            table.seeds == 1
            ? "One seed: this is about these trained models, and only a lead for the method."
            : "Means over \(table.seeds) seeds."
        if let pairs = table.pairs { words += " Each seed has \(pairs) pairs of experts." }
        if run.recipe.evaluation.split == .development {
            words +=
                " Asked were development problems, by which settings may have been chosen: a "
                + "lead and no result."
        }
        return words
    }
}
