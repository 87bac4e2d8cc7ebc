import Foundation
import Foundations
import MergeMethods
import Recipes
import RunRecords

extension RunArtifacts {
    /// A layer swap that was measured, and whether other experiments of the group had another.
    struct MeasuredSwap {
        /// The swap.
        var swap: LayerSwap
        /// Whether its experiments have chosen different ones.
        var isOneOfSeveral: Bool
    }

    /// What a model of a group is, when it is a layer swap and the records say which.
    ///
    /// A recipe with one setting says it; what was chosen among several is in the database.
    func measuredSwap(_ model: String, in group: Group) -> MeasuredSwap? {
        let labels = recipe.sweep.labels(of: group.name)
        let experiment = experiments.first { labels.contains($0.name) }
        if let merge = experiment?.recipe?.merges[model], merge.search == nil,
            merge.points.count == 1
        {
            guard case .layerSwap(let swap)? = merge.points.first?.method else { return nil }
            return MeasuredSwap(swap: swap, isOneOfSeveral: false)
        }
        var swaps: [LayerSwap] = []
        for row in overview.evaluations
        where row.model == model && row.split != EvaluationRow.choice && labels.contains(row.cell) {
            if let swap = row.layerSwap, !swaps.contains(swap) { swaps.append(swap) }
        }
        return swaps.first.map { MeasuredSwap(swap: $0, isOneOfSeveral: swaps.count > 1) }
    }

    /// How a model was made, in a few words; nil where the recipe does not know it.
    func words(for model: String) -> String? {
        let wording = Wording(recipe.languages)
        switch ModelPart(rawValue: model) {
        case .base: return "the model that both experts were trained from"
        case .math: return "the math expert: the base, trained on mathematics"
        case .language: return "the language expert: the base, trained on \(wording.target)"
        case nil: break
        }
        if let stage = recipe.stages[model] {
            if let checkpoint = stage.checkpoint { return "\(checkpoint), not trained here" }
            return "trained from \(stage.from ?? ModelPart.base.name) for "
                + "\(NumberText.grouped(stage.steps)) steps, no merge"
        }
        guard let merge = recipe.merges[model], let method = merge.points.first?.method else {
            return nil
        }
        if merge.choiceCount > 1 {
            return "the best of \(merge.choiceCount) settings of \(method.name) on development "
                + "problems"
        }
        switch method {
        case .average(let average):
            let isUniform = Set(average.terms.map(\.weight)).count == 1
            let names = Format.list(average.terms.map(\.input))
            return isUniform ? "the average of \(names), the usual merge" : method.summary
        case .layerSwap: return "layers of the language expert and layers of the math expert"
        default: return method.summary
        }
    }
}

extension EvaluationRow {
    /// The layer swap that was measured; nil when it was something else.
    var layerSwap: LayerSwap? {
        guard let text = try? method.text(),
            let method = try? JSONDecoder().decode(MergeMethod.self, from: Data(text.utf8)),
            case .layerSwap(let swap) = method
        else { return nil }
        return swap
    }
}
