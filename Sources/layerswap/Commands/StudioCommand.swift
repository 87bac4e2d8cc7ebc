import ArgumentParser
import CAllocator
import Datasets
import Foundation
import Foundations
import MergeMethods
import Recipes
import RunRecords
import Studio

/// `layerswap studio`.
struct StudioCommand: CheckedCommand {
    static let configuration = CommandConfiguration(
        commandName: "studio",
        abstract: "Build, ask and compare layer swaps of a run by hand, in the browser.",
        discussion: """
            Starts a web server that only this machine reaches, and prints the address of its page. \
            Drag the zones of a swap and see at once which problems it solves, beside base, experts \
            and average. Only development problems are asked; the test split is never read. Ctrl-C \
            ends it.

            With --base, --math and --language it takes models from anywhere. They are asked the \
            problems of --recipe; without one, or where they do not fit into memory, they can be \
            planned and exported.
            """
    )

    @Argument(
        help: ArgumentHelp(
            "A finished run: its folder, its name below Checkpoints, or its recipe. "
                + "(default: quickstart)",
            valueName: "run"
        )
    )
    var name: String?

    @OptionGroup var experiment: AnalyzedRunOptions

    @Option(name: .long, help: "The base of your own experts, in place of a run.")
    var base: String?

    @Option(name: .long, help: "Your math expert: a model folder, or RUN/MODEL.")
    var math: String?

    @Option(name: .long, help: "Your language expert: a model folder, or RUN/MODEL.")
    var language: String?

    @Option(
        name: .long,
        help: "A recipe whose development problems your own models are asked."
    )
    var recipe: String?

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "The port; 0 takes a free one. (default: 0)",
        transform: NumberArgument.whole
    )
    var port = 0

    @Flag(name: .long, help: "Open the page in the browser.")
    var open = false

    @OptionGroup var threads: ThreadOptions
    @OptionGroup var output: OutputOptions

    /// What a reader of the JSON needs.
    private struct Started: Encodable {
        var address: String
    }

    func checkArguments() throws {
        guard (0...Int(UInt16.max)).contains(port) else {
            throw ValidationError("--port: found \(port), expected 0 to \(UInt16.max)")
        }
        let own = [("--base", base), ("--math", math), ("--language", language)]
        let missing = own.filter { $0.1 == nil }.map(\.0)
        guard missing.isEmpty || missing.count == own.count else {
            throw ValidationError(
                "\(missing.joined(separator: " and ")) left out; models from anywhere need --base, "
                    + "--math and --language"
            )
        }
        if missing.isEmpty, name != nil {
            throw ValidationError("a run and --base, --math, --language exclude each other")
        }
        if !missing.isEmpty, recipe != nil {
            throw ValidationError(
                "--recipe goes with --base, --math and --language; a run has its own"
            )
        }
    }

    func run() throws {
        allocator_share_freed_memory()
        let console = output.console
        let (workshop, folder) = try workshop()
        var options = StudioServer.Options()
        options.port = port
        let desk = RunDesk(
            catalogue: experiment.folder.catalogue,
            root: PackageRoot.find(from: folder ?? URL(filePath: ".")),
            program: URL(filePath: "/proc/self/exe").resolvingSymlinksInPath(),
            open: folder
        )
        StopSwitch.expect(waitingFor: { desk.startedProcesses }) { _ in
            "Studio has ended; variants, exported models and what runs have saved are kept."
        }
        let server = StudioServer(workshop, desk, options: options)
        let opens = open
        try Waiting.result {
            try await server.run { address in
                console.result(address)
                console.remark("Open it in a browser on this machine. Ctrl-C ends Studio.")
                try? console.object(Started(address: address))
                if opens { Self.open(address, console) }
            }
        }
    }

    /// The models, and the folder of their run.
    private func workshop() throws -> (Workshop, URL?) {
        guard let base, let math, let language else {
            let folder = try experiment.folder.catalogue.find(name ?? "quickstart")
            return (
                try Workshop(at: folder, cell: experiment.cell, threads: threads.count), folder
            )
        }
        let workshop = try Workshop(
            checkpoints: [
                (.base, ModelLookup.find(base, role: ModelPart.base.name)),
                (.math, ModelLookup.find(math, role: ModelPart.math.name)),
                (.language, ModelLookup.find(language, role: ModelPart.language.name)),
            ],
            recipe: recipe.map { try LoadedRecipe(at: RecipeLookup.find($0)) },
            threads: threads.count
        )
        return (workshop, nil)
    }

    /// Opens an address with the program that the desktop has chosen for that.
    private static func open(_ address: String, _ console: Console) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["xdg-open", address]
        process.standardError = FileHandle.nullDevice
        process.terminationHandler = { ended in
            if ended.terminationStatus != 0 {
                Console.writeError("No browser could be opened; open the address yourself.")
            }
        }
        try? process.run()
    }
}
