import RankedStudies
import RunRecords
import Testing

@Suite("The order in which ranks make the stages of a study")
struct StudyScheduleTests {
    /// Units by what they need and what they cost.
    private func units(_ units: [(needs: [Int], cost: Double)]) -> [StudyUnit] {
        units.enumerated().map { number, unit in
            StudyUnit(
                number: number,
                cell: 0,
                label: "",
                stage: Stage(
                    work: .training("stage-\(number)"),
                    settings: "\(number)",
                    data: nil,
                    seed: nil,
                    inputs: []
                ),
                needs: unit.needs,
                cost: unit.cost
            )
        }
    }

    @Test("what most work waits for goes first, and nothing before its inputs")
    func order() {
        // 0 has a short chain, 1 a long one: 1 → 2 → 3.
        var schedule = StudySchedule(
            units([([], 5), ([], 1), ([1], 3), ([2], 4), ([0], 2)])
        )
        #expect(schedule.next()?.number == 1)
        #expect(schedule.next()?.number == 0)
        #expect(schedule.next()?.number == nil && schedule.isBusy)
        schedule.finish(1)
        #expect(schedule.next()?.number == 2)
        schedule.finish(0)
        #expect(schedule.next()?.number == 4)
        #expect(schedule.next()?.number == nil)
        schedule.finish(2)
        #expect(schedule.next()?.number == 3)
        #expect(!schedule.isDone)
        schedule.finish(3)
        schedule.finish(4)
        #expect(schedule.isDone && !schedule.isBusy && schedule.finishedCount == 5)
    }

    @Test("what was begun and not made is waited for again, and counts as work that is left")
    func givenBack() {
        var schedule = StudySchedule(units([([], 5), ([0], 7)]))
        #expect(schedule.next()?.number == 0 && schedule.remainingCost == 12)
        schedule.giveBack(0)
        #expect(!schedule.isBusy && schedule.next()?.number == 0)
        schedule.finish(0)
        #expect(schedule.remainingCost == 7 && schedule.next()?.number == 1)
    }

    @Test("equal units are taken in their order, whichever rank asks")
    func ties() {
        var schedule = StudySchedule(units([([], 1), ([], 1), ([], 1)]))
        #expect((0..<3).map { _ in schedule.next()?.number } == [0, 1, 2])
    }
}
