import Foundation
import Kernels

/// Starts the program once more with the library that counts allocations in front of it.
///
/// The library lies beside the program where both were built; elsewhere nothing is counted.
enum AllocationCounting {
    private static let marker = "LAYERSWAP_COUNTED"

    /// Does not return when the program could be started anew.
    static func beginAgainCounted() {
        let environment = ProcessInfo.processInfo.environment
        guard AllocationCount.current == nil, environment[marker] == nil,
            let program = Bundle.main.executableURL?.resolvingSymlinksInPath()
        else { return }
        let library = program.deletingLastPathComponent()
            .appending(path: "lib_AllocationCounter.so")
        guard FileManager.default.fileExists(atPath: library.path) else { return }
        let preloaded = [library.path, environment["LD_PRELOAD"]].compactMap(\.self)
        setenv("LD_PRELOAD", preloaded.joined(separator: ":"), 1)
        // Whatever happens, the program is not started a third time.
        setenv(marker, "1", 1)
        var arguments = CommandLine.arguments.map { strdup($0) } + [nil]
        execv(program.path, &arguments)
        // Only a failure comes back: then this process measures, and does not count.
        for argument in arguments { free(argument) }
    }
}
