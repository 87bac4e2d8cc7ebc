import Evaluation
import Foundations
import MergeMethods
import Recipes
import RunRecords

extension Section {
    /// What every model gains, how often, and at what cost.
    static func gains(_ run: RunArtifacts) -> Section? {
        let tables = run.groups.compactMap { group in
            gainTable(group, in: run, isInPoints: true).map { (name: group.name, table: $0) }
        }
        guard !tables.isEmpty else { return nil }
        return Section(
            identifier: "gain",
            title: "Gain and cost",
            content: tables.map { name, table in
                table.markup(
                    caption: (name.isEmpty ? "" : "\(name): ") + gainCaption
                        + "; gains are percentage points"
                )
            }
        )
    }

    /// What the columns of `gainTable` are.
    static let gainCaption =
        "Answers to target problems above the base and above the better expert, with the 95 % "
        + "intervals of the tests, and over seeds where models are not tested; how many seeds are above the base; the operations of all training that a "
        + "model needs besides the base; how many settings of a merge were tried on development "
        + "problems"

    /// A model a row; nil where no model is tested against the base.
    static func gainTable(
        _ group: RunArtifacts.Group,
        in run: RunArtifacts,
        isInPoints: Bool = false
    ) -> DataTable? {
        guard let compared = run.recipe.comparedModels.first else { return nil }
        let gains = ModelGain.all(in: group.table, compared: compared).filter {
            $0.overBase != nil
        }
        guard !gains.isEmpty else { return nil }
        func lead(_ lead: ModelGain.Lead?) -> String { text(of: lead, isInPoints) }
        return DataTable(
            ["model", "above the base", "seeds", "above the better expert", "training", "tried"],
            rows: gains.map { gain in
                [
                    gain.model, lead(gain.overBase),
                    gain.overBase.map { "\($0.seedsAbove) of \($0.seeds.count)" } ?? "–",
                    lead(gain.overBestExpert),
                    run.trainingOperations(of: gain.model, in: group).map(NumberText.short) ?? "–",
                    run.recipe.merges[gain.model].map { "\($0.choiceCount)" } ?? "",
                ]
            },
            emphasized: Set(
                gains.indices.filter { run.recipe.comparedModels.contains(gains[$0].model) }
            )
        )
    }

    private static func text(of lead: ModelGain.Lead?, _ isInPoints: Bool) -> String {
        guard let lead else { return "–" }
        func text(_ value: Double) -> String {
            isInPoints ? Format.points(value) : Format.signed(value)
        }
        let difference = text(lead.difference)
        guard let interval = lead.interval else { return difference }
        return "\(difference) [\(text(interval.lowerBound)), \(text(interval.upperBound))]"
    }
}

extension RunArtifacts {
    /// The operations of the training that a model needs besides the base, in the mean over the
    /// experiments of a group; nil where any of them is not known.
    func trainingOperations(of model: String, in group: Group) -> Double? {
        let name = model.replacing(#/ \(best\)$/#, with: "")
        guard let stages = recipe.trained(for: name) else { return nil }
        let labels = recipe.sweep.labels(of: group.name)
        var total = 0.0
        for stage in stages {
            let names = recipe.replicas(of: stage)
            let costs = overview.stages.filter { row in
                names.contains(row.name) && labels.contains(row.cell)
            }.compactMap(\.cost.operations)
            guard !costs.isEmpty else { return nil }
            total += costs.reduce(0, +) / Double(costs.count)
        }
        return total
    }
}

extension Recipe {
    /// The stages that must be trained for a model besides the base; nil when there is no such
    /// model.
    func trained(for model: String) -> Set<String>? {
        if model == ModelPart.base.name { return [] }
        if let stage = stages[model] {
            guard !stage.isCheckpoint else { return [] }
            return Set([model]).union(stage.from.flatMap(trained) ?? [])
        }
        guard let merge = merges[model] else { return nil }
        // A stage that is trained several times is an input by the names of its replicas.
        let inputs = Set(merge.points.flatMap(\.inputs.values)).map { input in
            replica(named: input)?.stage ?? input
        }
        return inputs.reduce(into: []) { $0.formUnion(trained(for: $1) ?? []) }
    }
}
