import ArgumentParser
import Foundations

/// Words of the command line that should be verbs and are none.
enum Verbs {
    /// What is wrong with the verbs of a command line; nil when nothing is.
    static func problem(in words: [String]) -> String? {
        var command: any ParsableCommand.Type = LayerSwapCommand.self
        var path = "layerswap"
        let isHelp = words.first == name(of: HelpCommand.self)
        if isHelp, words.dropFirst().first == HelpCommand.recipe { return nil }
        for word in isHelp ? words.dropFirst() : words[...] {
            let verbs = command.configuration.subcommands
            guard !verbs.isEmpty, !word.hasPrefix("-") else { return nil }
            guard let verb = verbs.first(where: { name(of: $0) == word }) else {
                // The verb that is meant when none is written may take the word.
                if let standard = command.configuration.defaultSubcommand,
                    (try? standard.parseAsRoot([word])) != nil
                {
                    return nil
                }
                let topics = isHelp && path == "layerswap" ? [HelpCommand.recipe] : []
                let known = verbs.map { name(of: $0) } + topics
                return "'\(path)' has no verb '\(word)'"
                    + NearestName.suggestion(for: word, among: known)
                    + "; known: \(known.joined(separator: ", "))"
            }
            command = verb
            path += " \(word)"
        }
        return nil
    }

    /// The command that verbs lead to, the program itself for none; words after it do not count.
    static func command(at words: [String]) -> any ParsableCommand.Type {
        var command: any ParsableCommand.Type = LayerSwapCommand.self
        for word in words {
            let verbs = command.configuration.subcommands
            guard let verb = verbs.first(where: { name(of: $0) == word }) else { break }
            command = verb
        }
        return command
    }

    private static func name(of verb: any ParsableCommand.Type) -> String { verb._commandName }
}
