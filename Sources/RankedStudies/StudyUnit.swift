import Recipes
import RunRecords

/// A stage of a study that one rank makes: the same stage of several experiments is one unit.
package struct StudyUnit: Sendable {
    /// Its place among the units, from 0.
    package let number: Int
    /// The place of the experiment that it is made for.
    package let cell: Int
    /// The name of that experiment; empty without a sweep.
    package let label: String
    /// The stage.
    package let stage: Stage
    /// The units that it needs.
    package let needs: [Int]
    /// How long it takes, in tokens that a model is trained on; a guess for all but training.
    package let cost: Double
    /// Whether all ranks make it together.
    package let isTogether: Bool

    /// Describes a unit.
    package init(
        number: Int,
        cell: Int,
        label: String,
        stage: Stage,
        needs: [Int],
        cost: Double,
        isTogether: Bool = false
    ) {
        self.number = number
        self.cell = cell
        self.label = label
        self.stage = stage
        self.needs = needs
        self.cost = cost
        self.isTogether = isTogether
    }

    /// How messages call it.
    package var name: String { label.isEmpty ? stage.name : "\(label) \(stage.name)" }
}
