import Datasets
import Evaluation
import Pipeline
import Tokenization
import Transformer

/// Asks models the same few things in both languages: problems, and how well they predict text.
struct ModelProbe {
    private let problems: [LanguageRole: [MathProblem]]
    private let texts: [LanguageRole: [Document]]
    private let tokenizer: Tokenizer
    private let questions: Questions
    private let usesCalculator: Bool
    private let sequenceLength: Int
    private let threads: Int

    init(
        _ experiment: Experiment,
        tokenizer: Tokenizer,
        form: PromptForm,
        problems: Int,
        texts: Int,
        threads: Int
    ) throws {
        let roles = LanguageRole.allCases
        self.problems = Dictionary(
            uniqueKeysWithValues: try roles.map {
                ($0, try experiment.sampleProblems($0, count: problems))
            }
        )
        self.texts = Dictionary(
            uniqueKeysWithValues: try roles.map {
                ($0, try experiment.sampleTexts($0, count: texts))
            }
        )
        self.tokenizer = tokenizer
        let evaluation = experiment.recipe.evaluation
        questions = Questions(
            tokenizer: tokenizer,
            form: form,
            maximumNewTokens: evaluation.maximumNewTokens,
            batchSize: evaluation.batchSize
        )
        usesCalculator = evaluation.calculator == .on
        sequenceLength = experiment.recipe.base.sequenceLength
        self.threads = threads
    }

    /// The outcomes by metric (`InterventionRecord.metrics`).
    func outcomes(of model: TransformerModel) throws -> [Metric: Outcomes] {
        var outcomes: [Metric: Outcomes] = [:]
        let generator = TextGenerator(model: model, threadCount: threads)
        let scorer = SequenceScorer(model: model, threadCount: threads)
        for role in LanguageRole.allCases {
            let math = Metric(.math, role)
            outcomes[math] = try MathEvaluator(
                task: math.rawValue,
                questions: questions,
                usesCalculator: usesCalculator
            ).evaluate(problems[role] ?? [], with: generator).outcomes(of: .exact)
            let text = Metric(.bitsPerByte, role)
            outcomes[text] = try LikelihoodEvaluator(
                task: text.rawValue,
                tokenizer: tokenizer,
                maximumSequenceLength: sequenceLength
            ).evaluate(texts[role] ?? [], with: scorer).outcomes
        }
        return outcomes
    }
}
