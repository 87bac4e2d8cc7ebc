import ArgumentParser
import Foundation
import Foundations
import Pipeline
import RunRecords

/// `layerswap tokenizer encode`.
struct TokenizerEncodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "encode",
        abstract: "Turn lines of text into identifiers.",
        discussion: """
            Writes a JSON array of identifiers for each line that is not blank, and says at the end \
            how many tokens there were. With both flags the identifiers are those of \
            'tokenizer.encode' in Hugging Face's tokenizers and transformers.
            """
    )

    @OptionGroup var input: TokenizerInputOptions

    @Option(
        name: .long,
        help: "Read JSON lines, whose texts are in this field, such as question."
    )
    var field: String?

    @Flag(
        name: .long,
        help: "Take the spelling of a special token in a text for that token."
    )
    var parseSpecial = false

    @Flag(
        name: .long,
        help: "Add the tokens that the model puts before and behind a text."
    )
    var addSpecialTokens = false

    @OptionGroup var output: OutputOptions

    /// The object of `--json`.
    private struct Encoded: Encodable {
        var texts: Int
        var tokens: Int
        var bytesPerToken: Double?
        var identifiers: [[Int32]]
    }

    func run() throws {
        let console = output.console
        var identifiers: [[Int32]] = []
        let counts = try input.lines().encode(
            input.file,
            field: field,
            allowingSpecial: parseSpecial,
            addingSpecial: addSpecialTokens
        ) { tokens in
            if console.json {
                identifiers.append(tokens)
            } else {
                Console.write("[" + tokens.map(String.init).joined(separator: ", ") + "]")
            }
        }
        if !console.quiet {
            // Beside the results, which may go into a file.
            Console.writeError(
                "\(NumberText.grouped(counts.texts)) \(counts.texts == 1 ? "text" : "texts"), "
                    + "\(NumberText.grouped(counts.tokens)) "
                    + "tokens, \(NumberText.fixed(counts.bytesPerToken ?? 0, 2)) bytes a token"
            )
        }
        try console.object(
            Encoded(
                texts: counts.texts,
                tokens: counts.tokens,
                bytesPerToken: counts.bytesPerToken,
                identifiers: identifiers
            )
        )
    }
}

/// A tokenizer, and the file that it works on.
struct TokenizerInputOptions: ParsableArguments {
    @Argument(
        help:
            "A tokenizer.model or tokenizer.json file, a model folder, or RUN/MODEL such as tiny/math."
    )
    var tokenizer: String

    @Argument(help: "The file, plain or gzip; standard input when left out.")
    var input: String?

    /// The file that is read.
    var file: URL { URL(filePath: input ?? "/dev/stdin") }

    func lines() throws -> TokenizerLines {
        try TokenizerLines(at: ModelLookup.find(tokenizer))
    }
}
