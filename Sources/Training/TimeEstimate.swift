import Foundations

/// How long a run still takes, from the wall clock since it began or was resumed.
struct TimeEstimate {
    let start = ContinuousClock.now
    let stepsBefore: Int

    func remaining(after step: Int, of steps: Int) -> Double {
        let done = Double(step - stepsBefore)
        guard done > 0 else { return 0 }
        return start.duration(to: .now).inSeconds / done * Double(steps - step)
    }
}
