import ArgumentParser
import Datasets
import Foundation
import Pipeline
import Recipes

/// `layerswap data`.
struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data",
        abstract: "Check language packs and recipes' data, and show examples.",
        subcommands: [DataCheckCommand.self, DataShowCommand.self]
    )
}

/// `layerswap data check`.
struct DataCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract:
            "Check language packs, and that no expert of a recipe reads target-language mathematics.",
        discussion: """
            Every slot of every pattern is filled with every form it may need, each problem must \
            state the numbers of the English one, and general text must be unable to teach \
            mathematics. Without arguments all packs of Data/Languages are checked.
            """
    )

    @Argument(help: "Packs or recipes, YAML files.", completion: .file(extensions: ["yaml"]))
    var files: [String] = []

    @OptionGroup var output: OutputOptions

    private struct Report: Encodable {
        var packs: [PackTool.Verdict] = []
        var proofs: [LeakCheck.Line] = []
    }

    func run() throws {
        let folder = PackageRoot.languages(in: PackageRoot.withLanguages)
        let source = folder.appending(path: "english.yaml")
        let packs = Set(YAMLFiles.below(folder).map(\.path))
        let wanted =
            files.isEmpty
            ? YAMLFiles.below(folder) : try files.map(RecipeLookup.find)
        var report = Report()
        for url in wanted {
            if Self.isPack(url, known: packs) {
                report.packs.append(try PackTool(source: source).check(url))
            } else {
                report.proofs += try proof(of: url)
            }
        }
        try say(report)
        if report.packs.contains(where: { $0.error != nil }) { throw ExitCode(1) }
    }

    /// A file with a lexicon is a pack, wherever it lies.
    private static func isPack(_ url: URL, known: Set<String>) -> Bool {
        if known.contains(url.standardizedFileURL.path) { return true }
        let text = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").contains { $0.hasPrefix("lexicon:") }
    }

    private func proof(of url: URL) throws -> [LeakCheck.Line] {
        let experiment = try Experiment(LoadedRecipe(at: url))
        return try experiment.recipe.stages.names.flatMap {
            try LeakCheck.lines(for: $0, of: experiment)
        }
    }

    private func say(_ report: Report) throws {
        let console = output.console
        for verdict in report.packs {
            guard let review = verdict.review, verdict.error == nil else {
                Console.writeError("layerswap: error: \(verdict.error ?? verdict.file)")
                continue
            }
            let words = WordCategory.listed.map {
                "\(review.words[$0.rawValue] ?? 0) \($0.rawValue)"
            }
            console.result("\(verdict.file): \(review.code), every slot filled")
            console.result("  words: \(words.joined(separator: ", "))")
            console.result(
                "  patterns: \(review.patterns["sentences"] ?? 0) sentences, "
                    + "\(review.patterns["questions"] ?? 0) questions, "
                    + "\(review.patterns["events"] ?? 0) questions of events, "
                    + "\(review.patterns["problems"] ?? 0) kinds of problems in "
                    + "\(review.phrasings) phrasings"
            )
            if verdict.sharedProblems > 0 {
                console.result(
                    "  \(verdict.sharedProblems) problems state the numbers of the English ones"
                )
            }
            if !verdict.reorderedProblems.isEmpty {
                console.result(
                    "  in another order: \(verdict.reorderedProblems.joined(separator: ", "))"
                )
            }
            for remark in review.remarks { console.result("  note: \(remark)") }
        }
        for line in report.proofs {
            let patterns = line.patterns.map { "any of \($0) patterns, nor in " } ?? ""
            console.result(
                "\(line.stage), \(line.source): no mathematics in \(patterns)\(line.documents) "
                    + "documents"
            )
        }
        try console.object(report)
    }
}

/// `layerswap data show`.
struct DataShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show generated examples in a language, side by side with English."
    )

    @Option(name: .long, help: "The language, by code or English name, such as sw or Swahili.")
    var language: String

    @Option(name: .long, help: "What to show: text, translation, question, event or problem.")
    var kind: PackTool.Kind = .problem

    @Option(
        name: .long,
        parsing: .unconditional,
        help: "How many examples.",
        transform: NumberArgument.whole
    )
    var count = 10

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...10_000).contains(count) else {
            throw ValidationError("--count: found \(count), expected a number from 1 to 10000")
        }
    }

    func run() throws {
        let languages = KnownLanguages(in: PackageRoot.withLanguages)
        guard let code = languages.code(of: language), code != "en",
            let file = languages.file(of: code)
        else {
            let known = languages.entries.filter { $0.code != "en" }.map(\.title)
            throw ValidationError(
                "--language: found \"\(language)\"\(languages.suggestion(for: language)); "
                    + "known: \(known.joined(separator: ", "))"
            )
        }
        let pack = try LanguagePack(at: file)
        let tool = try PackTool(source: languages.folder.appending(path: "english.yaml"))
        let examples = try tool.examples(of: kind, target: pack, count: count)
        let width = 10
        func line(_ title: String, _ text: String) -> String {
            title.padding(toLength: width, withPad: " ", startingAt: 0) + text
        }
        for example in examples {
            let title = example.kind.map { " (\($0))" } ?? ""
            output.console.result(line("English", example.english + title))
            output.console.result(line(pack.code, example.target))
            if let reply = example.englishReply {
                output.console.result(line("", reply))
                if let own = example.targetReply, own != reply {
                    output.console.result(line("", own))
                }
            }
            output.console.result("")
        }
        try output.console.object(examples)
    }
}

extension PackTool.Kind: ExpressibleByArgument {}
