import Datasets
import MergeMethods
import Recipes

/// Looks for target-language mathematics in what a stage reads.
///
/// The claim of the experiment is that the solving of problems in the target language comes out of
/// the merge: no expert was shown any. Arithmetic without words and English problems may be
/// there; a document in the target language may hold neither an equation nor an answer line.
///
/// Generated text is proven by its patterns, for every document that they can make: a pack whose
/// general patterns could state a result is refused when it is read
/// (`LanguagePack.generalPatterns`). Documents are looked at besides: the first of generated ones,
/// which proves that their source is what the recipe takes it for, and all of files. What a recipe
/// says of a file of problems is not trusted: rows may name another language, in `lang`, in any
/// spelling (`LanguageTag`). Where sources name further target languages, none of them may be there.
package struct LeakCheck: Sendable {
    /// What was looked through of one source.
    package struct Line: Encodable, Hashable, Sendable {
        /// The stage.
        package let stage: String
        /// The source of its mixture.
        package let source: String
        /// How many of its documents were looked at; all of them hold no mathematics.
        package let documents: Int
        /// How many patterns of general text make all of its documents; nil for a file.
        package let patterns: Int?
    }

    /// A document that should not be there.
    package struct Failure: Error, CustomStringConvertible {
        /// The stage that would read it.
        package let stage: String
        /// The source of its mixture.
        package let source: String
        /// The document.
        package let text: String

        package var description: String {
            "stage \"\(stage)\" would learn mathematics in the target language from "
                + "\"\(source)\", as in \"\(text)\"; take the source out, or mark the stage with "
                + "oracle: true"
        }
    }

    /// A problem of a file that is in the target language, whatever the recipe says of the file.
    package struct ForeignRow: Error, CustomStringConvertible {
        /// The stage that would read it.
        package let stage: String
        /// The source of its mixture.
        package let source: String
        /// The file below `data.folder`.
        package let file: String
        /// Its row, from 1; nil where the row cannot be told.
        package let row: Int?
        /// The target language as the row writes it.
        package let language: String

        package var description: String {
            "stage \"\(stage)\" would learn mathematics in the target language from "
                + "\"\(source)\": \(row.map { "row \($0) of " } ?? "")\(file) has lang "
                + "\"\(language)\", expected rows in other languages; take such rows out of the "
                + "file, or mark the stage with oracle: true"
        }
    }

    /// Documents of each generated source that are looked at.
    package static let documentsPerSource = 2_000

    /// Looks through the sources of a stage; the base and oracles are exempt and give no lines.
    ///
    /// - Throws: `Failure` for the first document that holds mathematics, `ForeignRow` for the
    ///   first problem of a file that is in the target language, and errors of the data.
    package static func lines(
        for stage: String,
        of experiment: Experiment
    ) throws -> [Line] {
        guard stage != ModelPart.base.name, let settings = experiment.recipe.stages[stage],
            !settings.oracle
        else { return [] }
        let read = settings.mixtures.flatMap(\.entries).filter { $0.value.weight > 0 }
        for entry in read where entry.value.kind == .problems {
            try requireOtherLanguage(entry.value, named: entry.name, in: stage, of: experiment)
        }
        return try read.filter { $0.value.isInTargetLanguage }.map { entry in
            let source = try experiment.source(entry.value, split: .train)
            let count = source.count ?? documentsPerSource
            for index in 0..<count {
                let text = try source.document(at: index).wholeText
                guard !holdsMathematics(text) else {
                    throw Failure(stage: stage, source: entry.name, text: text)
                }
            }
            let patterns =
                entry.value.file == nil
                ? try experiment.generated(entry.value.target).target.generalPatterns.count : nil
            return Line(
                stage: stage,
                source: entry.name,
                documents: count,
                patterns: patterns
            )
        }
    }

    /// Refuses a file of problems with a row in a target language.
    private static func requireOtherLanguage(
        _ settings: SourceSettings,
        named name: String,
        in stage: String,
        of experiment: Experiment
    ) throws {
        let targets = Set(experiment.recipe.targets.map(LanguageTag.init))
        guard let file = settings.file,
            let source = try experiment.source(settings, split: .train) as? ProblemSource,
            let problem = source.problems.first(where: {
                targets.contains(LanguageTag($0.language))
            })
        else { return }
        // The source has no rows of other splits any more.
        let rows = try MathReader.problems(
            at: experiment.url(of: file),
            format: settings.format ?? .gsm8k
        )
        throw ForeignRow(
            stage: stage,
            source: name,
            file: file,
            row: rows.firstIndex { $0.id == problem.id && $0.language == problem.language }
                .map { $0 + 1 },
            language: problem.language
        )
    }

    /// Whether a text has an answer line or an equation, in digits of any script.
    ///
    /// An answer line is `####` with a number behind it; in real text the signs alone stand for
    /// what is left out. An equation is two numbers, an operator between them and an equals sign on
    /// either side.
    static func holdsMathematics(_ text: String) -> Bool {
        // Few texts hold either sign; the patterns alone would take longer than a short training.
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "#") || $0 == UInt8(ascii: "=") })
        else { return false }
        return text.contains(#/####\s*[-−]?\d/#)
            || text.contains(#/\d\s*[-+*\/×÷−]\s*\d+\s*=|=\s*\d+\s*[-+*\/×÷−]\s*\d/#)
    }
}

extension SourceSettings {
    /// Whether its documents have text in the target language.
    fileprivate var isInTargetLanguage: Bool {
        switch kind {
        case .translation: return true
        case .text, .problems: return language == .target
        case .questions, .events: return language == .target || reply == .target
        case .arithmetic: return false
        }
    }
}

extension Document {
    /// The prompt and the reply, or the text.
    fileprivate var wholeText: String {
        switch self {
        case .text(let text): text
        case .chat(let prompt, let response): "\(prompt) \(response)"
        }
    }
}
