import Foundation
import Testing

/// Arguments that are wrong beside others, each with a part of what is said about them.
private let refused: [(words: [String], message: String)] = [
    // The value of an unknown option looks like a file.
    (
        ["merge", "--math", "a", "--language", "b", "--botom", "1", "--plan"],
        "unknown option '--botom'. Did you mean '--bottom'?"
    ),
    (["merge", "--maths", "a", "--language", "b", "--plan"], "unknown option '--maths'"),
    (["evaluate", "a", "--recpe", "Recipes/tiny.yaml"], "unknown option '--recpe'"),
    (["studio", "--bse", "a", "--math", "b", "--language", "c"], "unknown option '--bse'"),
    (["analyze", "localize", "--checkpoint", "a", "--sampels", "b"], "unknown option '--sampels'"),
    // A variable that is not set must not mean the working folder.
    (["merge", "--math", "", "--language", "b", "--plan"], "--math: found an empty path"),
    (["merge", "--math", "a", "--language", "b", "--to", ""], "--to: found an empty path"),
    (["merge", ""], "the file of the merge: found an empty path"),
    // Options that would have no effect.
    (
        ["evaluate", "a", "--recipe", "tiny", "--shots", "4"],
        "--shots belongs to --exemplars, which is missing; a recipe has its own: --set "
            + "evaluation.mgsm.shots=VALUE"
    ),
    (
        ["evaluate", "a", "--recipe", "tiny", "--choice-format", "xcopa"],
        "--choice-format belongs to --choice"
    ),
    (["evaluate", "a", "--mgsm", "f", "--shots", "4"], "--shots belongs to --exemplars"),
    (["evaluate", "a", "--choice", "f", "--form", "en_cot"], "--form belongs to --mgsm"),
    (["generate", "m", "t", "--top-k", "5"], "--top-k has no effect at temperature 0"),
    (["chat", "m", "--seed", "5"], "--seed has no effect at temperature 0"),
]

@Suite("Arguments beside each other")
struct ArgumentTests {
    @Test("what does not fit is refused by its name, once all options are known")
    func refusals() throws {
        for (words, message) in refused {
            let ending = try Program.start(words).end()
            #expect(ending.status == 2 && ending.output.isEmpty, "\(words)")
            #expect(
                ending.errors.hasPrefix("layerswap: error: \(message)"),
                "\(words): \(ending.errors)"
            )
        }
    }
}
