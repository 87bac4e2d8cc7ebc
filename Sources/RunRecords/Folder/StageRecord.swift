import Checkpointing
import Recipes

/// What a finished stage leaves beside its result: `stage.json`.
package struct StageRecord: Codable, Hashable, Sendable {
    /// The name of the file.
    package static let fileName = RunFolder.stageRecord

    /// The name of the stage.
    package var stage: String
    /// The identity that it had.
    package var identity: ContentHash
    /// What the identity was made from.
    package var facts: String
    /// How long it took in all, in seconds, interruptions left out.
    package var seconds: Double
    /// Files of the result with their hashes; none while the stage is not finished.
    package var outputs: [String: ContentHash]
    /// Threads that trained, which decide the order of sums; nil for other stages.
    package var threads: Int?
    /// Ranks that trained the model together; nil when one process did.
    package var ranks: Int?
    /// What the sources of a training stage gave; nil for other stages and in older records.
    package var data: [SourceMeasure]?
    /// Whether only the scores of an evaluation are kept, without answers and without the models
    /// that they were measured of (`RunArchive`); nil for no.
    package var isArchived: Bool?

    /// Describes a stage that was made, or is being made.
    package init(
        stage: String,
        identity: ContentHash,
        facts: String,
        seconds: Double,
        outputs: [String: ContentHash],
        threads: Int? = nil,
        ranks: Int? = nil,
        data: [SourceMeasure]? = nil
    ) {
        self.stage = stage
        self.identity = identity
        self.facts = facts
        self.seconds = seconds
        self.outputs = outputs
        self.threads = threads
        self.ranks = ranks
        self.data = data
    }

    /// What differs from other facts, in words; the first difference of settings by its key.
    package func difference(from facts: String) -> String {
        let old = Self.settings(self.facts)
        let new = Self.settings(facts)
        let changes = new.keys.sorted().compactMap { key -> String? in
            guard old[key] != new[key] else { return nil }
            if key.hasPrefix("input ") { return "\(key.dropFirst(6)) is another" }
            if key == "data" { return "its data changed" }
            guard let before = old[key] else { return "\(key) is new" }
            // The settings of a search are a list, which would fill the line.
            if before.hasPrefix("[") { return "\(key) changed" }
            return "\(key) was \(before), is \(new[key] ?? "")"
        }
        let removed = old.keys.sorted().filter { new[$0] == nil }.map { "\($0) is gone" }
        let all = changes + removed
        guard all.count > 3 else { return all.joined(separator: "; ") }
        return all.prefix(3).joined(separator: "; ") + " and \(all.count - 3) more"
    }

    /// The facts by dotted key, from the indentation of the block form.
    private static func settings(_ facts: String) -> [String: String] {
        var path: [(indent: Int, key: String)] = []
        var values: [String: String] = [:]
        for line in facts.split(separator: "\n") {
            let indent = line.prefix { $0 == " " }.count
            let parts = line.dropFirst(indent).split(separator: ":", maxSplits: 1)
            guard let key = parts.first else { continue }
            while let last = path.last, last.indent >= indent { path.removeLast() }
            path.append((indent, String(key)))
            let value = parts.count > 1 ? parts[1].trimmingPrefix { $0 == " " } : ""
            if !value.isEmpty { values[path.map(\.key).joined(separator: ".")] = String(value) }
        }
        return values
    }
}
