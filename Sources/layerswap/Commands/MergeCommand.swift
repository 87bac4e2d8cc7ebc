import ArgumentParser
import Foundation
import Merging
import Pipeline

/// `layerswap merge`.
struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Merge fine-tuned checkpoints of one base into a new model.",
        discussion: """
            Either a file says what is merged ('layerswap merge merge.yaml'; \
            Recipes/merge-huggingface.yaml is one with comments), or flags do. Models are Hugging \
            Face folders of the families Llama, Mistral, Qwen 2 and 3, and Gemma 2. Without zones \
            a layer swap takes the published ones, scaled with the depth. Methods that add what \
            training changed need --base. The inputs are only read; tensors that are swapped are \
            proven equal to their source.
            """
    )

    @Argument(help: "A file that describes the merge.", completion: .file(extensions: ["yaml"]))
    var file: String?

    @Option(name: .long, help: "The folder of the math expert.")
    var math: String?

    @Option(name: .long, help: "The folder of the language expert.")
    var language: String?

    @Option(name: .long, help: "The folder of their common base, where the merge reads it.")
    var base: String?

    @Option(name: [.customLong("to"), .customShort("o")], help: "The folder of the merged model.")
    var destination: String?

    @OptionGroup var settings: MergeSettingOptions

    @Option(
        name: .long,
        help: "Stored type of the result: float32, float16 or bfloat16; the models' if left out."
    )
    var dtype: String?

    @Option(name: .long, help: "Largest weight file, as 5GB; a larger model is split in shards.")
    var shardSize: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Set one value of the file, as in --set merge.zones.bottom=4. May be repeated.",
            valueName: "path=value"
        )
    )
    var assignments: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Repeat the merge that made a folder and compare, writing nothing.",
            valueName: "folder"
        )
    )
    var verify: String?

    @Flag(name: .long, help: "Print the source of every tensor and write nothing.")
    var plan = false

    @Flag(name: .long, help: "Replace the folder of the merged model if it exists.")
    var force = false

    @OptionGroup var threads: ThreadOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        let flags = [math, language, base, dtype, shardSize].contains { $0 != nil }
        let others = flags || !settings.given.isEmpty
        if verify != nil {
            guard file == nil, !others, destination == nil, !plan, assignments.isEmpty else {
                throw ValidationError(
                    "--verify takes everything from the record of the folder; leave the rest out."
                )
            }
        } else if file != nil {
            guard !others else {
                throw ValidationError(
                    "The file says what is merged; change it there, or with --set path=value."
                )
            }
        } else {
            guard assignments.isEmpty else {
                throw ValidationError("--set changes a file that describes the merge; name one.")
            }
            guard math != nil, language != nil else {
                throw ValidationError(
                    "Missing the experts: add --math FOLDER and --language FOLDER, or a file."
                )
            }
            guard plan || destination != nil else {
                throw ValidationError(
                    "Missing the folder to write to: add --to FOLDER, or --plan."
                )
            }
        }
    }

    func run() throws {
        StopSwitch.install()
        let console = output.console
        if let verify { return try check(URL(filePath: verify), console) }
        let tool = try tool()
        if plan {
            for line in tool.planLines { console.result(line) }
            try console.object(tool.planLines)
            return
        }
        for line in tool.briefLines { console.remark(line) }
        guard let folder = destination.map({ URL(filePath: $0) }) ?? tool.output else { return }
        let reporter = MergeReporter(console: console)
        let summary = try tool.write(to: folder, replacing: force, progress: reporter.report)
        reporter.finish()
        console.result(
            "\(summary.output): \(summary.copiedTensors) tensors copied and proven equal to their "
                + "source, \(summary.computedTensors) computed"
        )
        try console.object(summary)
    }

    private func tool() throws -> MergeTool {
        if let file {
            return try MergeTool(
                recipe: URL(filePath: file),
                overrides: assignments,
                threads: threads.count
            )
        }
        let folders = [("language", language), ("math", math), ("base", base)]
        let request = try MergeRequest(
            settings: settings.settings,
            folders: folders.compactMap { name, folder in
                folder.map { (name, URL(filePath: $0)) }
            },
            storage: MergeStorage(
                elementType: try dtype.map(StorageText.elementType),
                shardBytes: try shardSize.map(StorageText.bytes) ?? MergeStorage().shardBytes
            )
        )
        return try MergeTool(request, threads: threads.count)
    }

    private struct Verdict: Encodable {
        var folder: String
        var comparedTensors: Int
    }

    private func check(_ folder: URL, _ console: Console) throws {
        let tool = try MergeTool(MergeRequest(recordedIn: folder), threads: threads.count)
        let reporter = MergeReporter(console: console)
        let count = try tool.verify(folder, progress: reporter.report)
        reporter.finish()
        let shown = folder.relativePath
        console.result("\(shown): \(count) tensors are what the repeated merge gives, byte by byte")
        try console.object(Verdict(folder: shown, comparedTensors: count))
    }
}
