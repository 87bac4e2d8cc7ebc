import Checkpointing
import Datasets
import Evaluation
import Foundation
import Recipes
import Tokenization
import Transformer

/// Measures one model on everything that a recipe asks.
package struct Evaluator {
    /// One thing that is measured.
    package enum Task: Hashable, Sendable {
        /// Word problems of a language, with or without a calculator, and whether they are asked a
        /// second time.
        case problems(LanguageRole, calculator: Bool, isSecond: Bool)
        /// Word problems of another language by its code, as `problems`.
        case bystander(String, calculator: Bool, isSecond: Bool)
        /// The first operator that the model would write in word problems of a language.
        case operators(LanguageRole)
        /// Sentences to translate into a language.
        case translation(into: LanguageRole)
        /// Questions about a sentence in the target language, to be answered in it.
        case answers
        /// Choices of a language, whose likelihoods are compared.
        case choice(LanguageRole)
        /// MGSM of a language.
        case mgsm(LanguageRole)
        /// Held-out text of a language.
        case text(LanguageRole)

        /// The main metric, whose name is that of the task.
        package var metric: Metric {
            switch self {
            case .problems(let role, _, let isSecond):
                Metric(isSecond ? .mathWithCalculator : .math, role)
            case .bystander(let code, _, let isSecond):
                Metric(isSecond ? .mathWithCalculator : .math, bystander: code)
            case .operators(let role): Metric(.firstOperator, role)
            case .translation(let role): Metric(.translation, role)
            case .answers: Metric(.answers, .target)
            case .choice(let role): Metric(.choice, role)
            case .mgsm(let role): Metric(.mgsm, role)
            case .text(let role): Metric(.bitsPerByte, role)
            }
        }

        /// The name of the task in records and errors.
        var name: String { metric.rawValue }
    }

    /// What a task gave.
    package struct Result: Sendable {
        /// The task.
        package let task: Task
        /// Each answer or document as JSON lines.
        package let records: Data
        /// The single outcomes by metric.
        package let outcomes: [(metric: Metric, Outcomes)]
        /// What has to be said beside the numbers, such as prompts that did not fit.
        package var notes: [String] = []

        /// The file of the records.
        package var fileName: String { "\(task.name).jsonl" }

        /// The measurements by metric.
        package var measurements: [(metric: Metric, Estimate)] {
            outcomes.compactMap { metric, outcomes in
                outcomes.measurement.map { (metric, $0) }
            }
        }
    }

    /// The tasks in the order of the table.
    package let tasks: [Task]

    let experiment: Experiment
    let tokenizer: Tokenizer
    /// The form in which questions are put.
    package let form: PromptForm
    /// The problems are asked twice when a calculator is to help the second time.
    let generator: CachingGenerator<DividedGenerator>
    let scorer: DividedScorer

    /// Prepares a model for measuring, with the form in which it is asked; later changes of it are
    /// not seen.
    package init(
        experiment: Experiment,
        model: TransformerModel,
        tokenizer: Tokenizer,
        form: PromptForm,
        threads: Int
    ) {
        self.init(
            experiment: experiment,
            model: model,
            tokenizer: tokenizer,
            form: form,
            threads: threads,
            team: nil
        )
    }

    /// Prepares a model that the ranks of a team measure together; nil for this process alone.
    init(
        experiment: Experiment,
        model: TransformerModel,
        tokenizer: Tokenizer,
        form: PromptForm,
        threads: Int,
        team: EvaluationTeam?
    ) {
        self.experiment = experiment
        self.tokenizer = tokenizer
        self.form = form
        generator = CachingGenerator(
            DividedGenerator(
                model: TextGenerator(model: model, threadCount: threads),
                team: team
            )
        )
        scorer = DividedScorer(
            model: SequenceScorer(model: model, threadCount: threads),
            team: team
        )
        tasks = Self.tasks(of: experiment.recipe.evaluation)
    }

    /// Loads a model folder with its tokenizer.
    ///
    /// - Throws: Errors of checkpoints and tokenizers, `ToolError.vocabulary`.
    package init(experiment: Experiment, model folder: URL, threads: Int) throws {
        let model = try TransformerModel(at: folder)
        let tokenizer = try Tokenizer(inModelFolder: folder)
        try ToolError.check(tokenizer, fits: model, in: folder)
        self.init(
            experiment: experiment,
            model: model,
            tokenizer: tokenizer,
            form: try experiment.recipe.prompt.form(for: tokenizer, in: folder),
            threads: threads
        )
    }

    /// The tasks that settings ask for.
    static func tasks(of settings: EvaluationSettings) -> [Task] {
        let roles: [LanguageRole] = [.target, .english]
        let isAssisted = settings.calculator == .on
        var tasks = roles.map { role in
            Task.problems(role, calculator: isAssisted, isSecond: false)
        }
        if settings.calculator == .both {
            tasks += roles.map { role in
                .problems(role, calculator: true, isSecond: true)
            }
        }
        for code in settings.bystanders?.names ?? [] {
            tasks.append(.bystander(code, calculator: isAssisted, isSecond: false))
            if settings.calculator == .both {
                tasks.append(.bystander(code, calculator: true, isSecond: true))
            }
        }
        if settings.operatorChoice { tasks += roles.map { .operators($0) } }
        if settings.translations > 0 { tasks += roles.map { .translation(into: $0) } }
        if settings.questions > 0 { tasks.append(.answers) }
        tasks += roles.filter { settings.choice?[$0] != nil }.map { .choice($0) }
        tasks += roles.filter { settings.mgsm?[$0] != nil }.map { .mgsm($0) }
        return tasks + roles.map { .text($0) }
    }
}
