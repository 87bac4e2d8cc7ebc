import Checkpointing
import Evaluation
import Foundation
import Foundations
import Recipes

/// The measurements of a run folder for other programs, one a line.
package struct RunExport: Sendable {
    /// How the lines are written.
    package enum Format: String, CaseIterable, Sendable {
        /// RFC 4180: a header, commas, lines that end with CR and LF.
        case csv
        /// A JSON array with one object a line.
        case json
    }

    /// One measurement.
    package struct Line: Codable, Hashable, Sendable {
        /// The recipe of the run that measured it.
        package var recipe: String?
        /// The cell.
        package var cell: String
        /// The model.
        package var model: String
        /// Which of several equal models.
        package var replicate: String
        /// The split.
        package var split: String
        /// The metric.
        package var metric: Metric
        /// The value.
        package var value: Double
        /// Its standard error; nil when it is unknown.
        package var stderr: Double?
        /// How many problems or documents it was measured on.
        package var n: Int
        /// How long the whole evaluation took.
        package var seconds: Double
        /// When it was made.
        package var created: Timestamp
        /// The run that made it.
        package var run: Int64
        /// The identity of the evaluation.
        package var identity: ContentHash
        /// The settings of the model.
        package var method: JSONValue
    }

    /// The lines: evaluations by cell, the metrics of each in their order.
    package let lines: [Line]

    /// Collects the measurements of a folder.
    ///
    /// - Parameters:
    ///   - database: The database of the folder.
    ///   - filter: Which evaluations are wanted.
    /// - Throws: `RunDatabaseError`.
    package init(_ database: RunDatabase, _ filter: EvaluationFilter = EvaluationFilter()) throws {
        let recipes = Dictionary(
            uniqueKeysWithValues: try database.runs().map { ($0.id, $0.facts.recipe) }
        )
        lines = try database.evaluations(filter).flatMap { row in
            row.metrics.map { metric in
                Line(
                    recipe: recipes[row.run],
                    cell: row.cell,
                    model: row.model,
                    replicate: row.replicate,
                    split: row.split,
                    metric: metric.metric,
                    value: metric.measurement.value,
                    stderr: metric.measurement.standardError,
                    n: metric.measurement.count,
                    seconds: row.seconds,
                    created: row.created,
                    run: row.run,
                    identity: row.identity,
                    method: row.method
                )
            }
        }
    }

    /// The lines as text.
    ///
    /// - Throws: An encoding error when a setting is infinite or not a number.
    package func text(_ format: Format) throws -> String {
        switch format {
        case .csv: CSVText.table([Self.header] + (try lines.map(Self.fields)))
        case .json:
            "[" + (try lines.map { "\n" + (try StoredJSON.text(of: $0)) }).joined(separator: ",")
                + "\n]\n"
        }
    }

    /// Where the lines go.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - run: The folder of the run that they are of.
    ///   - replacing: Whether an earlier export is replaced.
    /// - Returns: The place, which can be checked before the run is read.
    package static func place(_ file: URL, of run: URL, replacing: Bool) -> OutputPlace {
        OutputPlace(
            file,
            kind: .file,
            inputs: RunFolder.inputs(of: run, excluding: []),
            mark: .file("an export of measurements", isExport),
            replaces: replacing,
            force: "replace an earlier export with --force",
            remedy: "name another file with --output"
        )
    }

    private static func isExport(_ data: Data) -> Bool {
        let text = String(decoding: data.prefix(1 << 16), as: UTF8.self)
        if text.hasPrefix(header.joined(separator: ",") + "\r\n") || text == "[\n]\n" {
            return true
        }
        guard text.hasPrefix("[\n"), let first = text.split(separator: "\n").dropFirst().first
        else { return false }
        let line = first.hasSuffix(",") ? first.dropLast() : first
        return (try? JSONDecoder().decode(Line.self, from: Data(line.utf8))) != nil
    }

    /// Writes the lines to a file, which is complete or absent.
    ///
    /// - Throws: `OutputError` when the file may not be written, and `FileError`.
    package func write(_ format: Format, to place: OutputPlace) throws {
        try place.writeFile(Data(try text(format).utf8))
    }

    private static let header = [
        "recipe", "cell", "model", "replicate", "split", "metric", "value", "stderr", "n",
        "seconds", "created", "run", "identity", "method",
    ]

    private static func fields(_ line: Line) throws -> [String] {
        [
            line.recipe ?? "", line.cell, line.model, line.replicate, line.split,
            line.metric.rawValue,
            "\(line.value)", line.stderr.map { "\($0)" } ?? "", "\(line.n)", "\(line.seconds)",
            line.created.description, "\(line.run)", line.identity.hexadecimal,
            try line.method.text(),
        ]
    }
}
