import Checkpointing
import Datasets
import Evaluation
import Foundation
import Pipeline
import Tokenization
import Transformer

/// Asks models the same few things in both languages: problems, and how well they predict text.
struct ModelProbe {
    private let problems: [LanguageRole: [MathProblem]]
    private let texts: [LanguageRole: [Document]]
    private let evaluators: [LanguageRole: MathEvaluator]
    private let tokenizer: Tokenizer
    private let sequenceLength: Int
    private let threads: Int

    /// What the outcomes depend on besides the model: a hash, under a name that no model has.
    let inputs: [String: String]

    /// Prepares what the models of a run are asked.
    ///
    /// - Parameters:
    ///   - run: The run.
    ///   - problems: How many problems in each language.
    ///   - texts: How many texts in each language.
    ///   - threads: Threads that compute.
    /// - Throws: `AnalyzedRun.Failure`, errors of the data and of the tokenizer.
    init(_ run: AnalyzedRun, problems: Int, texts: Int, threads: Int) throws {
        let experiment = run.experiment
        let (tokenizer, form) = (try run.tokenizer(), try run.form())
        func each<Value>(_ make: (LanguageRole) throws -> Value) rethrows -> [LanguageRole: Value] {
            Dictionary(uniqueKeysWithValues: try LanguageRole.allCases.map { ($0, try make($0)) })
        }
        self.problems = try each { try experiment.sampleProblems($0, count: problems) }
        self.texts = try each { try experiment.sampleTexts($0, count: texts) }
        evaluators = try each { try experiment.mathEvaluator($0, tokenizer, form: form) }
        self.tokenizer = tokenizer
        sequenceLength = experiment.recipe.base.sequenceLength
        self.threads = threads
        let (asked, read) = (self.problems, self.texts)
        let evaluation = experiment.recipe.evaluation
        let facts = Facts(
            version: MathEvaluator.version,
            problems: LanguageRole.allCases.map { asked[$0] ?? [] },
            texts: LanguageRole.allCases.map { (read[$0] ?? []).map { "\($0)" } },
            prompt: try experiment.promptFacts(),
            calculator: evaluation.calculator == .on,
            maximumNewTokens: evaluation.maximumNewTokens,
            sequenceLength: sequenceLength
        )
        inputs = ["problems and texts": try facts.hash()]
    }

    /// What the outcomes depend on besides the model.
    private struct Facts: Encodable {
        let version: Int
        let problems: [[MathProblem]]
        let texts: [[String]]
        let prompt: [String]
        let calculator: Bool
        let maximumNewTokens: Int
        let sequenceLength: Int

        func hash() throws -> String {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            return ContentHash.of(try encoder.encode(self)).hexadecimal
        }
    }

    /// The outcomes by metric (`InterventionRecord.metrics`).
    func outcomes(of model: TransformerModel) throws -> [Metric: Outcomes] {
        var outcomes: [Metric: Outcomes] = [:]
        let generator = TextGenerator(model: model, threadCount: threads)
        let scorer = SequenceScorer(model: model, threadCount: threads)
        for role in LanguageRole.allCases {
            outcomes[Metric(.math, role)] = try evaluators[role]?
                .evaluate(problems[role] ?? [], with: generator).outcomes(of: .exact)
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
