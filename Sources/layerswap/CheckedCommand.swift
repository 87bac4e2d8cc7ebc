import ArgumentParser

/// A command whose arguments have to fit each other.
///
/// The parser calls `validate()` before it looks for options that it does not know. A misspelt one
/// would be reported there as whatever its value seems to be, so what looks at several arguments
/// waits until all of them are known.
protocol CheckedCommand: ParsableCommand {
    /// Checks the arguments against each other, before the command runs.
    ///
    /// - Throws: `ValidationError` that names the arguments.
    func checkArguments() throws
}
