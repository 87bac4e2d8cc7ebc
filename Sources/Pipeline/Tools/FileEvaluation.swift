import Checkpointing
import Datasets
import Evaluation
import Foundation
import Tokenization
import Transformer

/// Measures a model folder on files of problems, without a recipe.
package struct FileEvaluation {
    /// What is asked.
    package enum Work: Hashable, Sendable {
        /// Choices, whose likelihoods are compared.
        case choice(URL, ChoiceFileFormat)
        /// MGSM with worked examples of a file.
        case mgsm(URL, MGSMForm, exemplars: URL?, shots: Int, maximumNewTokens: Int)

        /// The files that are read.
        package var files: [URL] {
            switch self {
            case .choice(let url, _): [url]
            case .mgsm(let url, _, let exemplars, _, _): [url] + [exemplars].compactMap { $0 }
            }
        }
    }

    private let language: String
    private let limit: Int?
    private let batchSize: Int
    private let tasks: HarnessTasks<TextGenerator, SequenceScorer>

    /// Loads a model folder with its tokenizer.
    ///
    /// - Parameters:
    ///   - folder: The model.
    ///   - language: The code of the language of the problems.
    ///   - limit: How many problems are asked of each file; all when nil.
    ///   - batchSize: How many problems are decoded together.
    ///   - threads: Threads that compute.
    /// - Throws: Errors of checkpoints and tokenizers, `ToolError.vocabulary`.
    package init(
        model folder: URL,
        language: String,
        limit: Int?,
        batchSize: Int = 32,
        threads: Int
    ) throws {
        let model = try TransformerModel(at: folder)
        let tokenizer = try Tokenizer(inModelFolder: folder)
        try ToolError.check(tokenizer, fits: model, in: folder)
        self.language = language
        self.limit = limit
        self.batchSize = batchSize
        tasks = HarnessTasks(
            tokenizer: tokenizer,
            generator: TextGenerator(model: model, threadCount: threads),
            scorer: SequenceScorer(model: model, threadCount: threads)
        )
    }

    /// Measures one thing.
    ///
    /// - Throws: `DataFileError`, `EvaluationError`, errors of the model.
    package func perform(_ work: Work) throws -> Evaluator.Result {
        let role: LanguageRole = language == "en" ? .english : .target
        switch work {
        case .choice(let url, let format):
            return try tasks.choice(
                first(ChoiceReader.problems(at: url, format: format, language: language)),
                role
            )
        case .mgsm(let url, let form, let exemplars, let shots, let maximumNewTokens):
            return try tasks.mgsm(
                first(MathReader.problems(at: url, format: .mgsm, language: language)),
                role,
                form: form,
                language: language,
                exemplars: try exemplars.map {
                    try ExemplarReader.exemplars(at: $0, language: language, count: shots)
                } ?? [],
                maximumNewTokens: maximumNewTokens,
                batchSize: batchSize
            )
        }
    }

    private func first<Problem>(_ problems: [Problem]) -> [Problem] {
        limit.map { Array(problems.prefix($0)) } ?? problems
    }

    /// Where the answers go.
    package static func records(_ folder: URL, of model: URL, reading files: [URL]) -> OutputPlace {
        OutputPlace(
            folder,
            kind: .folder,
            inputs: [OutputPlace.Input("the model", model)]
                + files.map { OutputPlace.Input("a file of problems", $0) },
            remedy: "name another folder with --records"
        )
    }
}
