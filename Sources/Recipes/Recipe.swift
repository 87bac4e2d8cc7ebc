import Datasets
import Foundation
import MergeMethods
import RecipeDocuments

/// A whole experiment as one YAML file describes it, after defaults and overrides.
package struct Recipe: Encodable, Hashable, Sendable {
    /// Names the run and its folder.
    package var name: String
    /// One sentence on what the recipe is for.
    package var purpose: String?
    /// The seed of all randomness in training.
    package var seed: UInt64
    /// The experiments that the recipe is run as; one when it has no axes.
    package var sweep: SweepSettings
    /// The two languages.
    package var languages: LanguageSettings
    /// How poor the target language is in the base.
    package var resource: ResourceSettings
    /// What the generated world is like.
    package var world: WorldSettings
    /// Where the files of data are.
    package var data: DataSettings
    /// The tokenizer.
    package var tokenizer: TokenizerSettings
    /// The model.
    package var model: ModelSettings
    /// How the models are asked.
    package var prompt: PromptSettings
    /// The training stages by name; the first is `base`.
    package var stages: Named<TrainingStageSettings>
    /// The merges by name.
    package var merges: Named<MergeVariants>
    /// What every model is measured on.
    package var evaluation: EvaluationSettings
    /// The folder of the run; relative to the package.
    package var output: String

    enum CodingKeys: String, DescribedKey {
        case name, purpose, seed, sweep, languages, resource, world, data, tokenizer, model
        case prompt, training, stages, merges, evaluation, output

        static let places = [""]

        var entry: KeyEntry {
            switch self {
            case .name:
                .text("a name", .required("it names the run and its folder")).meaning(
                    "Names the run and its folder: letters, digits, - and _."
                ).written(as: "tiny")
            case .purpose:
                .text("a sentence", .absent("none")).meaning(
                    "What the recipe is for, in one sentence."
                ).written(as: "Shows the pipeline in a minute.")
            case .seed: .seed(.value(1)).meaning("The seed of all randomness in training.")
            case .sweep:
                .section(.absent("one experiment")).meaning(
                    "Settings that the recipe is run with, one combination after another."
                ).written(as: "{seed: [1, 2, 3]}")
            case .languages:
                .section(.derived("the defaults of its keys")).meaning("The two languages.")
                    .written(as: "{english: en, target: te}")
            case .resource:
                .section(.absent("no change")).meaning(
                    "How much of the target language the base reads."
                ).written(as: "0.1")
            case .world:
                .section(.derived("the defaults of its keys")).meaning("The generated world.")
                    .written(as: "{seed: 3}")
            case .data:
                .section(.absent("everything is generated")).meaning("Where the files of data are.")
                    .written(as: "{folder: Data}")
            case .tokenizer:
                .section(.derived("that of the base's checkpoint; required without one")).meaning(
                    "The tokenizer."
                ).written(as: "{vocabulary: 2048}")
            case .model:
                .section(.derived("that of the base's checkpoint; required without one")).meaning(
                    "The model."
                ).written(as: "{layers: 8, width: 128, heads: 4}")
            case .prompt:
                .section(.derived("the defaults of its keys")).meaning(
                    "How the models are asked, in training and in measuring alike."
                ).written(as: "{template: chatml}")
            case .training:
                .section(.absent("every stage has its own settings")).meaning(
                    "What all stages share; a stage may write its own over it."
                ).written(as: "{learning_rate: 3e-3}")
            case .stages:
                .section(.required("the training stages, of which the first is base")).meaning(
                    "The training stages by name; the first is `base`."
                ).written(as: "{base: {steps: 300, mixture: {…}}}")
            case .merges:
                .section(.required("the merges, such as soup and swap")).meaning(
                    "The merges by name."
                ).written(as: "{swap: {method: layer-swap}}")
            case .evaluation:
                .section(.required("what every model is measured on")).meaning(
                    "What every model is measured on."
                ).written(as: "{problems: {…}, text: {…}}")
            case .output:
                .text("a folder", .derived("`\(RunFolder.standardParent)/` and the name")).meaning(
                    "The folder of the run, relative to the package."
                ).written(as: "Checkpoints/tiny")
            }
        }
    }

    /// Reads a recipe.
    ///
    /// - Parameters:
    ///   - value: The recipe as it is written.
    ///   - root: Where the relative paths of checkpoints begin, whose shapes are read.
    /// - Throws: `RecipeError`.
    package init(_ value: RecipeValue, root: URL) throws {
        let reader = try MappingReader(value, keys: CodingKeys.self)
        name = try reader.value(.name)
        guard RecipeValue.isName(name) else {
            throw (reader.optional(.name) ?? value).error(
                "found \"\(name)\", expected a name of letters, digits, - and _"
            )
        }
        purpose = try reader.valueIfPresent(.purpose)
        seed = try reader.value(.seed)
        sweep = try SweepSettings(reader.optional(.sweep))
        languages = try LanguageSettings(reader.section(.languages))
        resource = try ResourceSettings(reader.optional(.resource))
        world = try WorldSettings(recipe: reader.optional(.world))
        if let lexicon = resource.lexicon {
            world.familiarNounShare = lexicon
            world.familiarVerbShare = lexicon
        }
        data = try DataSettings(reader.optional(.data))
        prompt = try PromptSettings(reader.optional(.prompt))
        let writtenStages = try reader.required(.stages)
        if let base = try BaseCheckpoint(in: writtenStages, root: root) {
            tokenizer = try TokenizerSettings(reader.optional(.tokenizer), of: base)
            model = try ModelSettings(reader.optional(.model), of: base)
        } else {
            tokenizer = try TokenizerSettings(
                reader.required(.tokenizer, "how text is cut in pieces")
            )
            model = try ModelSettings(reader.required(.model, "the shape of the model"))
        }
        stages = try Self.stages(writtenStages, shared: reader.optional(.training), model: model)
        merges = try Self.merges(reader.required(.merges), stages: stages, model: model)
        evaluation = try EvaluationSettings(reader.required(.evaluation))
        output = try reader.value(.output, derived: "\(RunFolder.standardParent)/\(name)")
        try check(at: value)
    }

    /// Reads the merges, each of which may take the stages and the merges written before it.
    private static func merges(
        _ value: RecipeValue,
        stages: Named<TrainingStageSettings>,
        model: ModelSettings
    ) throws -> Named<MergeVariants> {
        let names = try value.namedValues("a mapping of names to merges").map(\.name)
        var written: [String] = []
        return try Named(value, "a mapping of names to merges") { name, value in
            guard stages[name] == nil else {
                throw value.error("a merge cannot have the name of a training stage")
            }
            let merge = try MergeVariants(
                value,
                layers: model.layers,
                tiedHead: model.tiedEmbeddings,
                stages: stages,
                merges: written,
                unwritten: names.filter { !written.contains($0) }
            )
            if merge.isWritten { written.append(name) }
            return merge
        }
    }

    /// Refuses what each part allows alone and not beside the others.
    private func check(at value: RecipeValue) throws {
        try Self.checkFiles(of: self, at: value)
        try Self.checkNames(of: self, at: value)
        try Self.checkChoices(of: self, at: value)
        try Self.checkResource(of: self, at: value)
        try Self.checkCompared(of: self, at: value)
        try Self.checkCheckpoints(of: self, at: value)
        try Self.checkBystanders(of: self, at: value)
        try Self.checkSecondTargets(of: self, at: value)
    }

    /// All models in the order in which tables show them.
    package var modelNames: [String] { stages.names + merges.names }

    /// The settings of the base, with which every model begins.
    package var base: TrainingStageSettings {
        guard let base = stages[ModelPart.base.name] else {
            preconditionFailure("a recipe without a base is refused when it is read")
        }
        return base
    }

    /// Writes everything but the shared settings, which every stage already includes.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encodeIfPresent(purpose, forKey: .purpose)
        try container.encode(seed, forKey: .seed)
        if !sweep.axes.isEmpty { try container.encode(sweep, forKey: .sweep) }
        try container.encode(languages, forKey: .languages)
        if !resource.isPlain { try container.encode(resource, forKey: .resource) }
        try container.encode(world.keyed, forKey: .world)
        if data.folder != nil { try container.encode(data, forKey: .data) }
        try container.encode(tokenizer, forKey: .tokenizer)
        try container.encode(model, forKey: .model)
        if !prompt.isDefault { try container.encode(prompt, forKey: .prompt) }
        try container.encode(stages, forKey: .stages)
        try container.encode(merges, forKey: .merges)
        try container.encode(evaluation, forKey: .evaluation)
        try container.encode(output, forKey: .output)
    }

    /// The files of data that the recipe names, relative to the folder of the data.
    package var files: [String] { (learned + corpus).compactMap(\.file) + askedFiles }

    /// Those of `files` that a run reads: a source without weight is left out.
    var readFiles: [String] {
        (learned + corpus).filter { $0.weight > 0 }.compactMap(\.file) + askedFiles
    }

    /// The sources that models learn from.
    private var learned: [SourceSettings] {
        stages.entries.flatMap(\.value.mixtures).flatMap(\.entries).map(\.value)
    }

    /// The sources that the tokenizer is trained on, where it has its own.
    private var corpus: [SourceSettings] { tokenizer.corpus?.entries.map(\.value) ?? [] }

    /// The files that models are measured on, and those of examples before questions.
    private var askedFiles: [String] {
        evaluation.files
            + [evaluation.examples?.file, evaluation.mgsm?.exemplars].compactMap { $0 }
    }

    /// Refuses files without a folder, and a file that is both learned and measured on.
    private static func checkFiles(of recipe: Recipe, at value: RecipeValue) throws {
        let learned = recipe.learned.compactMap(\.file)
        let measured = recipe.evaluation.files
        if recipe.data.folder == nil, let file = recipe.files.first {
            throw RecipeError(
                place: value.document.file,
                problem: "the recipe reads \"\(file)\" but data.folder is not set; "
                    + "write it, or add --set data.folder=FOLDER"
            )
        }
        if let file = measured.first(where: learned.contains) {
            throw RecipeError(
                place: value.document.file,
                problem: "\"\(file)\" is among what models learn from and what they are measured "
                    + "on; measure on another file"
            )
        }
    }
}
