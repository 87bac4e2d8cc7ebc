import Datasets
import Evaluation
import Tokenization

/// The tasks of lm-evaluation-harness that models are measured on, with a recipe or without.
struct HarnessTasks<Generator: ReplyGenerator, Scorer: TokenScorer> {
    let tokenizer: Tokenizer
    let generator: Generator
    let scorer: Scorer

    /// Compares the likelihoods of choices.
    func choice(_ problems: [ChoiceProblem], _ role: LanguageRole) throws -> Evaluator.Result {
        let task = Evaluator.Task.choice(role)
        let evaluation = try ChoiceEvaluator(task: task.name, tokenizer: tokenizer)
            .evaluate(problems, with: scorer)
        return Evaluator.Result(
            task: task,
            records: try evaluation.jsonLines(),
            outcomes: evaluation.outcomes(in: role),
            notes: cut(evaluation.cutCount, of: evaluation.records.count)
        )
    }

    /// Asks problems of MGSM.
    func mgsm(
        _ problems: [MathProblem],
        _ role: LanguageRole,
        form: MGSMForm,
        language: String,
        exemplars: [Exemplar],
        maximumNewTokens: Int,
        batchSize: Int
    ) throws -> Evaluator.Result {
        let task = Evaluator.Task.mgsm(role)
        let evaluation = try MGSMEvaluator(
            task: task.name,
            tokenizer: tokenizer,
            form: form,
            language: language,
            exemplars: exemplars,
            maximumNewTokens: maximumNewTokens,
            batchSize: batchSize
        ).evaluate(problems, with: generator)
        return Evaluator.Result(
            task: task,
            records: try evaluation.jsonLines(),
            outcomes: evaluation.outcomes(in: role),
            notes: cut(evaluation.cutCount, of: evaluation.records.count)
        )
    }

    private func cut(_ count: Int, of all: Int) -> [String] {
        guard count > 0 else { return [] }
        return [
            "\(count) of \(all) prompts do not fit the model's \(scorer.maximumPositions) positions "
                + "and lost their beginning"
        ]
    }
}
