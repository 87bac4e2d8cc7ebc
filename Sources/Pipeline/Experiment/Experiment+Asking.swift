import Datasets
import Evaluation
import Recipes
import Tokenization

/// How models are asked: runs, analyses and Studio ask alike, so that their numbers can be compared.
extension Experiment {
    /// How everything that is answered in words is asked; nothing stands before a question.
    package func questions(_ tokenizer: Tokenizer, form: PromptForm) -> Questions {
        Questions(
            tokenizer: tokenizer,
            form: form,
            maximumNewTokens: recipe.evaluation.maximumNewTokens,
            batchSize: recipe.evaluation.batchSize
        )
    }

    /// Asks word problems in a language behind the worked examples of the recipe.
    ///
    /// - Parameters:
    ///   - language: The code of the language.
    ///   - task: The name of the task in records and errors.
    ///   - calculator: Whether results are filled in.
    ///   - questions: How everything is asked.
    /// - Returns: What asks and judges.
    /// - Throws: Errors of the file of examples.
    func mathEvaluator(
        _ language: String,
        task: String,
        calculator: Bool,
        _ questions: Questions
    ) throws -> MathEvaluator {
        var questions = questions
        questions.examples = try examples(language)
        return MathEvaluator(task: task, questions: questions, usesCalculator: calculator)
    }

    /// Asks word problems in one of both languages as the table of the run does the first time.
    ///
    /// - Throws: Errors of the file of examples.
    package func mathEvaluator(
        _ role: LanguageRole,
        _ tokenizer: Tokenizer,
        form: PromptForm
    ) throws -> MathEvaluator {
        try mathEvaluator(
            recipe.languages[role],
            task: Metric(.math, role).rawValue,
            calculator: recipe.evaluation.calculator == .on,
            questions(tokenizer, form: form)
        )
    }
}
