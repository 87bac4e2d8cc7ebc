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
            Recipes/merge-huggingface.yaml is one with comments; files of mergekit are read too), \
            or flags do. Models are Hugging Face folders of the families Llama, Mistral, Qwen 2 and \
            3, and Gemma 2; experts may be LoRA adapters of PEFT, beside their base. Without zones a \
            layer swap takes the published ones, scaled with the depth. Methods that add what \
            training changed need --base; with it you are warned when experts have moved too far. \
            The inputs are only read; tensors that are swapped are proven equal to their source.
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

    @Flag(
        name: .long,
        help: "Write a LoRA adapter of pieces of two; for swaps of adapters without transitions."
    )
    var adapter = false

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

    @Flag(
        name: .long,
        help: "Print the merge as a configuration file of mergekit; write nothing."
    )
    var mergekit = false

    @Flag(
        name: .long,
        help: "Print how far both experts have moved from --base, by layer; write nothing."
    )
    var changes = false

    @Flag(name: .long, help: "Replace the folder of the merged model if it exists.")
    var force = false

    @OptionGroup var threads: ThreadOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        let flags = [math, language, base, dtype, shardSize].contains { $0 != nil } || adapter
        let others = flags || !settings.given.isEmpty
        if verify != nil {
            guard file == nil, !others, destination == nil, !plan, !changes, !mergekit,
                assignments.isEmpty
            else {
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
            guard !changes || base != nil else {
                throw ValidationError("Missing the base to compare with: add --base FOLDER.")
            }
            guard plan || changes || mergekit || destination != nil else {
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
        let reporter = MergeReporter(console: console)
        let tool = try tool(reporter)
        if changes {
            guard let profile = try tool.changes(progress: reporter.report) else {
                throw ValidationError(
                    "The changes are those of two experts, language and math, from base."
                )
            }
            reporter.finish()
            for line in ChangeReport(profile).lines { console.result(line) }
            try console.object(profile)
            return
        }
        if mergekit {
            let configuration = try tool.mergekitConfiguration()
            console.result(configuration)
            try console.object(["mergekit": configuration])
            return
        }
        if plan {
            for line in tool.planLines { console.result(line) }
            try console.object(tool.planLines)
            return
        }
        for line in tool.briefLines { console.remark(line) }
        guard let folder = destination.map({ URL(filePath: $0) }) ?? tool.output else {
            throw ValidationError("The file names no folder to write to: add --to FOLDER.")
        }
        let profile = try tool.changes(progress: reporter.report)
        for warning in profile?.warnings ?? [] {
            reporter.finish()
            Console.writeError("Warning: \(warning).")
        }
        let summary = try tool.write(to: folder, replacing: force, progress: reporter.report)
        reporter.finish()
        console.result(
            "\(summary.output): \(summary.copiedTensors) tensors copied and proven equal to their "
                + "source, \(summary.computedTensors) computed"
        )
        try console.object(summary)
    }

    private func tool(_ reporter: MergeReporter) throws -> MergeTool {
        if let file {
            return try MergeTool(
                recipe: URL(filePath: file),
                overrides: assignments,
                threads: threads.count,
                progress: reporter.report
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
                shardBytes: try shardSize.map(StorageText.bytes) ?? MergeStorage().shardBytes,
                form: adapter ? .adapter : nil
            )
        )
        return try MergeTool(request, threads: threads.count, progress: reporter.report)
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
