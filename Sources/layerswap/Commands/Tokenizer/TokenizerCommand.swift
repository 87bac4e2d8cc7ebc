import ArgumentParser
import Foundation
import Foundations
import Pipeline
import RunRecords

/// `layerswap tokenizer`.
struct TokenizerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenizer",
        abstract: "Train a tokenizer, show its pieces, or encode and decode files with it.",
        subcommands: [
            Train.self, Show.self, TokenizerEncodeCommand.self, TokenizerDecodeCommand.self,
        ]
    )

    /// `layerswap tokenizer train`.
    struct Train: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Train the tokenizer of a recipe."
        )

        @OptionGroup var options: WorkOptions

        func run() throws {
            _ = try options.work(goals: ["tokenizer"])
            let file = try options.recipe.load().output
                .appending(path: "tokenizer").appending(path: "tokenizer.model")
            let inspection = try TokenizerInspection(at: file, text: "")
            options.output.console.result("\(file.shownPath): \(inspection.vocabulary) pieces")
            try options.output.console.object([
                "file": file.shownPath, "vocabulary": String(inspection.vocabulary),
            ])
        }
    }

    /// `layerswap tokenizer show`.
    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the pieces of a tokenizer, or how it splits a text."
        )

        @Argument(help: "A tokenizer.model file, a model folder, or RUN/MODEL such as tiny/math.")
        var tokenizer: String

        @Argument(help: "A text to split; all pieces are shown when left out.")
        var text: String?

        @OptionGroup var output: OutputOptions

        func run() throws {
            let inspection = try TokenizerInspection(at: ModelLookup.find(tokenizer), text: text)
            let console = output.console
            let rows = inspection.pieces.map { [String($0.token), $0.piece] }
            let table = TextTable(rows: rows, rightAligned: [0])
            for line in table.lines { console.result(line) }
            if let bytes = inspection.bytesPerToken {
                console.remark(
                    "\(inspection.pieces.count) tokens, "
                        + String(format: "%.2f bytes a token", bytes)
                )
            } else {
                console.remark("\(inspection.vocabulary) pieces")
            }
            try console.object(inspection)
        }
    }
}
