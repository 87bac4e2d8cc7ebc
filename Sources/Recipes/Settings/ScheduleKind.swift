/// How the learning rate moves over the steps.
package enum ScheduleKind: String, Encodable, CaseIterable, Sendable {
    /// Warm-up, then half a cosine wave down.
    case cosine
    /// Warm-up, then a straight line down.
    case linear
    /// Warm-up, then no change.
    case constant
    /// Warm-up, no change, then a straight line down over the last steps.
    case warmupStableDecay = "warmup_stable_decay"
}
