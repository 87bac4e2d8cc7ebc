/// Which unit of a study is made next: of those whose inputs are there, the one that most work
/// waits for.
///
/// The work that waits for a unit is its own cost and that of the costliest chain of units behind
/// it: a long chain that starts late finishes late, however many ranks there are.
package struct StudySchedule: Sendable {
    private let units: [StudyUnit]
    /// The cost of a unit and of the costliest chain behind it.
    private let priorities: [Double]
    private var waiting: Set<Int>
    private var taken: Set<Int> = []
    private var finished: Set<Int> = []

    /// A schedule of units, each of which stands behind those that it needs.
    package init(_ units: [StudyUnit]) {
        self.units = units
        var priorities = units.map(\.cost)
        for unit in units.reversed() {
            for need in unit.needs {
                let chain = units[need].cost + priorities[unit.number]
                priorities[need] = max(priorities[need], chain)
            }
        }
        self.priorities = priorities
        waiting = Set(units.indices)
    }

    /// The next unit, which is not taken yet; nil when none is ready.
    package var upcoming: StudyUnit? {
        let ready = waiting.filter { units[$0].needs.allSatisfy(finished.contains) }
        let best = ready.min { first, second in
            (-priorities[first], first) < (-priorities[second], second)
        }
        return best.map { units[$0] }
    }

    /// Takes the next unit; nil when none is ready.
    package mutating func next() -> StudyUnit? {
        guard let best = upcoming?.number else { return nil }
        waiting.remove(best)
        taken.insert(best)
        return units[best]
    }

    /// Notes that a unit is made.
    package mutating func finish(_ number: Int) {
        taken.remove(number)
        finished.insert(number)
    }

    /// Notes that a unit was begun and is not made.
    package mutating func giveBack(_ number: Int) {
        taken.remove(number)
        waiting.insert(number)
    }

    /// Whether all units are made.
    package var isDone: Bool { finished.count == units.count }

    /// Whether some rank is at work.
    package var isBusy: Bool { !taken.isEmpty }

    /// How many units are made.
    package var finishedCount: Int { finished.count }

    /// The cost of what is not made yet.
    package var remainingCost: Double {
        units.indices.filter { !finished.contains($0) }.reduce(0) { $0 + units[$1].cost }
    }
}
