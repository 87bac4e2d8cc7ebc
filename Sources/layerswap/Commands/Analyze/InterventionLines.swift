import Analysis
import Evaluation
import Foundations
import RunRecords

/// Interventions as lines of text.
struct InterventionLines {
    private let record: InterventionRecord

    init(_ record: InterventionRecord) { self.record = record }

    /// A table with a row for each intervention.
    var lines: [String] {
        let metrics = record.measured
        let titles = metrics.map(\.title)
        func start(_ name: String, _ values: [Metric: Estimate]) -> [String] {
            [name, ""]
                + metrics.map { values[$0].map { NumberText.fixed($0.value) } ?? "–" }
        }
        let table = TextTable(
            header: ["", "weights"] + titles,
            rows: [start(record.model, record.intact), start(record.base, record.baseline)]
                + record.entries.map { entry in
                    [Self.name(entry), entry.count.map(NumberText.grouped) ?? ""]
                        + metrics.map { metric in entry[metric].map(Self.cell) ?? "–" }
                },
            rightAligned: Set(1..<2 + metrics.count)
        )
        return [
            "\(record.model) on \(record.problems) problems and \(record.texts) texts of "
                + "\(record.source), sets at the share \(record.share); differences with 95 % "
                + "intervals, * p < .05 after adjustment for all interventions."
        ] + table.lines
    }

    static func name(_ entry: InterventionRecord.Entry) -> String {
        let layers = entry.layers.map {
            $0[0] == $0[1] ? "layer \($0[0])" : "layers \($0[0])–\($0[1])"
        }
        let weights: String? =
            switch entry.weights {
            case .mathematics: "math set"
            case .top: "top"
            case .random: "random set ×\(entry.draws)"
            case .all: "everything"
            case nil: nil
            }
        let factor = entry.kind == .scale ? entry.factor.map { "× \($0)" } : nil
        return [entry.kind.rawValue, weights, entry.language, factor, layers].compactMap { $0 }
            .joined(separator: " ")
    }

    private static func cell(_ effect: InterventionRecord.Effect) -> String {
        let test = effect.difference
        let ends = test.interval.map { NumberText.signed($0) }.joined(separator: ", ")
        let mark = test.isSignificant ? "*" : " "
        return "\(NumberText.fixed(effect.value.value))  \(NumberText.signed(test.difference)) "
            + "[\(ends)]\(mark)"
    }
}
