import Datasets
import Evaluation
import Foundation
import Recipes
import Transformer

extension Evaluator {
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
            let outcomes = evaluation.outcomes(in: role, calculator: isSecond)
            return try result(of: task, evaluation, outcomes)
        case .bystander(let code, let calculator, let isSecond):
            let evaluation = try solve(
                experiment.bystanderProblems(code),
                task: task.name,
                language: code,
                calculator: calculator
            )
            let outcomes = evaluation.outcomes(inBystander: code, calculator: isSecond)
            return try result(of: task, evaluation, outcomes)
        case .operators(let role): return try chooseOperators(role, task)
        case .translation(let role):
            let evaluation = try translate(into: role, task: task.name)
            return try result(of: task, evaluation, evaluation.outcomes(into: role))
        case .answers:
            let evaluation = try answer(task: task.name)
            return try result(of: task, evaluation, evaluation.outcomes(in: .target))
        case .choice(let role): return try harness.choice(experiment.choices(role), role)
        case .mgsm(let role): return try mgsm(role)
        case .text(let role): return try read(role, task)
        }
    }

    /// What asking gave, with a note where prompts did not fit.
    private func result(
        of task: Task,
        _ evaluation: some AskedEvaluation,
        _ outcomes: [(metric: Metric, Outcomes)]
    ) throws -> Result {
        Result(
            task: task,
            records: try evaluation.jsonLines(),
            outcomes: outcomes,
            notes: unfit(evaluation.promptTooLongCount, of: evaluation.records.count)
        )
    }

    private func chooseOperators(_ role: LanguageRole, _ task: Task) throws -> Result {
        let problems = try experiment.problems(role)
        let evaluation = try OperatorChoiceEvaluator(
            task: task.name,
            tokenizer: tokenizer,
            form: form
        ).evaluate(problems, with: scorer)
        let drawings = ProblemDrawings(problems.map { ($0.id, $0.instance) })
        let outcomes = evaluation.outcomes.grouped(by: [drawings])
        return try result(of: task, evaluation, [(task.metric, outcomes)])
    }

    private func mgsm(_ role: LanguageRole) throws -> Result {
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
    }

    private func read(_ role: LanguageRole, _ task: Task) throws -> Result {
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

    private var harness: HarnessTasks<CachingGenerator<DividedGenerator>, DividedScorer> {
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
    private var questions: Questions { experiment.questions(tokenizer, form: form) }

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
        try experiment.mathEvaluator(language, task: task, calculator: calculator, questions)
            .evaluate(problems, with: generator)
    }
}

/// What questions gave, one record each; a prompt that does not fit the model counts as wrong.
private protocol AskedEvaluation {
    associatedtype Record
    var records: [Record] { get }
    var promptTooLongCount: Int { get }
    func jsonLines() throws -> Data
}

extension MathEvaluation: AskedEvaluation {}
extension OperatorChoiceEvaluation: AskedEvaluation {}
extension TranslationEvaluation: AskedEvaluation {}
extension AnswerLanguageEvaluation: AskedEvaluation {}
