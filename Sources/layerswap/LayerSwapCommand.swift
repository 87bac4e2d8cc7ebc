import ArgumentParser
import Foundation
import Pipeline

/// The program: flags in, words out.
@main
struct LayerSwapCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "layerswap",
        abstract: "Train two experts from one base model, swap their layers, and compare.",
        discussion: """
            Begin with 'layerswap run Recipes/quickstart.yaml'. A recipe describes a whole \
            experiment; 'run' skips what is finished and resumes what was interrupted.
            """,
        version: ProgramVersion.current,
        subcommands: [
            RunCommand.self, DataCommand.self, TokenizerCommand.self, TrainCommand.self,
            EvaluateCommand.self,
            MergeCommand.self, GenerateCommand.self, ChatCommand.self, InspectCommand.self,
            ValidateCommand.self, ShowRecipeCommand.self, ListCommand.self, CopyCommand.self,
            RunsCommand.self, AnalyzeCommand.self, ReportCommand.self, CheckCommand.self,
            DoctorCommand.self, BenchmarkCommand.self,
        ]
    )

    /// Runs the verb and ends the process: 0 done, 1 an error, 2 wrong usage, 130 stopped.
    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            Foundation.exit(Failure.report(error))
        }
    }
}

/// Turns an error into words on standard error and an exit code.
enum Failure {
    /// Prints what has to be said and gives the exit code.
    static func report(_ error: any Error) -> Int32 {
        let parserCode = LayerSwapCommand.exitCode(for: error)
        if parserCode == .success {
            print(LayerSwapCommand.fullMessage(for: error))
            return 0
        }
        if let code = error as? ExitCode { return code.rawValue }
        if parserCode == .validationFailure {
            Console.writeError(LayerSwapCommand.fullMessage(for: error))
            return 2
        }
        Console.writeError("layerswap: error: \(message(of: error))")
        return 1
    }

    /// Our own errors describe themselves; those of the system have localized words.
    private static func message(of error: any Error) -> String {
        if error is CocoaError || type(of: error) == NSError.self {
            return error.localizedDescription
        }
        return String(describing: error)
    }
}
