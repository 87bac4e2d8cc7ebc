import Checkpointing
import Foundation
import Merging
import Yams

/// A configuration file of mergekit, for `layerswap merge FILE`.
///
/// Understood are `merge_method` with `models` or `slices`, `base_model`, `parameters` with numbers,
/// gradients and filters, `dtype` and `out_dtype`. Models are folders; relative paths begin at the
/// folder of the file. What has no meaning here is refused with the reason.
enum MergekitFile {
    private enum Keys: String, RecipeKey {
        case mergeMethod = "merge_method"
        case models, slices, modules, parameters, dtype, tokenizer
        case baseModel = "base_model"
        case outDtype = "out_dtype"
        case tokenizerSource = "tokenizer_source"
        case chatTemplate = "chat_template"
    }

    private enum ModelKeys: String, RecipeKey { case model, parameters }

    private enum SliceKeys: String, RecipeKey {
        case sources, parameters
        case baseModel = "base_model"
        case residualWeight = "residual_weight"
    }

    private enum SourceKeys: String, RecipeKey {
        case model, parameters
        case layerRange = "layer_range"
    }

    private enum ConditionKeys: String, RecipeKey { case filter, value }

    /// Whether a file is one of mergekit's.
    static func isOne(_ document: RecipeDocument) -> Bool {
        guard case .mapping(let mapping) = document.root else { return false }
        return mapping.keys.contains { $0.scalar?.string == Keys.mergeMethod.rawValue }
    }

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - document: The file with overrides.
    ///   - url: Where it lies.
    /// - Returns: The merge, without an output.
    /// - Throws: `RecipeError`; errors of reading the first model's configuration.
    static func request(_ document: RecipeDocument, at url: URL) throws -> MergeRequest {
        let reader = try MappingReader(document.value, keys: Keys.self)
        try refuse(reader)
        var models = Models(folder: url.deletingLastPathComponent())
        if let base = reader.optional(.baseModel) { try models.add(base, as: LayerSwap.base) }
        let method = try method(reader.required(.mergeMethod, "how models become one"))
        let slices: [MergekitMerge.Slice]
        if let value = reader.optional(.slices) {
            guard reader.optional(.models) == nil else {
                throw value.error("models and slices exclude each other")
            }
            slices = try value.list("a list of slices").map { try slice($0, &models) }
        } else {
            slices = [try whole(reader.required(.models, "what is merged"), &models)]
        }
        return MergeRequest(
            method: .mergekit(
                MergekitMerge(
                    mergeMethod: method,
                    hasBase: models.hasBase,
                    slices: slices,
                    parameters: try parameters(reader.optional(.parameters))
                )
            ),
            inputs: models.inputs,
            storage: try storage(reader),
            output: nil
        )
    }

    private static func refuse(_ reader: MappingReader<Keys>) throws {
        let reasons: [(Keys, String)] = [
            (.modules, "models of several parts are not known here"),
            (
                .tokenizer,
                "tokens are not merged here; all models must have the same tokenizer, and the result has it"
            ),
            (
                .chatTemplate,
                "the result has the files of the first model; change its template there"
            ),
        ]
        for (key, reason) in reasons {
            if let value = reader.optional(key) { throw value.error(reason) }
        }
        if let value = reader.optional(.tokenizerSource),
            try value.text("the source of the tokenizer") == "union"
        {
            throw value.error(
                "tokens are not merged here; all models must have the same tokenizer, and the "
                    + "result has it"
            )
        }
    }

    private static func method(_ value: RecipeValue) throws -> MergekitMerge.Method {
        do { return try value.choice() } catch let error as RecipeError {
            throw RecipeError(
                place: error.place,
                problem: error.problem + "; mergekit's other methods are not known here"
            )
        }
    }

    private static func storage(_ reader: MappingReader<Keys>) throws -> MergeStorage {
        var storage = MergeStorage()
        // What mergekit computes in; here that is always more exact, and rounded once.
        guard let value = reader.optional(.outDtype) ?? reader.optional(.dtype) else {
            return storage
        }
        let text = try value.text("float32, float16 or bfloat16")
        do { storage.elementType = try StorageText.elementType(text) } catch {
            throw value.error("\(error)")
        }
        return storage
    }

