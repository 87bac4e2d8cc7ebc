import Datasets
import Foundation
import Foundations
import Recipes
import RunRecords
import Tokenization

/// Reads, splits and measures the sources of stages before anything is trained.
///
/// Every document of a file is looked at. A generated source has no end: its first
/// `documentsPerSource` documents stand for the rest.
package final class DataMeter {
    /// A source that can teach nothing.
    package struct Failure: Error, CustomStringConvertible {
        /// What is wrong, where, and what to do.
        package let description: String
    }

    /// Documents of each generated source that are looked at.
    package static let documentsPerSource = 256

    private struct Key: Hashable {
        var fingerprint: String
        var limit: Int
    }

    private let experiment: Experiment
    private let tokenizer: Tokenizer?
    private let form: PromptForm
    private let filesOnly: Bool
    private var known: [Key: SourceMeasure] = [:]

    /// Prepares measuring.
    ///
    /// - Parameters:
    ///   - experiment: The experiment.
    ///   - tokenizer: Counts tokens; without one only rows, documents and characters are counted.
    ///   - form: How questions are put.
    ///   - filesOnly: Whether generated sources are left out.
    package init(
        _ experiment: Experiment,
        tokenizer: Tokenizer?,
        form: PromptForm = .standard,
        filesOnly: Bool = false
    ) {
        self.experiment = experiment
        self.tokenizer = tokenizer
        self.form = form
        self.filesOnly = filesOnly
    }

    /// What the sources of a training stage give it: its training part and, where it is watched,
    /// the development part.
    ///
    /// - Throws: `Failure` for a source that gives nothing; errors of the data.
    package func measures(ofStage stage: String) throws -> [SourceMeasure] {
        guard let settings = experiment.recipe.effective(stage: stage) else { return [] }
        let splits: [Split] = settings.validationBatches > 0 ? [.train, .development] : [.train]
        var measures: [SourceMeasure] = []
        for split in splits {
            for (partition, mixture) in settings.reads {
                for entry in mixture.entries where entry.value.weight > 0 {
                    if filesOnly, entry.value.file == nil { continue }
                    var measure = SourceMeasure(
                        stage: stage,
                        partition: partition,
                        source: entry.name,
                        file: entry.value.file,
                        split: split
                    )
                    let source = try source(entry.value, for: measure)
                    let limit = min(settings.sequenceLength, settings.tokensPerBatch)
                    try fill(&measure, from: source, limit: limit)
                    try check(measure)
                    measures.append(measure)
                }
            }
        }
        return measures
    }

    /// What the files of held-out text and of problems give to the evaluation.
    ///
    /// - Throws: Errors of the data.
    package func measuresOfEvaluation() throws -> [SourceMeasure] {
        var measures: [SourceMeasure] = []
        for text in evaluationTexts where text.file != nil {
            var measure = SourceMeasure(
                stage: "evaluation",
                source: text.name,
                file: text.file,
                split: .test
            )
            let documents = try text.documents()
            for document in documents {
                try count(document, .max, into: &measure)
            }
            // Text is cut as in training, and problems are answered: nothing is left out.
            if case .text? = documents.first {
                let limit = experiment.recipe.base.sequenceLength
                measure.tokens?.limit = limit
                measure.tokens?.cut = try cutCount(documents, limit)
            }
            measures.append(measure)
        }
        return measures
    }

    /// What models are measured on, and where it comes from.
    private struct EvaluationText {
        var name: String
        var file: String?
        var documents: () throws -> [Document]
    }

    /// All that models are measured on, in the order of the table.
    private var evaluationTexts: [EvaluationText] {
        let experiment = experiment
        let evaluation = experiment.recipe.evaluation
        let roles: [LanguageRole] = [.target, .english]
        let texts = roles.flatMap { role in
            [
                EvaluationText(
                    name: "\(role.rawValue) problems",
                    file: evaluation.problems[role].file
                ) { try Self.documents(experiment.problems(role)) },
                EvaluationText(name: "\(role.rawValue) text", file: evaluation.text[role].file) {
                    try experiment.heldOutDocuments(role)
                },
            ]
        }
        let bystanders = (evaluation.bystanders?.entries ?? []).map { entry in
            EvaluationText(name: "\(entry.name) problems", file: entry.value.file) {
                try Self.documents(experiment.bystanderProblems(entry.name))
            }
        }
        let harness = roles.flatMap { role in
            [
                EvaluationText(
                    name: "\(role.rawValue) choices",
                    file: evaluation.choice?[role]?.file
                ) {
                    try experiment.choices(role).map { problem in
                        .chat(prompt: problem.context, response: problem.choices.joined())
                    }
                },
                EvaluationText(name: "\(role.rawValue) MGSM", file: evaluation.mgsm?[role]) {
                    try Self.documents(experiment.mgsm(role))
                },
            ]
        }
        return texts + bystanders + harness
    }

    private static func documents(_ problems: [MathProblem]) -> [Document] {
        problems.map { .chat(prompt: $0.question, response: $0.response) }
    }

    private func cutCount(_ documents: [Document], _ limit: Int) throws -> Int {
        guard let tokenizer else { return 0 }
        return documents.count { document in
            guard case .text(let text) = document else { return false }
            return tokenizer.encode(text).count > limit
        }
    }

    /// The source, with the stage and the split in every error about it.
    private func source(
        _ settings: SourceSettings,
        for measure: SourceMeasure
    ) throws -> any DocumentSource {
        do {
            return try experiment.source(settings, split: measure.split)
        } catch let error as DatasetError {
            guard case .emptySplit = error else { throw error }
            let remedy =
                measure.split == .development
                ? "; or watch nothing while the stage learns (stages.\(measure.stage)."
                    + "validation_batches: 0)" : ""
            throw Failure(
                description: "stage \"\(measure.stage)\" cannot read \"\(measure.source)\": "
                    + "\(error)\(remedy)"
            )
        }
    }

    private func fill(
        _ measure: inout SourceMeasure,
        from source: any DocumentSource,
        limit: Int
    ) throws {
        measure.rows = source.rows
        measure.isSample = source.count == nil
        let key = Key(fingerprint: source.fingerprint, limit: limit)
        if let counted = known[key] {
            measure.documents = counted.documents
            measure.characters = counted.characters
            measure.empty = counted.empty
            measure.symbols = counted.symbols
            measure.tokens = counted.tokens
            return
        }
        for index in 0..<(source.count ?? Self.documentsPerSource) {
            try count(source.document(at: index), limit, into: &measure)
        }
        known[key] = measure
    }

    private func count(
        _ document: Document,
        _ limit: Int,
        into measure: inout SourceMeasure
    ) throws {
        let texts: [String] =
            switch document {
            case .text(let text): [text]
            case .chat(let prompt, let response): [prompt, response]
            }
        measure.documents += 1
        measure.characters += texts.reduce(0) { $0 + $1.unicodeScalars.count }
        if texts.contains(where: \.isEmpty) { measure.empty += 1 }
        guard let tokenizer else {
            let symbols = ChatFormat.standard.symbols + ["<s>", "</s>"]
            let mayHold = texts.filter { $0.utf8.contains(UInt8(ascii: "<")) }
            if mayHold.contains(where: { text in symbols.contains { text.contains($0) } }) {
                measure.symbols += 1
            }
            return
        }
        if texts.contains(where: tokenizer.spellsSymbol) { measure.symbols += 1 }
        let length = try TokenSequence.sequences(
            of: document,
            tokenizer: tokenizer,
            format: form,
            masksPrompt: true,
            maximumLength: .max
        ).reduce(0) { $0 + $1.positionCount }
        var tokens = measure.tokens ?? .init(limit: limit, shortest: .max)
        tokens.count += length
        tokens.shortest = min(tokens.shortest, length)
        tokens.longest = max(tokens.longest, length)
        if length > limit {
            if case .chat = document { tokens.tooLong += 1 } else { tokens.cut += 1 }
        }
        measure.tokens = tokens
    }

    private func check(_ measure: SourceMeasure) throws {
        guard let tokens = measure.tokens, measure.documents > 0,
            tokens.tooLong == measure.documents
        else { return }
        // A batch holds a whole sequence at least, which reading the recipe has checked.
        let key = "sequence_length"
        let origin = measure.file.map { "the file \($0)" } ?? "generated"
        throw Failure(
            description: "stage \"\(measure.stage)\" cannot learn from \"\(measure.source)\" "
                + "(\(origin)): none of its \(NumberText.grouped(measure.documents)) documents in "
                + "the \(measure.split.partName) fits into \(key) \(tokens.limit), the shortest "
                + "has \(tokens.shortest) tokens; raise stages.\(measure.stage).\(key) (or "
                + "training.\(key), for all stages) to \(tokens.shortest) at least, better to "
                + "\(tokens.longest), or take the source out"
        )
    }
}
