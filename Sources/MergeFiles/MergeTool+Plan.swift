import MergeMethods
import Merging

extension MergeTool {
    /// Where one tensor of a merge comes from, for other programs.
    package struct PlannedTensor: Encodable, Sendable {
        /// The tensor's name in the merged model.
        package let tensor: String
        /// The source, as the lines of a plan have it.
        package let source: String
        /// The names of the models that are read.
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
        executor.plan.outputs.map { output in
            let layers = output.place.layer.map { layer in
                output.shifts.mapValues { layer + $0 }
            }
            return PlannedTensor(
                tensor: output.description.name,
                source: output.source.description,
                models: output.source.inputs,
                layers: layers.flatMap { $0.isEmpty ? nil : $0 },
                isCopied: output.isCopied,
                type: output.description.elementType.rawValue,
                shape: output.description.shape
            )
        }
    }
}