    // MARK: Models and slices

    /// The models of a file, by names that are made from their folders.
    private struct Models {
        let folder: URL
        private(set) var inputs: [MergeInput] = []

        init(folder: URL) { self.folder = folder }

        var hasBase: Bool { inputs.contains { $0.name == LayerSwap.base } }

        /// The name of the model that a value means.
        mutating func name(_ value: RecipeValue) throws -> String {
            let place = try place(value)
            if let known = inputs.first(where: { $0.folder == place }) { return known.name }
            let stem = place.lastPathComponent
            let taken = Set(inputs.map(\.name) + [LayerSwap.base])
            let name =
                !taken.contains(stem)
                ? stem : (2...).lazy.map { "\(stem)-\($0)" }.first { !taken.contains($0) } ?? stem
            inputs.append(MergeInput(name: name, folder: place))
            return name
        }

        mutating func add(_ value: RecipeValue, as name: String) throws {
            inputs.append(MergeInput(name: name, folder: try place(value)))
        }

        private func place(_ value: RecipeValue) throws -> URL {
            let text = try value.text("the path of a model folder")
            let url = URL(filePath: text, relativeTo: folder).standardizedFileURL.absoluteURL
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(
                atPath: url.path(percentEncoded: false),
                isDirectory: &isFolder
            )
            guard exists, isFolder.boolValue else {
                throw value.error(
                    "there is no folder \"\(text)\"; a model of the Hugging Face hub must be "
                        + "downloaded first ('huggingface-cli download NAME --local-dir FOLDER')"
                )
            }
            return url
        }
    }

    /// All layers of all models: what `models` means.
    private static func whole(
        _ value: RecipeValue,
        _ models: inout Models
    ) throws -> MergekitMerge.Slice {
        var sources: [MergekitMerge.Source] = []
        for element in try value.list("a list of models") {
            let reader = try MappingReader(element, keys: ModelKeys.self)
            sources.append(
                MergekitMerge.Source(
                    model: try models.name(reader.required(.model, "the folder of a model")),
                    layers: 0..<0,
                    parameters: try parameters(reader.optional(.parameters))
                )
            )
        }
        guard !sources.isEmpty else { throw value.error("found an empty list of models") }
        if models.hasBase, !sources.contains(where: { $0.model == LayerSwap.base }) {
            sources.append(MergekitMerge.Source(model: LayerSwap.base, layers: 0..<0))
        }
        let depths = try models.inputs.first.map {
            try CheckpointArchitecture(in: $0.modelFolder(among: models.inputs)).layerCount
        }
        return MergekitMerge.Slice(
            sources: sources.map { source in
                var source = source
                source.layers = 0..<(depths ?? 0)
                return source
            }
        )
    }

    private static func slice(
        _ value: RecipeValue,
        _ models: inout Models
    ) throws -> MergekitMerge.Slice {
        let reader = try MappingReader(value, keys: SliceKeys.self)
        if let residual = reader.optional(.residualWeight) {
            throw residual.error("residual connections are not scaled here")
        }
        if let base = reader.optional(.baseModel) {
            throw base.error("slices have the base_model of the whole file here")
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
                    parameters: try parameters(reader.optional(.parameters))
                )
            )
        }
        guard !sources.isEmpty else { throw value.error("found a slice without models") }
        return MergekitMerge.Slice(
            sources: sources,
            parameters: try parameters(reader.optional(.parameters))
        )
    }

    // MARK: Parameters

    /// Parameters that change nothing here.
    private static let idle: Set<String> = ["int8_mask"]
    private static let known = [
        "weight", "density", "epsilon", "gamma", "lambda", "t", "scale", "normalize", "rescale",
        "filter_wise",
    ]

    private static func parameters(_ value: RecipeValue?) throws -> MergekitMerge.Parameters {
        guard let value else { return [:] }
        var parameters: MergekitMerge.Parameters = [:]
        for (name, setting) in try value.namedValues("a mapping of parameters") {
            if idle.contains(name) { continue }
            guard known.contains(name) else {
                let nearest = NearestWord.nearest(to: name, among: known)
                let hint = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
                throw setting.error(
                    "unknown parameter \"\(name)\", expected \(known.joined(separator: ", "))\(hint)"
                )
            }
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
