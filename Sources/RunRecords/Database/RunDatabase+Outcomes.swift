import Checkpointing
import Evaluation
import Foundation
import GRDB

extension RunDatabase {
    /// The outcomes of a metric by problem; nil when the evaluation has none of it.
    ///
    /// They equal those that were stored, bit by bit, and know from the metrics by instance which
    /// problems are drawings of one.
    ///
    /// - Throws: `RunDatabaseError`, `damaged` when the parts do not fit each other.
    package func outcomes(of metric: Metric, in identity: ContentHash) throws -> Outcomes? {
        try read { database in
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT e.id, m.kind, m.amounts, m.weights, p.identifiers
                    FROM measurement AS m
                    JOIN \(StoredName.evaluation) AS e ON e.id = m.\(StoredName.evaluationID)
                    JOIN problem_set AS p ON p.id = m.problem_set_id
                    WHERE e.identity = ? AND m.metric = ?
                    """,
                arguments: [identity.hexadecimal, metric.rawValue]
            )
            return try row.map {
                try PackedOutcomes(
                    isBinary: try $0.decode(String.self, forColumn: "kind") == "binary",
                    amounts: try $0.decode(forColumn: "amounts"),
                    weights: try $0.decode(forColumn: "weights")
                ).outcomes(identifiers: $0.json("identifiers"))
                    .grouped(by: Self.drawings(in: $0.decode(forColumn: "id"), database))
            }
        }
    }

    /// The drawings of the problems of an evaluation.
    private static func drawings(in evaluation: Int64, _ database: Database) throws
        -> [ProblemDrawings]
    {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT m.metric, p.identifiers
                FROM measurement AS m JOIN problem_set AS p ON p.id = m.problem_set_id
                WHERE m.\(StoredName.evaluationID) = ? AND m.metric LIKE ?
                """,
            arguments: [evaluation, "%/\(MathBreakdown.Dimension.instance.rawValue)/%"]
        )
        return ProblemDrawings.all(
            in: try rows.map {
                (Metric(try $0.decode(forColumn: "metric")), try $0.json("identifiers"))
            }
        )
    }

    /// Stores one metric of an evaluation, inside the transaction that stores the evaluation.
    static func insert(
        _ value: EvaluationRow.Value,
        _ outcomes: Outcomes?,
        of evaluation: Int64,
        into database: Database
    ) throws {
        let packed = outcomes.map(PackedOutcomes.init)
        try database.execute(
            sql: """
                INSERT INTO measurement (\(StoredName.evaluationID), metric, value, standard_error, n, kind,
                    problem_set_id, amounts, weights)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                evaluation, value.metric.rawValue, value.measurement.value,
                value.measurement.standardError, value.measurement.count,
                packed.map { $0.isBinary ? "binary" : "continuous" },
                outcomes.map { try problemSet($0.identifiers, in: database) },
                packed?.amounts, packed?.weights,
            ]
        )
    }

    /// The number of a list of identifiers, which is stored when it is new.
    private static func problemSet(_ identifiers: [String], in database: Database) throws -> Int64 {
        let text = try StoredJSON.text(of: identifiers)
        let hash = ContentHash.of(text: text).hexadecimal
        let known = try Int64.fetchOne(
            database,
            sql: "SELECT id FROM problem_set WHERE hash = ?",
            arguments: [hash]
        )
        if let known { return known }
        try database.execute(
            sql: "INSERT INTO problem_set (hash, n, identifiers) VALUES (?, ?, ?)",
            arguments: [hash, identifiers.count, text]
        )
        return database.lastInsertedRowID
    }
}

/// Outcomes without their identifiers, as columns hold them.
///
/// Right and wrong take one byte a problem, 1 and 0; any other amount takes a little-endian
/// `Float64`, and so does a weight. Weights are left out when all are 1.
struct PackedOutcomes {
    private struct Unfit: Error, CustomStringConvertible {
        let description: String
    }

    var isBinary: Bool
    var amounts: Data
    var weights: Data?

    init(isBinary: Bool, amounts: Data, weights: Data?) {
        self.isBinary = isBinary
        self.amounts = amounts
        self.weights = weights
    }

    init(_ outcomes: Outcomes) {
        isBinary = outcomes.kind == .binary
        let hasBytesOnly = isBinary && outcomes.amounts.allSatisfy { $0 == 0 || $0 == 1 }
        amounts =
            hasBytesOnly
            ? Data(outcomes.amounts.map { UInt8($0) }) : Self.packed(outcomes.amounts)
        weights = outcomes.weights.allSatisfy { $0 == 1 } ? nil : Self.packed(outcomes.weights)
    }

    /// The outcomes that were packed.
    ///
    /// - Throws: An error that names what does not fit.
    func outcomes(identifiers: [String]) throws -> Outcomes {
        let count = identifiers.count
        let values: [Double]
        if isBinary, amounts.count == count {
            guard amounts.allSatisfy({ $0 <= 1 }) else {
                throw Unfit(description: "an outcome is neither right nor wrong")
            }
            values = amounts.map { Double($0) }
        } else {
            values = try Self.unpacked(amounts, count: count)
        }
        var outcomes = Outcomes(
            identifiers: identifiers,
            amounts: values,
            weights: try weights.map { try Self.unpacked($0, count: count) }
                ?? Array(repeating: 1, count: count)
        )
        outcomes.kind = isBinary ? .binary : .continuous
        return outcomes
    }

    private static func packed(_ values: [Double]) -> Data {
        var data = Data(capacity: 8 * values.count)
        for value in values {
            withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
        }
        return data
    }

    private static func unpacked(_ data: Data, count: Int) throws -> [Double] {
        guard data.count == 8 * count else {
            throw Unfit(description: "\(data.count) bytes of outcomes for \(count) problems")
        }
        return data.withUnsafeBytes { bytes in
            (0..<count).map { index in
                let pattern = bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)
                return Double(bitPattern: UInt64(littleEndian: pattern))
            }
        }
    }
}
