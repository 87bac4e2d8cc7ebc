import ArgumentParser
import Datasets
import Foundation
import Foundations
import Studio

/// `layerswap studio`.
struct StudioCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "studio",
        abstract: "Build, ask and compare layer swaps of a run by hand, in the browser.",
        discussion: """
            Starts a web server that only this machine reaches, and prints the address of its page. \
            Drag the zones of a swap and see at once which problems it solves, beside base, experts \
            and average. Only development problems are asked; the test split is never read. Ctrl-C \
            ends it.
            """
    )

    @Argument(
        help: ArgumentHelp(
            "A finished run: its folder, its name below Checkpoints, or its recipe.",
            valueName: "run"
        )
    )
    var name: String = "quickstart"

    @OptionGroup var experiment: AnalyzedRunOptions

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

    func validate() throws {
        guard (0...Int(UInt16.max)).contains(port) else {
            throw ValidationError("--port: found \(port), expected 0 to \(UInt16.max)")
        }
    }

    func run() throws {
        let console = output.console
        let folder = try experiment.folder.catalogue.find(name)
        let workshop = try Workshop(at: folder, cell: experiment.cell, threads: threads.count)
        StopSwitch.expect { _ in "Studio has ended; variants and exported models are kept." }
        var options = StudioServer.Options()
        options.port = port
        let desk = RunDesk(
            catalogue: experiment.folder.catalogue,
            root: PackageRoot.find(from: folder),
            program: URL(filePath: "/proc/self/exe").resolvingSymlinksInPath(),
            open: folder
        )
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
