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

    private let experiment: Experiment
    private let tokenizer: Tokenizer
    /// The form in which questions are put.
    package let form: PromptForm
    /// The problems are asked twice when a calculator is to help the second time.
    private let generator: CachingGenerator<TextGenerator>
    private let scorer: SequenceScorer

    /// Prepares a model for measuring, with the form in which it is asked; later changes of it are
    /// not seen.
    package init(
        experiment: Experiment,
        model: TransformerModel,
        tokenizer: Tokenizer,
        form: PromptForm,
        threads: Int
    ) {
        self.experiment = experiment
        self.tokenizer = tokenizer
        self.form = form
        generator = CachingGenerator(
            TextGenerator(model: model, threadCount: threads)
        )
        scorer = SequenceScorer(model: model, threadCount: threads)
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

    /// Measures one thing.
    package func perform(_ task: Task) throws -> Result {
        switch task {
        case .problems(let role, let calculator, let isSecond):
            let evaluation = try solve(
                experiment.problems(role),
                task: task.name,
                language: experiment.recipe.languages[role],
                calculator: calculator
            )
            return Result(
                task: task,
                records: try evaluation.jsonLines(),
                outcomes: evaluation.outcomes(in: role, calculator: isSecond),
                notes: unfit(evaluation.promptTooLongCount, of: evaluation.records.count)
            )
        case .bystander(let code, let calculator, let isSecond):
            let evaluation = try solve(
                experiment.bystanderProblems(code),
                task: task.name,
                language: code,
                calculator: calculator
            )
            return Result(
                task: task,
                records: try evaluation.jsonLines(),
                outcomes: evaluation.outcomes(inBystander: code, calculator: isSecond),
                notes: unfit(evaluation.promptTooLongCount, of: evaluation.records.count)
            )
        case .operators(let role):
            let evaluation = try OperatorChoiceEvaluator(
                task: task.name,
                tokenizer: tokenizer,
                form: form
            ).evaluate(experiment.problems(role), with: scorer)
            return Result(
                task: task,
                records: try evaluation.jsonLines(),
                outcomes: [(task.metric, evaluation.outcomes)],
                notes: unfit(evaluation.promptTooLongCount, of: evaluation.records.count)
            )
        case .translation(let role):
            let evaluation = try translate(into: role, task: task.name)
            return Result(
                task: task,
                records: try evaluation.jsonLines(),
                outcomes: evaluation.outcomes(into: role),
                notes: unfit(evaluation.promptTooLongCount, of: evaluation.records.count)
            )
        case .answers:
            let evaluation = try answer(task: task.name)
            return Result(
                task: task,
                records: try evaluation.jsonLines(),
                outcomes: evaluation.outcomes(in: .target),
                notes: unfit(evaluation.promptTooLongCount, of: evaluation.records.count)
            )
        case .choice(let role):
            return try harness.choice(experiment.choices(role), role)
        case .mgsm(let role):
            let settings = experiment.recipe.evaluation.mgsm
            return try harness.mgsm(
                experiment.mgsm(role),
                role,
                form: settings?.form ?? .direct,
                language: experiment.recipe.languages[role],
                exemplars: experiment.exemplars(role),
                maximumNewTokens: settings?.maximumNewTokens ?? 256,
                batchSize: experiment.recipe.evaluation.batchSize
            )
        case .text(let role):
            let evaluation = try LikelihoodEvaluator(
                task: task.name,
                tokenizer: tokenizer,
                form: form,
                maximumSequenceLength: experiment.recipe.base.sequenceLength
            ).evaluate(experiment.heldOutDocuments(role), with: scorer)
            return Result(
                task: task,
                records: try evaluation.jsonLines(),
                outcomes: [(task.metric, evaluation.outcomes)],
                notes: leftOut(evaluation)
            )
        }
    }

    private var harness: HarnessTasks<CachingGenerator<TextGenerator>, SequenceScorer> {
        HarnessTasks(tokenizer: tokenizer, generator: generator, scorer: scorer)
    }

    private func unfit(_ count: Int, of all: Int) -> [String] {
        guard count > 0 else { return [] }
        return [
            "\(count) of \(all) prompts do not fit the model's \(scorer.maximumPositions) positions "
                + "and count as wrong"
        ]
    }

    private func leftOut(_ evaluation: LikelihoodEvaluation) -> [String] {
        guard evaluation.leftOut > 0 else { return [] }
        return [
            "\(evaluation.leftOut) of \(evaluation.leftOut + evaluation.records.count) documents do "
                + "not fit the model's \(scorer.maximumPositions) positions and are left out"
        ]
    }

    /// The right and wrong answers to the development problems, by which settings are chosen.
    func development() throws -> Outcomes {
        try solve(
            experiment.developmentProblems(),
            task: "development",
            language: experiment.recipe.languages.target,
            calculator: experiment.recipe.evaluation.calculator == .on
        ).outcomes(of: .exact)
    }

    /// How everything that is answered is asked.
    private var questions: Questions {
        let settings = experiment.recipe.evaluation
        return Questions(
            tokenizer: tokenizer,
            form: form,
            maximumNewTokens: settings.maximumNewTokens,
            batchSize: settings.batchSize
        )
    }

    private func translate(
        into role: LanguageRole,
        task: String
    ) throws -> TranslationEvaluation {
        let languages = experiment.recipe.languages
        let other = role == .target ? LanguageRole.english : .target
        return try TranslationEvaluator(
            task: task,
            direction: "\(languages[other])-\(languages[role])",
            questions: questions
        ).evaluate(experiment.heldOutTranslations(into: role), with: generator)
    }

    private func answer(task: String) throws -> AnswerLanguageEvaluation {
        try AnswerLanguageEvaluator(
            task: task,
            target: experiment.recipe.languages.target,
            classifier: experiment.answerLanguage(),
            questions: questions
        ).evaluate(experiment.heldOutQuestions(), with: generator)
    }

    private func solve(
        _ problems: [MathProblem],
        task: String,
        language: String,
        calculator: Bool
    ) throws -> MathEvaluation {
        var questions = questions
        questions.examples = try experiment.examples(language)
        return try MathEvaluator(
            task: task,
            questions: questions,
            usesCalculator: calculator
        ).evaluate(problems, with: generator)
    }
}

extension Evaluator {
    /// The row of a table that some results make.
    package static func row(of model: String, _ results: [Result]) -> ComparisonTable.Row {
        let measurements = results.flatMap(\.measurements).map { ($0.metric, $0.1) }
        return ComparisonTable.Row(
            model: model,
            metrics: Dictionary(measurements, uniquingKeysWith: { first, _ in first })
        )
    }

    /// Where the answers of a model go.
    ///
    /// - Parameters:
    ///   - folder: A new folder.
    ///   - model: The folder of the model.
    ///   - loaded: The recipe that says what is measured.
    /// - Returns: The place, which can be checked before anything is measured.
    package static func records(
        _ folder: URL,
        of model: URL,
        by loaded: LoadedRecipe
    ) -> OutputPlace {
        OutputPlace(
            folder,
            kind: .folder,
            inputs: [OutputPlace.Input("the model", model)] + loaded.inputs,
            remedy: "name another folder with --records"
        )
    }

    /// Writes every answer as JSON lines into a new folder.
    ///
    /// - Throws: `OutputError` when the folder may not be written.
    package static func write(_ results: [Result], to place: OutputPlace) throws {
        try place.createFolder { partial in
            for result in results {
                let file = partial.appending(path: result.fileName)
                try AtomicFile.write(result.records, to: file)
            }
        }
    }
}
