import Checkpointing
import Evaluation
import Foundation
import Foundations
import Recipes

/// Problems that one model solves and others do not, and that others solve and it does not.
struct AnswerExamples {
    /// One reply.
    struct Reply {
        /// The model.
        var model: String
        /// What it wrote.
        var text: String
        /// Whether its answer is right.
        var isRight: Bool
        /// What it got right or wrong, in words.
        var finding: String
    }

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
        var replies: [Reply]
    }

    /// The model.
    let model: String
    /// Those that it is compared with.
    let others: [String]
    /// How many problems were asked.
    let asked: Int
    /// How many of them the model alone solved.
    let won: Int
    /// How many of them it did not solve and at least one other did.
    let lost: Int
    /// Some that the model alone solved, as different from each other as can be.
    let wins: [Example]
    /// Some that it did not solve.
    let losses: [Example]

    private static let shown = 3

    /// Looks through the answers in a run folder; nil when they were not kept.
    ///
    /// - Parameters:
    ///   - folder: The folder of the run, or of one experiment.
    ///   - model: The model.
    ///   - others: The models that it is compared with.
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
        // Problems to which every model has replied.
        let replies = own.compactMap { record -> [MathRecord]? in
            let others = byProblem.compactMap { $0[record.id] }
            return others.count == byProblem.count ? [record] + others : nil
        }
        let won = replies.filter {
            $0[0].strictCorrect && !$0.dropFirst().contains(where: \.strictCorrect)
        }
        let lost = replies.filter {
            !$0[0].strictCorrect && $0.dropFirst().contains(where: \.strictCorrect)
        }
        func example(_ records: [MathRecord]) -> Example {
            Example(
                target: records[0].prompt,
                english: english[records[0].id],
                gold: records[0].gold,
                kind: records[0].kind,
                replies: zip([model] + others, records).map { name, record in
                    Reply(
                        model: name,
                        text: record.reply,
                        isRight: record.strictCorrect,
                        finding: Self.finding(in: record)
                    )
                }
            )
        }
        self.model = model
        self.others = others
        asked = own.count
        self.won = won.count
        self.lost = lost.count
        wins = Self.different(won).map(example)
        losses = Self.different(lost).map(example)
    }

    /// What a reply got right or wrong.
    private static func finding(in record: MathRecord) -> String {
        if record.strictCorrect {
            return record.equationCorrect == false ? "right, by another equation" : "right"
        }
        if record.strict == nil { return "no answer" }
        switch record.equationCorrect {
        case true: return "right equation, wrong result"
        case false: return "wrong equation"
        case nil: return "wrong"
        }
    }

    /// Some problems of which each differs from those before it as much as can be: in its kind, and
    /// in what was right and wrong in the replies.
    private static func different(_ problems: [[MathRecord]]) -> [[MathRecord]] {
        func pattern(_ records: [MathRecord]) -> String {
            records.map(finding).joined(separator: "; ")
        }
        var left = problems
        var chosen: [[MathRecord]] = []
        while chosen.count < shown, !left.isEmpty {
            let kinds = Set(chosen.map { $0[0].kind })
            let patterns = Set(chosen.map(pattern))
            func news(_ records: [MathRecord]) -> Int {
                (kinds.contains(records[0].kind) ? 0 : 1)
                    + (patterns.contains(pattern(records)) ? 0 : 1)
            }
            let most = left.map(news).max()
            guard let next = left.firstIndex(where: { news($0) == most }) else { break }
            chosen.append(left.remove(at: next))
        }
        return chosen
    }
}
