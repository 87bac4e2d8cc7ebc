import Foundation
import Foundations

/// Two measurements of the same work, figure by figure.
package struct BenchmarkComparison {
    /// One figure.
    package struct Line {
        /// Its key.
        package let name: String
        /// The earlier value.
        package let before: Double
        /// The later one.
        package let now: Double
        /// The later one divided by the earlier one.
        package var ratio: Double { now / before }
    }

    /// Why two measurements cannot be compared, or what to keep in mind.
    package enum Problem: Error, CustomStringConvertible {
        /// The file holds no measurement.
        case unreadable(file: String, reason: String)
        /// The measurements are of different work.
        case work(name: String, file: String, before: String, now: String)

        package var description: String {
            switch self {
            case .unreadable(let file, let reason):
                "\(file) holds no measurement: \(reason). Expected the output of "
                    + "'layerswap benchmark … --json'"
            case .work(let name, let file, let before, let now):
                "\(file) measured other work: its \(name) is \(before), here it is \(now). Give the "
                    + "flags that it was made with"
            }
        }
    }

    /// The figures that both have, in alphabetical order.
    package let lines: [Line]
    /// What differs between the machines or programs, in words.
    package let differences: [String]

    /// Compares a measurement with the last one of a file.
    ///
    /// - Throws: `Problem`, errors of reading.
    package init(_ record: BenchmarkRecord, with file: URL) throws {
        let shown = file.shownPath
        let before = try Self.measurement(in: file)
        let now = try Self.fields(JSONEncoder().encode(record), shown)
        try Self.check(before, now, shown)
        lines = now.keys.sorted().compactMap { key in
            guard let new = now[key] as? Double, let old = before[key] as? Double, old != 0 else {
                return nil
            }
            return Line(name: key, before: old, now: new)
        }
        let places = [before, now].map { $0["environment"] as? [String: Any] ?? [:] }
        differences = places[1].keys.sorted().compactMap { key in
            let values = places.map { $0[key].map { "\($0)" } ?? "unknown" }
            guard key != "date", values[0] != values[1] else { return nil }
            return "\(key): \(values[0]), now \(values[1])"
        }
    }

    /// Checks, before anything is measured, that a file holds a measurement.
    ///
    /// - Throws: `Problem.unreadable`.
    package static func check(_ file: URL) throws { _ = try measurement(in: file) }

    /// The last measurement of a file.
    private static func measurement(in file: URL) throws -> [String: Any] {
        let shown = file.shownPath
        guard let text = try? String(contentsOf: file, encoding: .utf8) else {
            throw Problem.unreadable(file: shown, reason: "it cannot be read")
        }
        guard let last = text.split(separator: "\n").last(where: { $0.hasPrefix("{") }) else {
            throw Problem.unreadable(file: shown, reason: "no line begins with '{'")
        }
        return try fields(Data(last.utf8), shown)
    }

    private static func fields(_ data: Data, _ file: String) throws -> [String: Any] {
        let object = try? JSONSerialization.jsonObject(with: data)
        guard let fields = object as? [String: Any], fields["benchmark"] is String else {
            throw Problem.unreadable(file: file, reason: "its last object names no benchmark")
        }
        return fields
    }

    private static func check(
        _ before: [String: Any],
        _ now: [String: Any],
        _ file: String
    ) throws {
        let works = [before, now].map { fields in
            (fields["work"] as? [String: String] ?? [:]).merging(
                ["benchmark": fields["benchmark"] as? String ?? ""]
            ) { $1 }
        }
        for key in works[1].keys.sorted() where works[0][key] != works[1][key] {
            throw Problem.work(
                name: key,
                file: file,
                before: works[0][key] ?? "unknown",
                now: works[1][key] ?? "unknown"
            )
        }
    }
}
