import MergeMethods
import Merging
import Recipes

/// Planning a merge, which takes no model.
extension Workshop {
    /// Where each part of a merged model would come from.
    ///
    /// It is computed beside the work, so that a drag is drawn while models are asked.
    ///
    /// - Throws: The errors of the method.
    nonisolated func plan(_ merge: MergeSettings) throws -> PlanMessage {
        let plan = try MergePlan(merge.method, architecture: shape.architecture)
        var sources = PlanMessage.Sources(
            layers: Array(repeating: .init(), count: plan.architecture.layerCount)
        )
        for output in plan.outputs {
            let source = PlanMessage.Source(output.source)
            switch output.place {
            case .embeddings: sources.embeddings = source
            case .finalNorm: sources.final_norm = source
            case .head: sources.head = source
            case .layer(let layer, .attention): sources.layers[layer].attention = source
            case .layer(let layer, .mlp): sources.layers[layer].mlp = source
            }
        }
        return PlanMessage(
            summary: merge.method.summary,
            yaml: try RecipeText.yaml(of: merge),
            sources: sources
        )
    }
}
