import ArgumentParser
import Datasets
import Evaluation
import Foundation
import Pipeline

/// Files of problems that a model is measured on without a recipe.
struct ProblemFileOptions: ParsableArguments {
    @Option(name: .long, help: "A file of choices, whose likelihoods are compared.")
    var choice: String?

    @Option(name: .long, help: "The format of the file of choices.")
    var choiceFormat = ChoiceFileFormat.xcopa

    @Option(name: .long, help: "A file of MGSM: question, tab, answer.")
    var mgsm: String?

    @Option(name: .long, help: "For --mgsm: how questions are answered.")
    var form = MGSMForm.direct

    @Option(name: .long, help: "For --mgsm: a file of worked examples.")
    var exemplars: String?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "For --exemplars: how many are shown before each question. (default: 8)",
        transform: NumberArgument.whole
    )
    var shots = 8

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "For --mgsm: the length of the longest reply, in tokens. (default: 256)",
        transform: NumberArgument.whole
    )
    var maximumNewTokens = 256

    @Option(name: .long, help: "The code of the language of the files.")
    var language = "en"

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "The number of problems of each file, the first ones. (default: all)",
        transform: NumberArgument.whole
    )
    var limit: Int?

    /// Whether no file is named.
    var isEmpty: Bool { choice == nil && mgsm == nil }

    func validate() throws {
        for (flag, number) in [
            ("--shots", shots), ("--maximum-new-tokens", maximumNewTokens), ("--limit", limit ?? 1),
        ] where number < 1 {
            throw ValidationError("\(flag): found \(number), expected a number from 1 up")
        }
    }

    /// What is asked.
    var works: [FileEvaluation.Work] {
        var works: [FileEvaluation.Work] = []
        if let choice { works.append(.choice(URL(filePath: choice), choiceFormat)) }
        if let mgsm {
            works.append(
                .mgsm(
                    URL(filePath: mgsm),
                    form,
                    exemplars: exemplars.map { URL(filePath: $0) },
                    shots: shots,
                    maximumNewTokens: maximumNewTokens
                )
            )
        }
        return works
    }
}

extension ChoiceFileFormat: ExpressibleByArgument {}
extension MGSMForm: ExpressibleByArgument {}
