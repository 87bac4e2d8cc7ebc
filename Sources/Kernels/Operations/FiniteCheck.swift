extension FloatView {
    /// Whether every element is a finite number: neither infinite nor NaN.
    package var isFinite: Bool {
        // x − x is zero for a finite number and NaN for any other, and NaN stays in a sum.
        var sums = Lanes.zero
        var i = 0
        while i + laneCount <= count {
            let value = load(base + i)
            sums += value - value
            i += laneCount
        }
        var rest: Float = 0
        while i < count {
            rest += base[i] - base[i]
            i += 1
        }
        return laneSum(sums) + rest == 0
    }

    /// The place of the first element that is infinite or NaN, or nil when all are finite.
    package var firstNotFinite: Int? {
        isFinite ? nil : (0..<count).first { !base[$0].isFinite }
    }
}
