/// A command line that can be typed again.
package enum ShellText {
    /// The words, each quoted where the shell needs it, without those that are left out.
    package static func command(_ words: [String], without left: Set<String> = []) -> String {
        words.filter { !left.contains($0) }.map(quoted).joined(separator: " ")
    }

    private static func quoted(_ word: String) -> String {
        let isPlain = word.allSatisfy { $0.isLetter || $0.isNumber || "-_./=:,+@%".contains($0) }
        if isPlain, !word.isEmpty { return word }
        return "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
