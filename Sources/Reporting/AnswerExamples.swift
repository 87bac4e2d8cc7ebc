import Checkpointing
import Evaluation
import Foundation
import Foundations
import Recipes

/// Problems that one model solves and others do not, in both languages.
struct AnswerExamples {
    /// One problem with the replies to it.
    struct Example {
        /// The problem in the target language.
        var target: String
        /// The same problem in English; nil when it was not asked there.
        var english: String?
        /// The right answer.
        var gold: String
        /// The kind of problem.
        var kind: String
        /// What the models wrote, by model in the order of the table.
        var replies: [(model: String, text: String, isRight: Bool)]
    }

    /// The model that is right.
    let model: String
    /// Those that are wrong.
    let others: [String]
    /// How many problems were asked.
    let asked: Int
    /// How many of them the model alone solved.
    let found: Int
    /// Some of them, of different kinds first.
    let examples: [Example]

    private static let shown = 6

    /// Looks through the answers in a run folder; nil when they were not kept.
    ///
    /// - Parameters:
    ///   - folder: The folder of the run, or of one experiment.
    ///   - model: The model that is right.
    ///   - others: The models that are wrong.
    /// - Throws: `FileError`; `EvaluationError` for answers that cannot be read.
    init?(in folder: URL, model: String, others: [String]) throws {
        func records(_ model: String, _ metric: Metric) throws -> [MathRecord]? {
            let file = folder.appending(path: RunFolder.evaluationPrefix + model).appending(
                path: "\(metric.rawValue).jsonl"
            )
            guard InputFile.exists(file) else { return nil }
            let data = try InputFile.data(at: file)
            return try MathEvaluation(jsonLines: data, path: file.shownPath).records
        }
        guard let own = try records(model, Metric(.math, .target)), !others.isEmpty else {
            return nil
        }
        let theirs = try others.compactMap { try records($0, Metric(.math, .target)) }
        guard theirs.count == others.count else { return nil }
        let english = Dictionary(
            (try records(model, Metric(.math, .english)) ?? []).map { ($0.id, $0.prompt) },
            uniquingKeysWith: { first, _ in first }
        )
        let byProblem = theirs.map { records in
            Dictionary(records.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        }
        let all = own.filter { record in
            record.strictCorrect
                && byProblem.allSatisfy { $0[record.id].map { !$0.strictCorrect } ?? false }
        }
        var chosen: [MathRecord] = []
        for record in all where !chosen.contains(where: { $0.kind == record.kind }) {
            chosen.append(record)
        }
        chosen += all.filter { record in !chosen.contains { $0.id == record.id } }
        self.model = model
        self.others = others
        asked = own.count
        found = all.count
        examples = chosen.prefix(Self.shown).map { record in
            Example(
                target: record.prompt,
                english: english[record.id],
                gold: record.gold,
                kind: record.kind,
                replies: [(model, record.reply, true)]
                    + zip(others, byProblem).compactMap { name, records in
                        records[record.id].map { (name, $0.reply, $0.strictCorrect) }
                    }
            )
        }
    }
}
