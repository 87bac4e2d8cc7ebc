import ArgumentParser
import Datasets
import Evaluation
import Foundation
import Pipeline

/// Files of problems that a model is measured on without a recipe.
struct ProblemFileOptions: ParsableArguments {
    @Option(name: .long, help: "A file of choices, whose likelihoods are compared.")
    var choice: String?

    @Option(
        name: .long,
        help: "For --choice: the format of the file of choices. (default: xcopa)"
    )
    var choiceFormat: ChoiceFileFormat?

    @Option(name: .long, help: "A file of MGSM: question, tab, answer.")
    var mgsm: String?

    @Option(name: .long, help: "For --mgsm: how questions are answered. (default: direct)")
    var form: MGSMForm?

    @Option(name: .long, help: "For --mgsm: a file of worked examples.")
    var exemplars: String?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "For --exemplars: how many are shown before each question. (default: 8)",
        transform: NumberArgument.whole
    )
    var shots: Int?

    @Option(
        name: [.long, .customLong("max-tokens")],
        parsing: .unconditional,
        help: "For --mgsm: the length of the longest reply, in tokens. (default: 256)",
        transform: NumberArgument.whole
    )
    var maximumNewTokens: Int?

    @Option(name: .long, help: "The code of the language of the files. (default: en)")
    var language: String?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "How many problems of each file, or set of the recipe: the first. (default: all)",
        transform: NumberArgument.whole
    )
    var limit: Int?

    /// Whether no file is named.
    var isEmpty: Bool { choice == nil && mgsm == nil }

    func validate() throws {
        for (flag, number) in [
            ("--shots", shots), ("--maximum-new-tokens", maximumNewTokens), ("--limit", limit),
        ] {
            guard let number, number < 1 else { continue }
            throw ValidationError("\(flag): found \(number), expected a number from 1 up")
        }
    }

    /// Refuses options of files that are not there, which would have no effect.
    ///
    /// - Parameter hasRecipe: Whether a recipe says what is asked.
    /// - Throws: `ValidationError` that names the option, what it belongs to, and the key of a
    ///   recipe that says the same.
    func checkOwners(hasRecipe: Bool) throws {
        let options: [(flag: String, isGiven: Bool, owner: String, hasOwner: Bool, key: String)] = [
            (
                "--choice-format", choiceFormat != nil, "--choice", choice != nil,
                "evaluation.choice.target.format"
            ),
            ("--form", form != nil, "--mgsm", mgsm != nil, "evaluation.mgsm.form"),
            ("--exemplars", exemplars != nil, "--mgsm", mgsm != nil, "evaluation.mgsm.exemplars"),
            ("--shots", shots != nil, "--exemplars", exemplars != nil, "evaluation.mgsm.shots"),
            (
                "--maximum-new-tokens", maximumNewTokens != nil, "--mgsm", mgsm != nil,
                "evaluation.mgsm.maximum_new_tokens"
            ),
            ("--language", language != nil, "--choice or --mgsm", !isEmpty, "languages.target"),
        ]
        for option in options where option.isGiven && !option.hasOwner {
            throw ValidationError(
                "\(option.flag) belongs to \(option.owner), which is missing; "
                    + (hasRecipe
                        ? "a recipe has its own: --set \(option.key)=VALUE"
                        : "add it, or leave \(option.flag) out")
            )
        }
    }

    /// What is asked.
    var works: [FileEvaluation.Work] {
        var works: [FileEvaluation.Work] = []
        if let choice { works.append(.choice(URL(filePath: choice), choiceFormat ?? .xcopa)) }
        if let mgsm {
            works.append(
                .mgsm(
                    URL(filePath: mgsm),
                    form ?? .direct,
                    exemplars: exemplars.map { URL(filePath: $0) },
                    shots: shots ?? 8,
                    maximumNewTokens: maximumNewTokens ?? 256
                )
            )
        }
        return works
    }
}

extension ChoiceFileFormat: ExpressibleByArgument {}
extension MGSMForm: ExpressibleByArgument {}
