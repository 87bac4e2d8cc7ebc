import Checkpointing
import Foundation

/// Records as JSON lines: one object a line, keys sorted, so that equal records are equal bytes.
package enum RecordLines {
    /// The lines of some records, each with its end.
    ///
    /// - Throws: An encoding error when a number is infinite or not a number.
    package static func encode(_ records: [some Encodable]) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var data = Data()
        for record in records {
            data += try encoder.encode(record)
            data.append(UInt8(ascii: "\n"))
        }
        return data
    }

    /// Reads what `encode` wrote; blank lines are passed over.
    ///
    /// - Parameters:
    ///   - type: The records' type.
    ///   - data: The lines.
    ///   - path: Where they come from, for the error.
    /// - Returns: The records in order.
    /// - Throws: `EvaluationError.malformedRecord` with the line.
    package static func decode<Record: Decodable>(
        _ type: Record.Type,
        from data: Data,
        path: String
    ) throws -> [Record] {
        let decoder = JSONDecoder()
        let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return try lines.enumerated().compactMap { index, line in
            guard !line.isEmpty else { return nil }
            do {
                return try decoder.decode(type, from: line)
            } catch {
                throw EvaluationError.malformedRecord(
                    path: path,
                    line: index + 1,
                    reason: ErrorText.text(of: error)
                )
            }
        }
    }
}
