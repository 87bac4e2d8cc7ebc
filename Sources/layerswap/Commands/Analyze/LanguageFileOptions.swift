import ArgumentParser
import Foundation
import RunAnalysis

/// Problems and texts of several languages for a checkpoint.
struct LanguageFileOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "For --checkpoint: a language with its problems, the richest language first. May be "
                + "repeated.",
            valueName: "code=file"
        )
    )
    var questions: [String] = []

    @Option(
        name: .customLong("text"),
        help: ArgumentHelp(
            "For --questions: other text of a language. May be repeated.",
            valueName: "code=file"
        )
    )
    var texts: [String] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "For --questions: a file whose questions, without their numbers, are the other text of a "
                + "language. May be repeated.",
            valueName: "code=file"
        )
    )
    var numberless: [String] = []

    var isEmpty: Bool { questions.isEmpty }

    /// The files of all languages in the order given.
    ///
    /// - Parameter needsText: Whether every language has other text.
    /// - Returns: The languages with their files.
    /// - Throws: `ValidationError` for what cannot be read and for languages without their part.
    func files(needsText: Bool) throws -> LanguageFiles {
        var others: [String: LanguageFiles.Other] = [:]
        func take(_ flag: String, _ values: [String], _ make: (URL) -> LanguageFiles.Other) throws {
            for value in values {
                let (code, url) = try Self.pair(value, flag)
                guard others.updateValue(make(url), forKey: code) == nil else {
                    throw ValidationError("\(flag): the language \(code) has other text already")
                }
            }
        }
        try take("--text", texts) { .text($0) }
        try take("--numberless", numberless) { .numberless($0) }
        var languages: [LanguageFiles.Language] = []
        for value in questions {
            let (code, url) = try Self.pair(value, "--questions")
            guard !languages.contains(where: { $0.code == code }) else {
                throw ValidationError("--questions: the language \(code) is named twice")
            }
            let other = others.removeValue(forKey: code)
            guard other != nil || !needsText else {
                throw ValidationError(
                    "\(code) has no other text: add --text \(code)=FILE or --numberless \(code)=FILE"
                )
            }
            languages.append(.init(code: code, problems: url, other: other))
        }
        if let code = others.keys.sorted().first {
            throw ValidationError(
                "\(code) has other text and no problems: add --questions \(code)=FILE"
            )
        }
        return LanguageFiles(languages)
    }

    /// The files of problems alone.
    static func files(_ questions: [String]) throws -> LanguageFiles {
        var options = LanguageFileOptions()
        options.questions = questions
        options.texts = []
        options.numberless = []
        return try options.files(needsText: false)
    }

    private static func pair(_ text: String, _ flag: String) throws -> (code: String, url: URL) {
        let sides = text.split(separator: "=", maxSplits: 1).map(String.init)
        // The code becomes a part of file names.
        guard sides.count == 2, sides[0].wholeMatch(of: #/[A-Za-z0-9_-]{1,16}/#) != nil else {
            throw ValidationError(
                "\(flag): found \"\(text)\", expected CODE=FILE, as in sw=sw.jsonl"
            )
        }
        return (sides[0], URL(filePath: sides[1]))
    }
}
