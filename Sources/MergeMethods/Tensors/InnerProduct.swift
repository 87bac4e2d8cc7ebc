/// Sums of products in `Double`, in eight sums side by side, since one alone waits for each
/// addition.
enum InnerProduct {
    /// Σ x_i y_i.
    @inline(__always)
    static func sum(_ count: Int, _ x: (Int) -> Double, _ y: (Int) -> Double) -> Double {
        var sums = SIMD8<Double>.zero
        var index = 0
        while index + 8 <= count {
            let i = index
            let a = SIMD8(
                x(i),
                x(i + 1),
                x(i + 2),
                x(i + 3),
                x(i + 4),
                x(i + 5),
                x(i + 6),
                x(i + 7)
            )
            let b = SIMD8(
                y(i),
                y(i + 1),
                y(i + 2),
                y(i + 3),
                y(i + 4),
                y(i + 5),
                y(i + 6),
                y(i + 7)
            )
            sums.addProduct(a, b)
            index += 8
        }
        var sum = sums.sum()
        while index < count {
            sum += x(index) * y(index)
            index += 1
        }
        return sum
    }
}
