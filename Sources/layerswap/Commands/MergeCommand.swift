import ArgumentParser
import Checkpointing
import Foundation
import MergeFiles
import MergeMethods
import Merging
import Recipes
import RunRecords

/// `layerswap merge`.
struct MergeCommand: CheckedCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Merge fine-tuned checkpoints of one base into a new model.",
        discussion: """
            Describe the merge with flags, or in a file ('layerswap merge merge.yaml'). \
            Recipes/merge-huggingface.yaml is an example with comments; mergekit 0.1.5 \
            configurations are supported, with all of its methods.

            Models are Hugging Face folders of Llama, Mistral, Qwen 2, Qwen 3, Gemma 2 or Gemma 3 \
            (text), or RUN/MODEL such as tiny/math; experts may be LoRA adapters of PEFT. Without \
            zones, layer swap takes the published ones, scaled with the depth. Methods that add \
            changes need --base; with it, a warning says when experts have moved too far. Inputs \
            are never written, and swapped tensors are verified byte by byte.
            """
    )

    @Argument(
        help: "A YAML file that describes the merge.",
        completion: .file(extensions: ["yaml"])
    )
    var file: String?

    @Option(name: .long, help: "The math expert: a model folder, or RUN/MODEL.")
    var math: String?

    @Option(name: .long, help: "The language expert: a model folder, or RUN/MODEL.")
    var language: String?

    @Option(
        name: .long,
        help: "The common base of both, for methods that need it: a model folder, or RUN/MODEL."
    )
    var base: String?

    @Option(
        name: [.customLong("to"), .customShort("o")],
        help: "The folder to write the merged model to."
    )
    var destination: String?

    @OptionGroup var settings: MergeSettingOptions

    @Option(
        name: .long,
        help:
            "Stored type of the result: float32, float16 or bfloat16. (default: that of the models)"
    )
    var dtype: String?

    @Option(
        name: .long,
        help: "Largest size of a weight file, such as 5GB; larger models are split into shards."
    )
    var shardSize: String?

    @Flag(
        name: .long,
        help: "Write the swap of two LoRA adapters as an adapter; without transition layers."
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
            "Repeat the merge that made this folder and compare every byte; write nothing.",
            valueName: "folder"
        )
    )
    var verify: String?

    @Flag(name: .long, help: "Print the source of every tensor and write nothing.")
    var plan = false

    @Flag(
        name: .long,
        help: "Print the merge as a mergekit configuration and write nothing."
    )
    var mergekit = false

    @Flag(
        name: .long,
        help: "Print how far both experts have moved from --base, by layer, and write nothing."
    )
    var changes = false

    @Flag(
        name: .long,
        help: "Replace the output folder when it is empty or an earlier merge."
    )
    var force = false

    @OptionGroup var threads: ThreadOptions
    @OptionGroup var output: OutputOptions

    func checkArguments() throws {
        let paths = [
            ("--math", math), ("--language", language), ("--base", base), ("--to", destination),
            ("--verify", verify), ("the file of the merge", file),
        ]
        for (name, path) in paths where path?.isEmpty == true {
            throw ValidationError(
                "\(name): found an empty path; if it came from a variable, that is not set"
            )
        }
        let flags = [math, language, base, dtype, shardSize].contains { $0 != nil } || adapter
        let others = flags || !settings.isEmpty
        if verify != nil {
            guard file == nil, !others, destination == nil, !plan, !changes, !mergekit,
                assignments.isEmpty
            else {
                throw ValidationError(
                    "--verify takes everything from the record of the folder; leave the rest out"
                )
            }
        } else if file != nil {
            guard !others else {
                throw ValidationError(
                    "the file describes the merge; change it there, or with --set path=value"
                )
            }
        } else {
            guard assignments.isEmpty else {
                throw ValidationError("--set changes a file that describes the merge; name one")
            }
            guard math != nil, language != nil else {
                throw ValidationError(
                    "missing the experts: add --math FOLDER and --language FOLDER, or a file"
                )
            }
            guard !changes || base != nil else {
                throw ValidationError("missing the base to compare with: add --base FOLDER")
            }
            guard plan || changes || mergekit || destination != nil else {
                throw ValidationError(
                    "missing the folder to write to: add --to FOLDER, or --plan"
                )
            }
        }
    }

    func run() throws {
        let console = output.console
        if let verify { return try check(ModelLookup.find(verify), console) }
        sayWhatIsNotWritten()
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
                    "--changes needs two experts, language and math, and their base"
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
        for warning in warnings { Console.warn(warning) }
        if plan {
            for line in tool.planLines { console.result(line) }
            try console.object(PlannedMerge(tensors: tool.plannedTensors))
            return
        }
        for line in tool.briefLines { console.remark(line) }
        guard let folder else { return }
        let profile = try tool.changes(progress: reporter.report)
        for warning in profile?.warnings ?? [] {
            reporter.finish()
            Console.warn(warning)
        }
        let summary = try tool.write(to: folder, replacing: force, progress: reporter.report)
        reporter.finish()
        console.result(Self.text(of: summary))
        try console.object(summary)
        NextSteps.afterMerge(into: folder, on: console)
    }

    /// Says that nothing goes to the folder of `--to` beside a flag that only prints.
    private func sayWhatIsNotWritten() {
        let printing = [("--plan", plan), ("--changes", changes), ("--mergekit", mergekit)]
        guard let destination, let (flag, _) = printing.first(where: \.1) else { return }
        Console.writeError(
            "layerswap: note: \(flag) prints and writes nothing to \(destination); leave it out to "
                + "merge"
        )
    }

    /// Does the merges of a file that holds several.
    private func run(_ series: MergekitSeries, _ console: Console) throws {
        guard assignments.isEmpty, !mergekit, !changes else {
            throw ValidationError(
                "the file holds several merges; --set, --mergekit and --changes work with one"
            )
        }
        let folder = try plan ? nil : checkedFolder(of: series)
        let plans = try series.plans(threads: threads.count, everyTensor: plan)
        for entry in plans {
            for line in ["merge \(entry.title):"] + entry.lines + [""] {
                if plan { console.result(line) } else { console.remark(line) }
            }
        }
        guard let folder else {
            let planned = plans.map { PlannedMerge(merge: $0.title, tensors: $0.tensors) }
            try console.object(planned)
            return
        }
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

    /// A merge of `--plan` for other programs.
    private struct PlannedMerge: Encodable {
        /// The name of the merge in a file that holds several.
        var merge: String?
        /// The source of every tensor; nil where a model that it needs has not been made yet.
        var tensors: [MergeTool.PlannedTensor]?
    }

    private static func text(of summary: MergeTool.Summary) -> String {
        "\(summary.output): \(summary.copiedTensors) tensors copied and verified equal to their "
            + "source, \(summary.computedTensors) computed"
    }

    /// The folder of several merges, which is checked before models are opened.
    private func checkedFolder(of series: MergekitSeries) throws -> URL {
        guard let folder = destination.map({ URL(filePath: $0) }) ?? series.output else {
            throw ValidationError("the file names no folder to write to: add --to FOLDER")
        }
        Console.announce(try series.place(of: folder, replacing: force).check())
        return folder
    }

    /// The folder to write to, which is checked before models are opened.
    private func checkedFolder(of request: MergeRequest, from file: URL?) throws -> URL {
        guard let folder = destination.map({ URL(filePath: $0) }) ?? request.output else {
            throw ValidationError(
                "the file names no folder to write to: add --to FOLDER, or --plan"
            )
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
