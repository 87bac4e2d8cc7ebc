import Checkpointing
import Evaluation
import Foundation
import Foundations
import RunRecords

/// A folder of its own for one test, with what databases are filled with.
final class DatabaseFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory
            .appending(path: "layerswap-database-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Where the database lies.
    var file: URL { url.appending(path: RunDatabase.fileName) }

    func open() throws -> RunDatabase { try RunDatabase(at: file) }

    /// Turns every occurrence of some bytes in the database into others of the same number.
    func replace(_ old: String, with new: String) throws {
        var data = try Data(contentsOf: file)
        precondition(old.utf8.count == new.utf8.count)
        var count = 0
        while let range = data.range(of: Data(old.utf8)) {
            data.replaceSubrange(range, with: Data(new.utf8))
            count += 1
        }
        precondition(count > 0, "\(old) is not in the file")
        try data.write(to: file)
    }
}

/// Rows for tests.
enum Example {
    static let facts = RunFacts(
        recipe: "tiny",
        recipeHash: ContentHash.of(text: "recipe").hexadecimal,
        recipeText: "name: tiny\npurpose: \"quotes, 'and' Kiswahili ŋ\"\n",
        version: "0.1.0",
        overrides: ["seed=3", "output=\"a b\""],
        processor: "a processor",
        threads: 2,
        toolchain: "Swift 6.3"
    )

    static func identity(_ text: String) -> ContentHash { ContentHash.of(text: text) }

    static let moment = Timestamp(Date(timeIntervalSince1970: 1_763_730_000))

    static func stage(_ name: String, facts: String = "steps: 3") -> StageRow {
        StageRow(
            identity: identity(facts),
            cell: "seed=3",
            name: name,
            kind: .training,
            facts: facts,
            inputs: ["tokenizer": identity("tokenizer"), "base": identity("base")],
            seconds: 12.34,
            cost: .init(tokens: 1_000_000, steps: 300, operations: 9.9e12),
            figures: ["loss": 0.1 + 0.2, "validation_loss": 1e-300],
            started: moment,
            finished: moment,
            run: 1
        )
    }

    static let problems = (0..<40).map { "problem \($0)" }

    /// Right for every problem whose number a divisor divides.
    static func binary(_ divisor: Int, _ identifiers: [String] = problems) -> Outcomes {
        Outcomes(
            identifiers: identifiers,
            correct: identifiers.indices.map { $0.isMultiple(of: divisor) }
        )
    }

    static let bits = Outcomes(
        identifiers: (0..<9).map { "document \($0)" },
        amounts: (0..<9).map { 1.0 / Double($0 + 3) },
        weights: (0..<9).map { Double(20 + $0 * $0) }
    )

    /// An evaluation with a metric of right answers and one of bits per byte.
    static func evaluation(
        _ name: String = "one",
        cell: String = "",
        model: String = "swap",
        replicate: String = "",
        split: String = "test",
        right: Outcomes = binary(3)
    ) -> EvaluationRow {
        EvaluationRow(
            identity: identity(name),
            cell: cell,
            model: model,
            replicate: replicate,
            method: .object(["bottom": .number(2), "owners": .array([.string("math"), .null])]),
            split: split,
            seconds: 0.5,
            created: moment,
            run: 1,
            metrics: [
                right.measurement.map { .init("target_math", $0) },
                bits.measurement.map { .init("target_bits_per_byte", $0) },
            ].compactMap { $0 }
        )
    }
}

extension RunDatabase {
    /// Stores an evaluation with the outcomes that its measurements were made from.
    func store(_ row: EvaluationRow, right: Outcomes = Example.binary(3)) throws -> Insertion {
        try insert(
            row,
            outcomes: ["target_math": right, "target_bits_per_byte": Example.bits]
        )
    }
}
