import Testing
import Training

@Suite("Learning-rate schedules")
struct ScheduleTests {
    private func schedule(_ shape: LearningRateSchedule.Shape) -> LearningRateSchedule {
        LearningRateSchedule(shape: shape, peak: 2, floor: 0.1, warmupSteps: 4, totalSteps: 104)
    }

    private static let shapes: [LearningRateSchedule.Shape] = [
        .constant, .linear, .cosine, .warmupStableDecay(decaySteps: 20),
    ]

    @Test("all rise in a straight line to the peak", arguments: shapes)
    func warmup(_ shape: LearningRateSchedule.Shape) {
        #expect((1...4).map { schedule(shape).rate(at: $0) } == [0.5, 1, 1.5, 2])
    }

    @Test("each ends where it should")
    func ends() {
        #expect(schedule(.constant).rate(at: 104) == 2)
        for shape in Self.shapes.dropFirst() {
            #expect(abs(schedule(shape).rate(at: 104) - 0.2) < 1e-12)
        }
    }

    @Test("each has its shape in between")
    func middle() {
        // Half of the way after the warm-up is step 54.
        #expect(abs(schedule(.linear).rate(at: 54) - 1.1) < 1e-12)
        #expect(abs(schedule(.cosine).rate(at: 54) - 1.1) < 1e-12)
        // A quarter: 0.2 + 1.8 (1 + cos 45°) / 2.
        #expect(abs(schedule(.cosine).rate(at: 29) - 1.736_396_103_067_893) < 1e-9)
        let stable = schedule(.warmupStableDecay(decaySteps: 20))
        #expect(stable.rate(at: 84) == 2)
        #expect(abs(stable.rate(at: 94) - 1.1) < 1e-12)
    }
}
