import Foundations
import MergeMethods
import RecipeDocuments
import Recipes

/// The slices of a configuration file of mergekit.
enum MergekitSlices {
    enum SliceKeys: String, RecipeKey {
        case sources, parameters
        case baseModel = "base_model"
        case residualWeight = "residual_weight"
    }

    private enum ModelKeys: String, RecipeKey { case model, parameters }

    private enum SourceKeys: String, RecipeKey {
        case model, parameters
        case layerRange = "layer_range"
    }

    /// All layers of all models: what `models` means.
    static func whole(
        _ value: RecipeValue,
        _ models: inout MergekitModels
    ) throws -> MergekitMerge.Slice {
        var sources: [MergekitMerge.Source] = []
        for element in try value.list("a list of models") {
            let reader = try MappingReader(element, keys: ModelKeys.self)
            sources.append(
                MergekitMerge.Source(
                    model: try models.name(reader.required(.model, "the folder of a model")),
                    layers: 0..<0,
                    parameters: try MergekitParameters.read(reader.optional(.parameters))
                )
            )
        }
        guard !sources.isEmpty else { throw value.error("found an empty list of models") }
        if models.hasBase, !sources.contains(where: { $0.model == ModelPart.base.name }) {
            sources.append(MergekitMerge.Source(model: ModelPart.base.name, layers: 0..<0))
        }
        let depths = try models.inputs.first.map {
            try models.architectures.architecture(of: $0, among: models.inputs).layerCount
        }
        return MergekitMerge.Slice(
            sources: sources.map { source in
                var source = source
                source.layers = 0..<(depths ?? 0)
                return source
            }
        )
    }

    /// Some layers of some models.
    static func slice(
        _ value: RecipeValue,
        _ models: inout MergekitModels
    ) throws -> MergekitMerge.Slice {
        let reader = try MappingReader(value, keys: SliceKeys.self)
        if let residual = reader.optional(.residualWeight) {
            throw residual.error(
                "residual connections are not scaled here, and mergekit 0.1.5 ignores the key"
            )
        }
        var sources: [MergekitMerge.Source] = []
        for element in try reader.required(.sources, "the models of the slice").list("a list") {
            let reader = try MappingReader(element, keys: SourceKeys.self)
            let range = try reader.required(
                .layerRange,
                "the first layer and the one behind the last"
            )
            let ends = try range.list("two numbers").map { try $0.integer(in: 0...100_000) }
            guard ends.count == 2, ends[0] < ends[1] else {
                throw range.error("expected two rising numbers, as in [0, 8]")
            }
            sources.append(
                MergekitMerge.Source(
                    model: try models.name(reader.required(.model, "the folder of a model")),
                    layers: ends[0]..<ends[1],
                    parameters: try MergekitParameters.read(reader.optional(.parameters))
                )
            )
        }
        guard !sources.isEmpty else { throw value.error("found a slice without models") }
        return MergekitMerge.Slice(
            sources: sources,
            parameters: try MergekitParameters.read(reader.optional(.parameters))
        )
    }
}

/// The parameters of a configuration file of mergekit.
enum MergekitParameters {
    private enum ConditionKeys: String, RecipeKey { case filter, value }

    /// Parameters that change nothing here.
    private static let idle: Set<String> = ["int8_mask"]
    private static let known = [
        "weight", "density", "epsilon", "gamma", "lambda", "t", "scale", "normalize", "rescale",
        "filter_wise", "nuslerp_flatten", "nuslerp_row_wise", "normalize_weights", "eps",
        "max_iter",
        "tol", "select_topk", "r", "alpha",
    ]

    /// Reads parameters by name.
    static func read(_ value: RecipeValue?) throws -> MergekitMerge.Parameters {
        guard let value else { return [:] }
        var parameters: MergekitMerge.Parameters = [:]
        for (name, setting) in try value.namedValues("a mapping of parameters") {
            if idle.contains(name) { continue }
            guard known.contains(name) else {
                let nearest = NearestName.nearest(to: name, among: known)
                let hint = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
                throw setting.error(
                    "unknown parameter \"\(name)\", expected \(known.joined(separator: ", "))\(hint)"
                )
            }
            // A parameter without a value is one that is left out.
            guard !setting.isEmpty else { continue }
            parameters[name] = try self.setting(setting)
        }
        return parameters
    }

    private static func setting(_ value: RecipeValue) throws -> MergekitSetting {
        switch value.node {
        case .mapping: return .conditions([try condition(value)])
        case .sequence:
            let elements = try value.list("a gradient or conditions")
            guard let first = elements.first else { throw value.error("found an empty list") }
            if case .mapping = first.node {
                return .conditions(try elements.map(condition))
            }
            return .gradient(try elements.map { try $0.number() })
        default:
            if let truth = try? value.boolean() { return .boolean(truth) }
            return .number(try value.number())
        }
    }

    private static func condition(_ value: RecipeValue) throws -> MergekitSetting.Condition {
        let reader = try MappingReader(value, keys: ConditionKeys.self)
        return MergekitSetting.Condition(
            filter: try reader.optional(.filter)?.text("part of the name of a tensor"),
            value: try setting(reader.required(.value, "the value where the filter fits"))
        )
    }
}
