/// Draws that this project depends on to the byte.
///
/// The standard library promises no algorithm for its shuffles and random integers, so another
/// compiler may give other bytes. These are its methods as of Swift 6.3, written down: a run or an
/// analysis that was made with them stays what it was.
extension RandomNumberGenerator {
    /// A number from zero below `bound`, each exactly as likely.
    ///
    /// The high half of the product of 64 bits and the bound; products whose low half is below
    /// 2⁶⁴ mod `bound` are drawn again (Lemire, 2019, arXiv 1805.10941).
    ///
    /// - Precondition: `bound` is positive.
    package mutating func index(below bound: Int) -> Int {
        precondition(bound > 0, "no number is from zero below \(bound)")
        let bound = UInt64(bound)
        var product = bound.multipliedFullWidth(by: next())
        if product.low < bound {
            let rest = (0 &- bound) % bound
            while product.low < rest { product = bound.multipliedFullWidth(by: next()) }
        }
        return Int(product.high)
    }

    /// The numbers from zero below `count` in a drawn order, each order as likely.
    ///
    /// Fisher and Yates from the front: place i gets one of the numbers that are left. The last one
    /// is not drawn.
    package mutating func shuffledIndices(below count: Int) -> [Int] {
        var order = Array(0..<count)
        for place in 0..<max(count - 1, 0) {
            order.swapAt(place, place + index(below: count - place))
        }
        return order
    }
}
