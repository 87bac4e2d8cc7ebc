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
/// which proves that their source is what the recipe takes it for, and all of files.
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

    /// Documents of each generated source that are looked at.
    package static let documentsPerSource = 2_000

    /// Looks through the sources of a stage; the base and oracles are exempt and give no lines.
    ///
    /// - Throws: `Failure` for the first document that holds mathematics, and errors of the data.
    package static func lines(
        for stage: String,
        of experiment: Experiment
    ) throws -> [Line] {
        guard stage != ModelPart.base.name, let settings = experiment.recipe.stages[stage],
            !settings.oracle
        else { return [] }
        let entries = settings.mixtures.flatMap(\.entries).filter { $0.value.isInTargetLanguage }
        return try entries.map { entry in
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
        guard weight > 0 else { return false }
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
