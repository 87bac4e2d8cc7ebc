import Checkpointing
import Foundation
import MergeMethods
import Merging
import RecipeDocuments
import Recipes
import Yams

/// A configuration file of mergekit, for `layerswap merge FILE`.
///
/// Understood is what mergekit 0.1.5 understands: `merge_method` with `models`, `slices` or one
/// module, `base_model`, `parameters` with numbers, gradients and filters at every level, `dtype`
/// and `out_dtype`, `tokenizer_source` and `tokenizer`, `chat_template`, and several documents of
/// which one uses what another makes (`MergekitSeries`). Models are folders, alone or with an
/// adapter as in `MODEL+ADAPTER`; relative paths begin at the folder of the file, or else at that
/// which the program was started in, and a name of the Hugging Face hub means its cache. What has no
/// meaning here is refused with the reason.
enum MergekitFile {
    enum Keys: String, RecipeKey {
        case mergeMethod = "merge_method"
        case models, slices, modules, parameters, dtype, tokenizer, name, metadata
        case baseModel = "base_model"
        case outDtype = "out_dtype"
        case tokenizerSource = "tokenizer_source"
        case chatTemplate = "chat_template"
        case outPath = "out_path"
    }

    private enum ModuleKeys: String, RecipeKey { case models, slices, parameters }

    /// Reads a file of one merge.
    ///
    /// - Parameters:
    ///   - document: The file with overrides.
    ///   - url: Where the file is.
    ///   - outputs: The folders of merges that are referred to by their names.
    /// - Returns: The merge, with an output when the file names one.
    /// - Throws: `RecipeError`; errors of reading the first model's configuration.
    static func request(
        _ document: RecipeDocument,
        at url: URL,
        outputs: [String: MergekitModels.Output] = [:]
    ) throws -> MergeRequest {
        let reader = try MappingReader(document.value, keys: Keys.self)
        let method = try method(reader.required(.mergeMethod, "how models become one"))
        var models = MergekitModels(folder: url.deletingLastPathComponent(), outputs: outputs)
        if let base = reader.optional(.baseModel) { try models.addBase(base) }
        let content = try content(reader)
        if let slices = content.slices { try models.addBase(ofSlices: slices) }
        var slices: [MergekitMerge.Slice] = []
        if let value = content.slices {
            let list = try value.list("a list of slices")
            slices = try list.map { try MergekitSlices.slice($0, &models) }
            guard !slices.isEmpty else { throw value.error("found an empty list of slices") }
        } else if let value = content.models {
            slices = [try MergekitSlices.whole(value, &models)]
        }
        var merge = MergekitMerge(
            mergeMethod: method,
            hasBase: models.hasBase,
            slices: slices,
            parameters: try MergekitParameters.read(reader.optional(.parameters))
        )
        if let value = content.parameters {
            merge.moduleParameters = try MergekitParameters.read(value)
        }
        merge.baseTitle = models.base.map { HubCache.title(of: $0.folder) }
        merge.name = try reader.optional(.name)?.text("the name of the merge")
        return MergeRequest(
            method: .mergekit(merge),
            inputs: models.inputs,
            architectures: models.architectures,
            storage: try storage(reader, models),
            output: try reader.optional(.outPath).map { try models.url($0.text("a folder")) }
        )
    }

    /// What is merged, wherever the file has it.
    private static func content(
        _ reader: MappingReader<Keys>
    ) throws -> (models: RecipeValue?, slices: RecipeValue?, parameters: RecipeValue?) {
        var models = reader.optional(.models)
        var slices = reader.optional(.slices)
        var parameters: RecipeValue?
        let modules = reader.optional(.modules)
        guard [models, slices, modules].count(where: { $0 != nil }) == 1 else {
            let value = modules ?? slices ?? models ?? reader.value
            throw value.error("expected one of models, slices and modules")
        }
        if let modules {
            let parts = try modules.namedValues("a mapping of modules")
            guard parts.count == 1, parts[0].name == "default" else {
                throw modules.error(
                    "models of several parts are not known here; those that are have one module, "
                        + "\"default\""
                )
            }
            let module = try MappingReader(parts[0].value, keys: ModuleKeys.self)
            models = module.optional(.models)
            slices = module.optional(.slices)
            parameters = module.optional(.parameters)
            guard (models == nil) != (slices == nil) else {
                throw parts[0].value.error("expected one of models and slices")
            }
        }
        return (models, slices, parameters)
    }

    private static func method(_ value: RecipeValue) throws -> MergekitMerge.Method {
        do { return try value.choice() } catch let error as RecipeError {
            throw RecipeError(
                place: error.place,
                problem: error.problem + "; these are the methods of mergekit 0.1.5"
            )
        }
    }

    private static func storage(
        _ reader: MappingReader<Keys>,
        _ models: MergekitModels
    ) throws -> MergeStorage {
        var storage = MergeStorage()
        // What mergekit computes in; here that is always more exact, and rounded once.
        if let value = reader.optional(.outDtype) ?? reader.optional(.dtype) {
            let text = try value.text("float32, float16 or bfloat16")
            do { storage.elementType = try StorageText.elementType(text) } catch {
                throw value.error("\(error)")
            }
        }
        storage.tokenizer = try MergekitTokenizer.source(reader, models)
        if let value = reader.optional(.chatTemplate) {
            storage.chatTemplate = try MergekitTokenizer.chatTemplate(value, models)
        }
        return storage
    }
}
