import ArgumentParser
import Foundation
import Foundations
import Pipeline
import RunRecords

/// How text is chosen.
struct SamplingOptions: ParsableArguments {
    @Option(
        name: [.long, .customLong("maximum-new-tokens")],
        parsing: .unconditional,
        help: "The largest number of tokens to generate. (default: 64)",
        transform: NumberArgument.whole
    )
    var maxTokens = 64

    @Option(
        name: .long,
        parsing: .unconditional,
        help:
            "Sampling temperature: 0 takes the most probable token, higher is more varied. (default: 0)",
        transform: NumberArgument.decimal
    )
    var temperature = 0.0

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Sample among this many most probable tokens; 0 is all. (default: 0)",
        transform: NumberArgument.whole
    )
    var topK: Int?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "Sample among the fewest tokens whose probabilities sum to this. (default: 1)",
        transform: NumberArgument.decimal
    )
    var topP: Double?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "The seed of the random choices. (default: 0)",
        transform: NumberArgument.whole
    )
    var seed: UInt64?

    func validate() throws {
        let ranges = [
            ("--max-tokens", "\(maxTokens)", maxTokens >= 0, "a number from 0 up"),
            ("--temperature", "\(temperature)", temperature >= 0, "a number from 0 up"),
            ("--top-k", topK.map { "\($0)" } ?? "", topK ?? 0 >= 0, "a number from 0 (all) up"),
            (
                "--top-p", topP.map { "\($0)" } ?? "", topP.map { $0 > 0 && $0 <= 1 } ?? true,
                "a number above 0 and at most 1"
            ),
        ]
        for (flag, found, isInRange, expected) in ranges where !isInRange {
            throw ValidationError("\(flag): found \(found), expected \(expected)")
        }
    }

    /// Refuses settings of random choices where nothing is chosen at random.
    ///
    /// - Throws: `ValidationError` that names the setting.
    func checkChoices() throws {
        guard temperature == 0 else { return }
        let given = [
            ("--top-k", topK != nil), ("--top-p", topP != nil), ("--seed", seed != nil),
        ]
        if let (flag, _) = given.first(where: \.1) {
            throw ValidationError(
                "\(flag) has no effect at temperature 0, which always takes the most probable "
                    + "token; add --temperature 0.7, or leave \(flag) out"
            )
        }
    }

    var options: ModelSession.Options {
        var options = ModelSession.Options()
        options.maximumNewTokens = maxTokens
        options.temperature = temperature
        options.topK = topK ?? options.topK
        options.topP = topP ?? options.topP
        options.seed = seed ?? options.seed
        return options
    }
}

/// `layerswap generate`.
struct GenerateCommand: CheckedCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Continue a text with a model, or answer it with --chat."
    )

    @Argument(help: "A model folder, or RUN/MODEL such as tiny/math.")
    var model: String

    @Argument(help: "The text.")
    var text: String

    @Flag(name: .long, help: "Ask the text as a question, in the chat format of the model.")
    var chat = false

    @OptionGroup var sampling: SamplingOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var output: OutputOptions

    func checkArguments() throws { try sampling.checkChoices() }

    func run() throws {
        let session = try ModelSession(at: ModelLookup.find(model), threads: threads.count)
        let console = output.console
        if chat, !console.quiet, let note = session.formNote { Console.writeError(note) }
        let reply = try session.reply(to: text, asChat: chat, options: sampling.options) { piece in
            if !console.json { Console.write(piece, terminator: "") }
        }
        if !console.json { Console.write("") }
        let rate = Double(reply.tokens) / max(reply.seconds, 1e-9)
        // The text is the result; what is said about it must not mix with it.
        if !console.quiet {
            Console.writeError("\(reply.tokens) tokens, \(String(format: "%.0f", rate)) tok/s")
        }
        try console.object(reply)
    }
}

/// `layerswap chat`.
struct ChatCommand: CheckedCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat",
        abstract: "Ask a model questions, one a line, until Ctrl-D, /quit or an empty line.",
        discussion: """
            Each question is asked by itself, without the ones before: the models are trained on \
            single questions.
            """
    )

    @Argument(help: "A model folder, or RUN/MODEL such as tiny/math.")
    var model: String

    @OptionGroup var sampling: SamplingOptions
    @OptionGroup var threads: ThreadOptions
    @OptionGroup var output: OutputOptions

    private struct Turn: Encodable {
        var question: String
        var reply: String
        /// As in `ModelSession.Reply`.
        var form: String?
    }

    func checkArguments() throws { try sampling.checkChoices() }

    func run() throws {
        let session = try ModelSession(at: ModelLookup.find(model), threads: threads.count)
        let console = output.console
        if !console.quiet, let note = session.formNote { Console.writeError(note) }
        let isPrompted = isatty(STDIN_FILENO) == 1 && !console.quiet
        if isPrompted { Console.writeError("End with Ctrl-D, /quit or an empty line.") }
        var turns: [Turn] = []
        while true {
            if isPrompted { Console.writeError("> ", terminator: "") }
            guard let question = readLine(), !["", "/quit"].contains(question) else { break }
            let reply = try session.reply(
                to: question,
                asChat: true,
                options: sampling.options
            ) { piece in
                if !console.json { Console.write(piece, terminator: "") }
            }
            if !console.json { Console.write("") }
            turns.append(Turn(question: question, reply: reply.text, form: reply.form))
        }
        try console.object(turns)
    }
}

/// `layerswap inspect`.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show the tensors of a model folder, a safetensors file or a GGUF file."
    )

    @Argument(help: "A model folder, RUN/MODEL such as tiny/math, or a safetensors or GGUF file.")
    var path: String

    @Flag(name: .long, help: "Show the norm of each tensor too.")
    var norms = false

    @OptionGroup var output: OutputOptions

    func run() throws {
        let inspection = try CheckpointInspection(at: ModelLookup.find(path), norms: norms)
        let console = output.console
        for (key, value) in inspection.configuration.sorted(by: { $0.key < $1.key }) {
            console.remark("\(key): \(TerminalText.line(value))")
        }
        for (key, value) in inspection.metadata.sorted(by: { $0.key < $1.key }) {
            console.remark("metadata \(TerminalText.line(key)): \(TerminalText.line(value))")
        }
        let rows = inspection.tensors.map { tensor in
            let shape = "[" + tensor.shape.map(String.init).joined(separator: ", ") + "]"
            // Whole numbers and quantized weights have none.
            let norm = norms ? [tensor.norm.map { String(format: "%.4f", $0) } ?? "-"] : []
            return [tensor.name, tensor.type, shape, NumberText.grouped(tensor.elements)] + norm
        }
        let table = TextTable(
            header: ["tensor", "type", "shape", "elements"] + (norms ? ["norm"] : []),
            rows: rows,
            rightAligned: [3, 4]
        )
        for line in table.lines { console.result(line) }
        console.result(
            "\(inspection.tensors.count) tensors, \(NumberText.grouped(inspection.elements)) "
                + "elements, \(NumberText.bytes(inspection.bytes)) in "
                + inspection.files.joined(separator: ", ")
        )
        for warning in inspection.warnings { Console.warn(warning) }
        try console.object(inspection)
    }
}
