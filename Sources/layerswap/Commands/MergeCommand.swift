import ArgumentParser
import Checkpointing
import Foundation
import MergeFiles
import MergeMethods
import Merging
import Recipes
import RunRecords

/// `layerswap merge`.
struct MergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Merge fine-tuned checkpoints of one base into a new model.",
        discussion: """
            Either a file says what is merged ('layerswap merge merge.yaml'; \
            Recipes/merge-huggingface.yaml is one with comments; files of mergekit 0.1.5 with any of \
            its methods are read too), or flags do. Models are Hugging Face folders of the families Llama, Mistral, Qwen 2 and \
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

    @Flag(
        name: .long,
        help: "Replace the folder of the merged model when it is empty or an earlier merge."
    )
    var force = false

    @OptionGroup var threads: ThreadOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        let flags = [math, language, base, dtype, shardSize].contains { $0 != nil } || adapter
        let others = flags || !settings.isEmpty
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
        let console = output.console
        if let verify { return try check(ModelLookup.find(verify), console) }
        let file = try file.map(RecipeLookup.find)
        if let file, let series = try MergekitSeries(file: file) {
            return try run(series, console)
        }
        let reporter = MergeReporter(console: console)
        let request = try request(from: file)
        let folder =
            plan || changes || mergekit ? nil : try checkedFolder(of: request, from: file)
        let tool = try MergeTool(request, threads: threads.count, progress: reporter.report)
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
        let warnings = try tool.warnings(progress: reporter.report)
        reporter.finish()
        for warning in warnings { Console.writeError("Warning: \(warning).") }
        if plan {
            for line in tool.planLines { console.result(line) }
            try console.object(tool.planLines)
            return
        }
        for line in tool.briefLines { console.remark(line) }
        guard let folder else { return }
        let profile = try tool.changes(progress: reporter.report)
        for warning in profile?.warnings ?? [] {
            reporter.finish()
            Console.writeError("Warning: \(warning).")
        }
        let summary = try tool.write(to: folder, replacing: force, progress: reporter.report)
        reporter.finish()
        console.result(Self.text(of: summary))
        try console.object(summary)
        NextSteps.afterMerge(into: folder, on: console)
    }

    /// Does the merges of a file that holds several.
    private func run(_ series: MergekitSeries, _ console: Console) throws {
        guard assignments.isEmpty, !mergekit, !changes else {
            throw ValidationError(
                "The file holds several merges; --set, --mergekit and --changes are for one."
            )
        }
        let folder = try plan ? nil : checkedFolder(of: series)
        let plans = try series.plans(threads: threads.count, everyTensor: plan)
        for entry in plans {
            for line in ["merge \(entry.title):"] + entry.lines + [""] {
                if plan { console.result(line) } else { console.remark(line) }
            }
        }
        guard let folder else { return try console.object(plans.flatMap(\.lines)) }
        let reporter = MergeReporter(console: console)
        let summaries = try series.write(
            to: folder,
            replacing: force,
            threads: threads.count,
            progress: reporter.report
        )
        reporter.finish()
        for summary in summaries { console.result(Self.text(of: summary)) }
        try console.object(summaries)
        NextSteps.afterMerge(into: folder, on: console)
    }

    private static func text(of summary: MergeTool.Summary) -> String {
        "\(summary.output): \(summary.copiedTensors) tensors copied and proven equal to their "
            + "source, \(summary.computedTensors) computed"
    }

    /// The folder of several merges, which is checked before models are opened.
    private func checkedFolder(of series: MergekitSeries) throws -> URL {
        guard let folder = destination.map({ URL(filePath: $0) }) ?? series.output else {
            throw ValidationError("The file names no folder to write to: add --to FOLDER.")
        }
        Console.announce(try series.place(of: folder, replacing: force).check())
        return folder
    }

    /// The folder to write to, which is checked before models are opened.
    private func checkedFolder(of request: MergeRequest, from file: URL?) throws -> URL {
        guard let folder = destination.map({ URL(filePath: $0) }) ?? request.output else {
            throw ValidationError("The file names no folder to write to: add --to FOLDER.")
        }
        let place = OutputPlace(
            merging: request.inputs,
            files: file.map { [.init("the file of the merge", $0)] } ?? [],
            to: folder,
            replacing: force
        )
        Console.announce(try place.check())
        return folder
    }

    private func request(from file: URL?) throws -> MergeRequest {
        if let file { return try MergeRequest(file: file, overrides: assignments) }
        let folders = [
            (ModelPart.language.name, language), (ModelPart.math.name, math),
            (ModelPart.base.name, base),
        ]
        return try MergeRequest(
            settings: settings.parameters(),
            folders: folders.compactMap { name, folder in
                try folder.map { (name, try ModelLookup.find($0, role: name)) }
            },
            storage: MergeStorage(
                elementType: try dtype.map(StorageText.elementType),
                shardBytes: try shardSize.map(StorageText.bytes) ?? MergeStorage().shardBytes,
                form: adapter ? .adapter : nil
            )
        )
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
