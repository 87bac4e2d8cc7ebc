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
        for (place, word) in words.enumerated() {
            // 'layerswap help VERB' explains a verb.
            if isHelp, place == 0 { continue }
            let verbs = command.configuration.subcommands
            guard !verbs.isEmpty, !word.hasPrefix("-") else { return nil }
            guard let verb = verbs.first(where: { name(of: $0) == word }) else {
                let topics = isHelp && path == "layerswap" ? [HelpCommand.recipe] : []
                let known = verbs.map { name(of: $0) } + topics
                // The verb that is meant when none is written may take the word, unless it cannot
                // take what follows and the word is near a verb that can.
                if let standard = command.configuration.defaultSubcommand,
                    (try? standard.parseAsRoot([word])) != nil
                {
                    let rest = Array(words[place...])
                    let isNear = NearestName.nearest(to: word, among: known) != nil
                    let isTaken = (try? standard.parseAsRoot(rest)) != nil
                    let asksForHelp = rest.contains("--help") || rest.contains("-h")
                    guard isNear, !isTaken, !asksForHelp else { return nil }
                }
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
