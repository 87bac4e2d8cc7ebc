import MergeMethods
import Merging

extension MergeTool {
    /// Where one tensor of a merge comes from, for other programs.
    package struct PlannedTensor: Encodable, Sendable {
        /// The tensor's name in the merged model.
        package let tensor: String
        /// The source, as the lines of a plan have it.
        package let source: String
        /// The models that are read, by the names that the file of the merge gives them.
        package let models: [String]
        /// For each model in whose layers the tensor stands elsewhere, the number of that layer;
        /// nil where all have it in the same one.
        package let layers: [String: Int]?
        /// Whether its bytes are those of a model.
        package let isCopied: Bool
        /// The type in which it is stored.
        package let type: String
        /// Its lengths.
        package let shape: [Int]

        enum CodingKeys: String, CodingKey {
            case tensor, source, models, layers
            case isCopied = "copied"
            case type, shape
        }
    }

    /// The source of every tensor.
    package var plannedTensors: [PlannedTensor] {
        let plan = executor.plan
        return plan.outputs.map { output in
            let layers = output.place.layer.map { layer in
                let own = output.shifts.map { (plan.method.ownName(of: $0), layer + $1) }
                return Dictionary(own, uniquingKeysWith: { first, _ in first })
            }
            return PlannedTensor(
                tensor: output.description.name,
                source: plan.text(of: output.source),
                models: output.source.inputs.map(plan.method.ownName),
                layers: layers.flatMap { $0.isEmpty ? nil : $0 },
                isCopied: output.isCopied,
                type: output.description.elementType.rawValue,
                shape: output.description.shape
            )
        }
    }
}
