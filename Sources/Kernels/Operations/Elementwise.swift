/// Loops over whole vectors, sixteen lanes at a time and then the rest.
package enum Elementwise {
    /// y += x.
    package static func add(_ x: FloatView, to y: FloatView) {
        precondition(x.count == y.count, "adding \(x.count) elements to \(y.count)")
        add(x.base, to: y.base, count: y.count)
    }

    /// y += x, row by row.
    package static func add(_ x: MatrixView, to y: MatrixView) {
        precondition(
            x.rows == y.rows && x.columns == y.columns,
            "adding \(x.shapeText) to \(y.shapeText)"
        )
        for row in 0..<x.rows { add(x.row(row), to: y.row(row)) }
    }

    /// y += factor · x, rounded once: the product is not (fused multiply-add).
    package static func add(_ x: FloatView, times factor: Float, to y: FloatView) {
        precondition(x.count == y.count, "adding \(x.count) elements to \(y.count)")
        var i = 0
        while i + laneCount <= y.count {
            var sum = load(y.base + i)
            sum.addProduct(load(x.base + i), Lanes(repeating: factor))
            store(sum, y.base + i)
            i += laneCount
        }
        while i < y.count {
            y.base[i].addProduct(x.base[i], factor)
            i += 1
        }
    }

    /// y = x·(1 - weight) + z·weight, where the second product is not rounded by itself (fused
    /// multiply-add).
    package static func interpolate(
        _ x: FloatView,
        _ z: FloatView,
        weight: Float,
        into y: FloatView
    ) {
        precondition(x.count == y.count && z.count == y.count, "vectors of different lengths")
        for i in 0..<y.count {
            y.base[i] = (x.base[i] * (1 - weight)).addingProduct(z.base[i], weight)
        }
    }

    /// y = x · factor; y may be x itself.
    package static func scale(_ x: FloatView, by factor: Float, into y: FloatView) {
        precondition(x.count == y.count, "scaling \(x.count) elements into \(y.count)")
        var i = 0
        while i + laneCount <= y.count {
            store(load(x.base + i) * Lanes(repeating: factor), y.base + i)
            i += laneCount
        }
        while i < y.count {
            y.base[i] = x.base[i] * factor
            i += 1
        }
    }

    /// y = y · x, element by element.
    package static func multiply(_ y: FloatView, by x: FloatView) {
        precondition(x.count == y.count, "multiplying \(y.count) elements by \(x.count)")
        var i = 0
        while i + laneCount <= y.count {
            store(load(y.base + i) * load(x.base + i), y.base + i)
            i += laneCount
        }
        while i < y.count {
            y.base[i] *= x.base[i]
            i += 1
        }
    }

    /// y += factor · x².
    package static func addSquares(of x: FloatView, times factor: Float, to y: FloatView) {
        precondition(x.count == y.count, "adding squares of \(x.count) elements to \(y.count)")
        var i = 0
        while i + laneCount <= y.count {
            let value = load(x.base + i)
            store(load(y.base + i) + value * value * Lanes(repeating: factor), y.base + i)
            i += laneCount
        }
        while i < y.count {
            y.base[i] += x.base[i] * x.base[i] * factor
            i += 1
        }
    }

    /// Σ b², Σ (x − b)², Σ (y − b)² and Σ (x − b)(y − b): runs of 4,096 elements in sixteen lanes,
    /// the runs in `Double`.
    package static func changeSums(
        base b: FloatView,
        _ x: FloatView,
        _ y: FloatView
    ) -> (base: Double, first: Double, second: Double, product: Double) {
        precondition(x.count == b.count && y.count == b.count, "vectors of different lengths")
        let runLength = 4096
        var sums = (base: 0.0, first: 0.0, second: 0.0, product: 0.0)
        var start = 0
        while start < b.count {
            let end = min(start + runLength, b.count)
            var (base, first, second, product) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
            var i = start
            while i + laneCount <= end {
                let origin = load(b.base + i)
                let own = load(x.base + i) - origin
                let other = load(y.base + i) - origin
                base.addProduct(origin, origin)
                first.addProduct(own, own)
                second.addProduct(other, other)
                product.addProduct(own, other)
                i += laneCount
            }
            sums.base += Double(laneSum(base))
            sums.first += Double(laneSum(first))
            sums.second += Double(laneSum(second))
            sums.product += Double(laneSum(product))
            while i < end {
                let own = x.base[i] - b.base[i]
                let other = y.base[i] - b.base[i]
                sums.base += Double(b.base[i] * b.base[i])
                sums.first += Double(own * own)
                sums.second += Double(other * other)
                sums.product += Double(own * other)
                i += 1
            }
            start = end
        }
        return sums
    }

    /// Σ x², each fixed run of 4,096 elements in sixteen lanes and the runs in `Double`.
    ///
    /// The runs do not depend on the number of threads, so neither does the sum.
    package static func sumOfSquares(_ x: FloatView) -> Double {
        let runLength = 4096
        var total = 0.0
        var start = 0
        while start < x.count {
            let end = min(start + runLength, x.count)
            var lanes = Lanes.zero
            var i = start
            while i + laneCount <= end {
                let value = load(x.base + i)
                lanes.addProduct(value, value)
                i += laneCount
            }
            var rest: Float = 0
            while i < end {
                rest += x.base[i] * x.base[i]
                i += 1
            }
            total += Double(laneSum(lanes)) + Double(rest)
            start = end
        }
        return total
    }

    /// y += x over `count` elements.
    @inline(__always)
    static func add(
        _ x: UnsafePointer<Float>,
        to y: UnsafeMutablePointer<Float>,
        count: Int
    ) {
        var i = 0
        while i + laneCount <= count {
            store(load(y + i) + load(x + i), y + i)
            i += laneCount
        }
        while i < count {
            y[i] += x[i]
            i += 1
        }
    }
}
