import Foundation

/// What rank 0 tells another rank.
enum RankOrder: Codable, Sendable {
    /// Make a unit.
    case make(UnitOrder)
    /// Make a unit together with rank 0.
    case join(UnitOrder)
    /// Stop at the next border of a step, and say so.
    case stop
    /// There is nothing more to do.
    case end
}

/// A unit as another rank has to know it.
struct UnitOrder: Codable, Sendable {
    /// Its number, for answers.
    let unit: Int
    /// The place of its experiment.
    let cell: Int
    /// The stage.
    let stage: String
    /// Its identity, which has to be the same everywhere.
    let identity: String
    /// The folder that it is made in.
    let folder: String
    /// Folders in which its inputs are found.
    let siblings: [String]
}

/// What another rank tells rank 0.
enum RankReport: Codable, Sendable {
    /// It waits for an order.
    case ready(host: String)
    /// It is alive; with what it does.
    case alive(RankProgress?)
    /// A unit is made.
    case finished(unit: Int, seconds: Double)
    /// A unit that rank 0 makes with all others has ended here, whatever has become of it.
    case left(unit: Int)
    /// A unit was begun, and its work is kept.
    case stopped(unit: Int)
    /// A unit cannot be made; in words.
    case failed(unit: Int, reason: String)
}

/// How far a rank is with its unit.
package struct RankProgress: Codable, Hashable, Sendable {
    /// The unit.
    package var unit: Int
    /// What is done besides training, such as `candidate 3 of 8`.
    package var what: String?
    /// The step and how many there are; nil outside of training.
    package var step: Int?
    package var steps: Int?
    /// Tokens a second of the last step.
    package var tokensPerSecond: Double?
    /// Seconds that are left of the stage.
    package var remaining: Double?
}

/// Why a study over several ranks has ended.
package struct RankFailure: Error, CustomStringConvertible, Sendable {
    /// The rank whose work has failed.
    package let rank: Int
    /// Its machine.
    package let host: String
    /// What it did.
    package let unit: String
    /// Its words.
    package let reason: String

    package var description: String {
        "rank \(rank) on \(host), \(unit): \(reason); what is finished is kept, and the same "
            + "command continues"
    }
}
