import Datasets
import Foundation
import Foundations
import Kernels
import RunRecords
import Synchronization

/// Measures how long a page waits after a change of the setting, and whether memory grows.
///
/// Each change is planned, merged and asked as for a page, with all messages encoded; what the
/// network of the machine itself adds is not in it.
package struct StudioBenchmark: Sendable {
    /// Milliseconds over all changes.
    package struct Times: Encodable, Sendable {
        /// Half of the changes took less.
        package let median: Double
        /// Nineteen of twenty took less.
        package let slow: Double

        init(_ values: [Double]) {
            let sorted = values.sorted()
            func quantile(_ share: Double) -> Double {
                guard !sorted.isEmpty else { return 0 }
                return sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
            }
            median = quantile(0.5)
            slow = quantile(0.95)
        }

        private enum CodingKeys: String, CodingKey {
            case median = "median_ms"
            case slow = "p95_ms"
        }
    }

    /// What was measured.
    package struct Result: Encodable, Sendable {
        /// How many settings were tried.
        package let changes: Int
        /// How many problems each was asked in each of both languages.
        package let problems: Int
        /// Until the new stack can be drawn.
        package let plan: Times
        /// Merging alone.
        package let merge: Times
        /// Until the first answers.
        package let first: Times
        /// Until all answers and their comparison.
        package let all: Times
        /// Memory after the first tenth of the changes, in units of 2²⁰ bytes.
        package let residentBefore: Int
        /// Memory after the last.
        package let residentAfter: Int

        private enum CodingKeys: String, CodingKey {
            case changes, problems, plan, merge, first, all
            case residentBefore = "rss_before_mb"
            case residentAfter = "rss_after_mb"
        }
    }

    private let workshop: Workshop
    private let changes: Int
    private let problems: Int

    /// Describes a measurement.
    ///
    /// - Parameters:
    ///   - workshop: The models.
    ///   - changes: How many settings are tried, 10 or more.
    ///   - problems: How many problems each is asked in each language.
    package init(_ workshop: Workshop, changes: Int, problems: Int) {
        self.workshop = workshop
        self.changes = changes
        self.problems = problems
    }

    /// What the events of one change told.
    private struct Marks {
        var merged: Double?
        var first: Double?
    }

    /// Measures.
    ///
    /// - Parameter progress: Called with how many changes are done.
    /// - Returns: The times.
    /// - Throws: `StudioError`, errors of merges and models.
    package func run(progress: (Int) -> Void) async throws -> Result {
        for name in workshop.references {
            try await workshop.evaluate(.model(name), problems: problems) { _ in }
        }
        var plans: [Double] = []
        var merges: [Double] = []
        var firsts: [Double] = []
        var wholes: [Double] = []
        var before = ProcessMemory.residentBytes
        var chance = SeededGenerator(seed: 0, stream: "studio benchmark")
        for change in 0..<changes {
            let setting = setting(&chance)
            let start = ContinuousClock.now
            _ = try StudioJSON.data(of: workshop.plan(workshop.shape.merge(setting)))
            plans.append(start.millisecondsToNow)
            let marks = Mutex(Marks())
            let merge = try workshop.shape.merge(setting)
            try await workshop.evaluate(.merge(merge), problems: problems) { event in
                let now = start.millisecondsToNow
                marks.withLock { marks in
                    if event.name == "merged" { marks.merged = now }
                    if event.name == "answers" { marks.first = marks.first ?? now }
                }
            }
            wholes.append(start.millisecondsToNow)
            let told = marks.withLock { $0 }
            if let merged = told.merged { merges.append(merged) }
            if let first = told.first { firsts.append(first) }
            if change == changes / 10 { before = ProcessMemory.residentBytes }
            progress(change + 1)
        }
        return Result(
            changes: changes,
            problems: problems,
            plan: Times(plans),
            merge: Times(merges),
            first: Times(firsts),
            all: Times(wholes),
            residentBefore: before >> 20,
            residentAfter: ProcessMemory.residentBytes >> 20
        )
    }

    /// Zones by chance; the weight of the transition makes each setting another one.
    private func setting(_ chance: inout SeededGenerator) -> JSONValue {
        func number(below bound: Int) -> Int { Int(chance.next() % UInt64(max(bound, 1))) }
        let bottom = number(below: workshop.shape.layers / 2)
        let top = number(below: workshop.shape.layers / 2)
        let weight = Double(1 + number(below: 998)) / 1000
        return .object([
            "method": .string("layer-swap"),
            "bottom": .number(Double(bottom)),
            "top": .number(Double(top)),
            "bottom_transition": .number(1),
            "top_transition": .number(0),
            "transition": .string("constant \(weight)"),
        ])
    }
}
