import ArgumentParser
import Foundation

/// `layerswap tokenizer decode`.
struct TokenizerDecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Turn lines of identifiers into text.",
        discussion: """
            Takes a JSON array of identifiers a line, as 'layerswap tokenizer encode' writes them, and \
            writes the text of each as a JSON string.
            """
    )

    @OptionGroup var input: TokenizerInputOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let console = output.console
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        var texts: [String] = []
        try input.lines().decode(input.file) { text in
            if console.json {
                texts.append(text)
            } else {
                Console.write(String(decoding: try encoder.encode(text), as: UTF8.self))
            }
        }
        try console.object(texts)
    }
}
