import Analysis
import Evaluation
import Foundations
import RunRecords

/// The line between two experts as lines of text.
struct LineLines {
    private let record: LineRecord

    init(_ record: LineRecord) { self.record = record }

    /// A table with a row for each model, and the barriers.
    var lines: [String] {
        let metrics = record.metrics
        let table = TextTable(
            header: ["weight of \(record.second)"] + metrics.map(\.title),
            rows: record.points.map { point in
                [NumberText.fixed(point.weight)]
                    + metrics.map { metric in
                        point.values[metric].map { NumberText.fixed($0.value) } ?? "–"
                    }
            },
            rightAligned: Set(0...metrics.count)
        )
        let cosine = record.cosine.map { NumberText.fixed($0) } ?? "–"
        return [
            "\(record.first) to \(record.second), \(record.problems) problems and "
                + "\(record.texts) texts of \(record.source); cosine of both changes: \(cosine)."
        ] + table.lines + [""] + metrics.compactMap(barrier)
    }

    private func barrier(of metric: Metric) -> String? {
        guard let barrier = record.barrier(of: metric) else { return nil }
        let ends = barrier.interval.map { range in
            " [\(NumberText.signed(range.lowerBound)), \(NumberText.signed(range.upperBound))]"
        }
        let isShown = barrier.interval.map { $0.lowerBound > 0 } ?? false
        return "\(metric.title): \(isShown ? "a barrier" : "no barrier is shown"), at worst "
            + "\(NumberText.signed(barrier.height))\(ends ?? "") worse than the straight line, at "
            + "weight \(NumberText.fixed(barrier.weight))"
    }
}
