import ArgumentParser
import Checkpointing
import Foundation

/// Turns an error into words on standard error and an exit code.
///
/// Every error has one form, `layerswap: error: …`; wrong usage adds the usage of its command.
enum Failure {
    /// Prints what has to be said.
    ///
    /// - Parameter error: What parsing or running a command has thrown.
    /// - Returns: The exit code: 0 after a help screen, 2 for wrong usage, 1 for anything else.
    static func report(_ error: any Error) -> Int32 {
        let parserCode = LayerSwapCommand.exitCode(for: error)
        if parserCode == .success {
            Console.write(LayerSwapCommand.fullMessage(for: error))
            return 0
        }
        if let code = error as? ExitCode { return code.rawValue }
        if let error = error as? ValidationError {
            // Found while a command ran: its usage was right, and the parser no longer knows it.
            write(error.message)
            return 2
        }
        if parserCode == .validationFailure {
            write(ownForm(of: LayerSwapCommand.fullMessage(for: error)))
            return 2
        }
        write(ErrorText.text(of: error))
        return 1
    }

    /// Writes an error.
    static func write(_ text: String) {
        Console.writeError("layerswap: error: \(text)")
    }

    /// What the parser says, in the form of all other errors: without `Error:` and without the
    /// capital of its sentence.
    ///
    /// Other words may begin with a path or a name, whose capital has to stay.
    private static func ownForm(of message: String) -> String {
        let words = message.trimmingPrefix("Error: ")
        return words.prefix(1).lowercased() + words.dropFirst()
    }
}
