/// Everything besides weights and moments that a resumed run needs.
///
/// Batches are functions of (seed, step), so no random state has to be kept.
struct TrainingState: Codable {
    /// Steps that are done.
    var step = 0
    /// Updates that are done: fewer than steps when a step counted no token.
    var updates = 0
    /// Updates of each partition; nil when there are none.
    var partitionUpdates: [Int]?
    var averageLoss: Double?
    var best: BestValidation?
    var seconds = 0.0
    var tokens = 0
    /// What the weights depend on; a checkpoint of other settings is refused.
    var settings: TrainingSettings
    /// Identity of data and first weights.
    var identity: String

    init(settings: TrainingSettings, identity: String) {
        self.settings = settings
        self.identity = identity
        partitionUpdates = settings.restriction?.partitions.map { $0.map { _ in 0 } }
    }

    /// Counts an update and gives its number, from 1, among those of its part.
    mutating func countUpdate(ofPart part: Int) -> Int {
        updates += 1
        partitionUpdates?[part] += 1
        return partitionUpdates?[part] ?? updates
    }
}
