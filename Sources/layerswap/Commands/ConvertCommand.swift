import ArgumentParser
import Checkpointing
import Foundation
import Foundations
import ModelConversion
import RunRecords

/// `layerswap convert`.
struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Convert a model between GGUF and a Hugging Face folder.",
        discussion: """
            A GGUF file becomes a folder, with tokenizer and chat template, that all commands take: \
            Llama, Mistral, Qwen 2 and Qwen 3, quantized or not. A folder becomes a GGUF file that \
            llama.cpp, Ollama and LM Studio run. Nothing that exists is replaced.

            Examples: 'layerswap convert model.gguf Checkpoints/models/mine', and 'layerswap \
            convert tiny/swap swap.gguf --type q8_0'.
            """
    )

    @Argument(
        help: "A GGUF file, a model folder, or RUN/MODEL such as tiny/swap.",
        completion: .file()
    )
    var source: String

    @Argument(help: "The folder to write, or the file, whose name ends in .gguf.")
    var destination: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Stored type of matrices: f32, bf16 or f16; for GGUF also q8_0. (default: bf16 for a "
                + "folder, that of the folder for GGUF)",
            valueName: "type"
        )
    )
    var type: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        let console = output.console
        let source = try ModelLookup.find(source)
        let target = URL(filePath: destination)
        let line = ProgressLine(console: console)
        let report = { (progress: ModelConversion.Progress) in
            line.update(
                "converting  \(progress.done) of \(progress.total) tensors  \(progress.name)",
                isLast: false
            )
        }
        let toFolder = isFile(source)
        try checkDestination(isFolder: toFolder)
        let type = try storedType(toFolder: toFolder)
        let summary: ModelConversion.Summary
        if toFolder {
            summary = try ModelConversion.makeFolder(
                at: target,
                from: source,
                as: type ?? .bfloat16,
                progress: report
            )
        } else {
            summary = try ModelConversion.makeFile(
                at: target,
                from: source,
                as: type,
                progress: report
            )
        }
        line.close()
        console.result(
            "\(summary.output): \(summary.tensors) tensors, "
                + "\(NumberText.grouped(summary.elements)) numbers, matrices in \(summary.type)"
        )
        try console.object(summary)
        if toFolder {
            NextSteps.afterConversion(into: target, on: console)
        }
    }

    private func isFile(_ url: URL) -> Bool {
        var isFolder: ObjCBool = false
        _ = FileManager.default.fileExists(
            atPath: url.path(percentEncoded: false),
            isDirectory: &isFolder
        )
        return !isFolder.boolValue
    }

    /// Refuses a folder with the name of a file, a file with that of a folder, and no name.
    private func checkDestination(isFolder: Bool) throws {
        guard !destination.isEmpty else {
            throw ValidationError(
                "<destination>: found an empty path; if it came from a variable, that is not set"
            )
        }
        let namesFile = destination.lowercased().hasSuffix(".gguf")
        guard namesFile == isFolder else { return }
        throw ValidationError(
            isFolder
                ? "a GGUF file becomes a folder, and \"\(destination)\" is the name of a file; to "
                    + "store it in another type, convert it to a folder and the folder to "
                    + "\"\(destination)\""
                : "the file to write is \"\(destination)\"; expected a name that ends in .gguf"
        )
    }

    private func storedType(toFolder: Bool) throws -> GGUFType? {
        guard let type else { return nil }
        let found = ModelConversion.type(named: type)
        guard let found, !toFolder || found.elementType != nil else {
            throw ValidationError(
                "--type: found \"\(type)\", expected f32, bf16\(toFolder ? " or f16" : ", f16 or q8_0")"
            )
        }
        return found
    }
}
