import Checkpointing
import Evaluation
import Foundation
import MergeMethods

/// Everything that was measured of one model of the table, as `scores.json` in the folder of its
/// evaluation holds it.
package struct ModelScores: Codable, Hashable, Sendable {
    /// The name of the file.
    package static let fileName = "scores.json"

    /// What was measured with one choice of experts.
    package struct Replicate: Codable, Hashable, Sendable {
        /// The experts, such as `math-2 language-1`; empty when there is one of each.
        package var name: String
        /// The score on the development problems; nil when nothing was chosen.
        package var development: Double?
        /// The outcomes by metric, in the order of the table.
        var metrics: [StoredOutcomes]
    }

    /// The row of the table.
    package var model: String
    /// What was done, in one line; nil for trained models.
    package var settings: String?
    /// The place of the settings among those of the recipe.
    package var point: Int
    /// The method that a search or sentence retrieval found; nil when the recipe has it.
    package var method: MergeMethod?
    /// How many settings were compared on the development problems; 1 when none was chosen.
    package var searched: Int
    /// One entry for each choice of experts.
    package var replicates: [Replicate]
    /// The identifiers of problems and documents, by the names that outcomes refer to.
    private var units: [String: [String]]

    /// Begins without a replicate.
    package init(
        model: String,
        settings: String?,
        point: Int,
        searched: Int,
        method: MergeMethod? = nil
    ) {
        self.model = model
        self.method = method
        self.point = point
        self.settings = settings
        self.searched = searched
        replicates = []
        units = [:]
    }

    /// Adds what was measured with one choice of experts.
    package mutating func add(
        replicate name: String,
        development: Double?,
        outcomes: [(metric: Metric, Outcomes)]
    ) {
        let metrics = outcomes.map { metric, outcomes in
            StoredOutcomes(metric: metric, outcomes, units: key(of: outcomes.identifiers))
        }
        replicates.append(Replicate(name: name, development: development, metrics: metrics))
    }

    /// Problems that several metrics share are written once.
    private mutating func key(of identifiers: [String]) -> String {
        if let known = units.first(where: { $0.value == identifiers }) { return known.key }
        let key = "units-\(units.count + 1)"
        units[key] = identifiers
        return key
    }

    /// The names of the metrics in the order of the table.
    package var metrics: [Metric] { replicates.first?.metrics.map(\.metric) ?? [] }

    /// The outcomes of a metric by replicate; empty when it was not measured.
    package func outcomes(of metric: Metric) -> [Outcomes] {
        replicates.compactMap { replicate in
            outcomes(in: replicate) { $0 == metric }.first?.outcomes
        }
    }

    /// The outcomes of all metrics of a replicate.
    package func outcomes(ofReplicate place: Int) -> [(metric: Metric, Outcomes)] {
        outcomes(in: replicates[place]) { _ in true }
    }

    private func outcomes(
        in replicate: Replicate,
        where isWanted: (Metric) -> Bool
    ) -> [(metric: Metric, outcomes: Outcomes)] {
        func identifiers(_ stored: StoredOutcomes) -> [String] { units[stored.units] ?? [] }
        let drawings = ProblemDrawings.all(
            in: replicate.metrics.map { ($0.metric, identifiers($0)) }
        )
        return replicate.metrics.filter { isWanted($0.metric) }.compactMap { stored in
            stored.outcomes(identifiers: identifiers(stored)).map {
                (stored.metric, $0.grouped(by: drawings))
            }
        }
    }

    /// The replicate that was best on the development problems, the first of equals; nil when there
    /// is nothing to choose, or nothing to choose by.
    package var best: Int? {
        let scores = replicates.compactMap(\.development)
        guard replicates.count > 1, scores.count == replicates.count else { return nil }
        return scores.max().flatMap { scores.firstIndex(of: $0) }
    }

    /// Reads the scores of a finished evaluation.
    ///
    /// - Throws: `FileError`, `DamagedFile`.
    package init(in folder: URL) throws {
        self = try InputFile.json(
            Self.self,
            at: folder.appending(path: Self.fileName),
            expected: "the scores of an evaluation; remove its folder and run the recipe again"
        )
    }

    /// The scores as JSON with sorted keys.
    ///
    /// - Throws: An encoding error when an amount is infinite or not a number.
    package func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self) + Data("\n".utf8)
    }
}
