import ArgumentParser
import Foundation
import Foundations

/// The program: flags in, words out.
@main
struct LayerSwapCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "layerswap",
        abstract: "Train two experts from one base model, swap their layers, and compare.",
        discussion: """
            Begin with 'layerswap run Recipes/quickstart.yaml'. A recipe describes a whole \
            experiment; 'run' reuses what is finished and resumes what was interrupted.
            """,
        version: ProgramVersion.current,
        subcommands: [
            RunCommand.self, DataCommand.self, TokenizerCommand.self, TrainCommand.self,
            EvaluateCommand.self,
            MergeCommand.self, ConvertCommand.self, GenerateCommand.self, ChatCommand.self,
            InspectCommand.self,
            ValidateCommand.self, ShowRecipeCommand.self, ListCommand.self, CopyCommand.self,
            RunsCommand.self, AnalyzeCommand.self, ReportCommand.self, StudioCommand.self,
            CheckCommand.self,
            DoctorCommand.self, BenchmarkCommand.self, HelpCommand.self,
        ]
    )

    /// Runs the verb and ends the process: 0 done, 1 an error, 2 wrong usage, and 128 plus the
    /// number of the signal that stopped it: 130 for Ctrl-C.
    static func main() {
        StopSwitch.install()
        if let problem = Verbs.problem(in: Array(CommandLine.arguments.dropFirst())) {
            Failure.write(problem)
            Foundation.exit(2)
        }
        do {
            var command = try parseAsRoot()
            if let checked = command as? any CheckedCommand { try checked.checkArguments() }
            try command.run()
        } catch {
            // What fails after a signal fails because of it: a program that was started, a file
            // that is gone.
            if StopSwitch.isOn { StopSwitch.end() }
            Foundation.exit(Failure.report(error))
        }
        if StopSwitch.isOn { StopSwitch.end() }
    }
}
