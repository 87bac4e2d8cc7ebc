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
            write(LayerSwapCommand.fullMessage(for: error))
            return 2
        }
        write(ErrorText.text(of: error))
        return 1
    }

    /// Writes an error; the words of the parser get the form of all others.
    static func write(_ text: String) {
        var words = Substring(text)
        if words.hasPrefix("Error: ") { words = words.dropFirst("Error: ".count) }
        Console.writeError("layerswap: error: \(lowercased(words))")
    }

    /// A sentence without its capital, unless the first word is a name such as `JSON` or `I/O`.
    private static func lowercased(_ text: Substring) -> String {
        let word = text.prefix { $0.isLetter }
        let isSentence = word.count > 1 && word.dropFirst().allSatisfy(\.isLowercase)
        let next = text.dropFirst(word.count).first
        guard isSentence, next == " " || next == "," else { return String(text) }
        return word.lowercased() + text.dropFirst(word.count)
    }
}
