/// Loops over whole vectors, sixteen lanes at a time and then the rest.
package enum Elementwise {
    /// y += x.
    package static func add(_ x: FloatView, to y: FloatView) {
        precondition(x.count == y.count, "adding \(x.count) elements to \(y.count)")
        add(x.base, to: y.base, count: y.count)
    }

    /// z = x + y, row by row; `output` may be one of the two.
    package static func sum(_ x: MatrixView, _ y: MatrixView, into output: MatrixView) {
        precondition(x.rows == y.rows && x.columns == y.columns)
        precondition(output.rows == x.rows && output.columns == x.columns)
        for row in 0..<x.rows {
            let a = x.base + row * x.rowStride
            let b = y.base + row * y.rowStride
            let c = output.base + row * output.rowStride
            var i = 0
            while i + laneCount <= x.columns {
                store(load(a + i) + load(b + i), c + i)
                i += laneCount
            }
            while i < x.columns {
                c[i] = a[i] + b[i]
                i += 1
            }
        }
    }

    /// y *= factor.
    package static func scale(_ y: FloatView, by factor: Float) {
        let factors = Lanes(repeating: factor)
        var i = 0
        while i + laneCount <= y.count {
            store(load(y.base + i) * factors, y.base + i)
            i += laneCount
        }
        while i < y.count {
            y.base[i] *= factor
            i += 1
        }
    }

    /// y = x·(1 - weight) + z·weight, with the product rounded once (fused multiply-add).
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
