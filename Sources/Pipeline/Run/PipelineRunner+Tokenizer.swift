import Checkpointing
import Datasets
import Foundation
import Foundations
import MergeMethods
import ModelConversion
import Recipes
import RunRecords
import Tokenization

extension PipelineRunner {
    /// The tokenizer of the run.
    package func tokenizer() throws -> Tokenizer {
        try Tokenizer(inModelFolder: store.folder(of: RunFolder.tokenizer))
    }

    /// How the models of the run are asked.
    package func form(for tokenizer: Tokenizer) throws -> PromptForm {
        try experiment.recipe.prompt.form(
            for: tokenizer,
            in: store.folder(of: RunFolder.tokenizer)
        )
    }

    /// Trains the tokenizer, or copies that of the base's checkpoint.
    func makeTokenizer(_ stage: Stage) throws {
        let start = ContinuousClock.now
        let settings = experiment.recipe.tokenizer
        guard settings.isTrained else {
            guard let base = experiment.loaded.checkpoint(of: ModelPart.base.name) else {
                preconditionFailure("a tokenizer that is not trained is that of a checkpoint")
            }
            try finish(stage, since: start) { folder in
                let tokenizer = try Tokenizer(inModelFolder: base)
                try ToolError.check(tokenizer, fitsRows: settings.vocabulary, in: base)
                try tokenizer.write(toModelFolder: folder)
                // It may say which token ends a document.
                let file = base.appending(path: "generation_config.json")
                guard InputFile.exists(file) else { return }
                try AtomicFile.write(
                    InputFile.data(at: file),
                    to: folder.appending(path: file.lastPathComponent)
                )
            }
            return
        }
        let report = try TokenizerTrainer.report(
            sentences: experiment.corpusTexts(experiment.corpusSources()),
            options: TokenizerTrainingOptions(
                vocabularySize: settings.vocabulary,
                modelType: settings.kind == .bpe ? .bpe : .unigram,
                splitsDigits: settings.splitDigits,
                byteFallback: settings.byteFallback,
                characterCoverage: settings.characterCoverage
            )
        )
        try observer(.tokenizer(report))
        try finish(stage, since: start) { folder in
            try AtomicFile.write(report.model, to: folder.appending(path: "tokenizer.model"))
        }
    }

    /// Writes beside the pieces of a trained tokenizer how `transformers` reads them, and how the
    /// models of the run are asked where that is by symbols.
    ///
    /// A tokenizer that came with a checkpoint has files of its own.
    ///
    /// - Throws: Errors of reading and writing.
    func writeHubTokenizer(_ tokenizer: Tokenizer, positions: Int, in folder: URL) throws {
        guard experiment.recipe.tokenizer.isTrained else { return }
        let files = try HubTokenizer.files(
            beside: folder.appending(path: "tokenizer.model"),
            context: positions,
            chatTemplate: form(for: tokenizer) == .standard ? ChatSymbols.template : nil
        )
        for (name, data) in files {
            try AtomicFile.write(data, to: folder.appending(path: name))
        }
    }

    /// Takes a model that exists for a stage: the folder of the stage refers to it.
    func take(_ name: String, _ stage: Stage) throws {
        guard let reference = checkpoints[name] else {
            preconditionFailure("there is no checkpoint \(name)")
        }
        try finish(stage, since: .now) { folder in
            try reference.write(in: folder)
        }
        try observer(.referred(stage: name, reference))
    }

    /// Refuses a checkpoint that has changed in its place since the run took it: what was made from
    /// it would be put aside without a word.
    func requireSameCheckpoints() throws {
        for (name, reference) in checkpoints {
            let folder = store.folder(of: name)
            guard let earlier = try? CheckpointReference.existing(in: folder),
                earlier.folder == reference.folder, earlier.hash != reference.hash
            else { continue }
            try CheckpointReference.check(folder)
        }
    }
}
