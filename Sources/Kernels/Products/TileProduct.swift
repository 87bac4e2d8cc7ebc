import CProcessor

/// Products of matrices in tiles of registers.
///
/// C = start + A · B where B and C are rows of whole lanes. An element of C is one chain of fused
/// multiply-adds over the depth in rising order, whatever tile it falls into and however the depth
/// is cut: the result for a row does not depend on which rows stand beside it. Evaluation builds on
/// that.
enum TileProduct {
    /// The left operand: element (i, k) lies at `base + i * rowStride + k * depthStride`.
    struct Left {
        let base: UnsafePointer<Float>
        let rowStride: Int
        let depthStride: Int

        /// The operand from a row and a depth on.
        @inline(__always)
        func from(row: Int, depth: Int) -> Left {
            Left(
                base: base + row &* rowStride + depth &* depthStride,
                rowStride: rowStride,
                depthStride: depthStride
            )
        }
    }

    /// Where C goes, and what its sums begin with.
    struct Target {
        let base: UnsafeMutablePointer<Float>
        let rowStride: Int
        /// The first summand, in the layout of C, or nil for zero; it may be C itself.
        let start: UnsafePointer<Float>?
        let startStride: Int

        init(
            base: UnsafeMutablePointer<Float>,
            rowStride: Int,
            start: UnsafePointer<Float>?,
            startStride: Int
        ) {
            self.base = base
            self.rowStride = rowStride
            self.start = start
            self.startStride = startStride
        }

        /// C = `output`, begun with another matrix of the same shape, or with zeros.
        init(_ output: MatrixView, start: MatrixView?) {
            base = output.base
            rowStride = output.rowStride
            self.start = start.map { UnsafePointer($0.base) }
            startStride = start?.rowStride ?? 0
        }

        /// C is overwritten by the product.
        @inline(__always)
        static func overwriting(_ base: UnsafeMutablePointer<Float>, rowStride: Int) -> Target {
            Target(base: base, rowStride: rowStride, start: nil, startStride: 0)
        }

        /// The product is added to C.
        @inline(__always)
        static func adding(to base: UnsafeMutablePointer<Float>, rowStride: Int) -> Target {
            Target(base: base, rowStride: rowStride, start: base, startStride: rowStride)
        }

        /// The target from a row and a column on.
        @inline(__always)
        func from(row: Int, column: Int) -> Target {
            Target(
                base: base + row &* rowStride + column,
                rowStride: rowStride,
                start: start.map { $0 + row &* startStride + column },
                startStride: startStride
            )
        }
    }

    /// C[rows × 16·columnLanes] = start + A[rows × depth] · B[depth × 16·columnLanes].
    ///
    /// - Parameters:
    ///   - left: A.
    ///   - right: B.
    ///   - rightStride: The distance from one row of B to the next.
    ///   - target: C and what its sums begin with.
    ///   - rows: The rows of A and C.
    ///   - columnLanes: The columns of B and C, in lanes of 16.
    ///   - depth: The columns of A and rows of B.
    @inline(__always)
    static func multiply(
        left: Left,
        right: UnsafePointer<Float>,
        rightStride: Int,
        target: Target,
        rows: Int,
        columnLanes: Int,
        depth: Int
    ) {
        // With sixteen registers of eight floats only four rows of one column of lanes fit.
        let isWide = processor_has_wide_vectors() != 0
        var column = 0
        while column < columnLanes {
            let columns = ColumnTiles(
                left: left,
                right: right + column &* laneCount,
                rightStride: rightStride,
                target: target.from(row: 0, column: column &* laneCount),
                depth: depth,
                isPair: isWide && column + 2 <= columnLanes
            )
            var row = 0
            while row < rows {
                let rest = rows - row
                // Sixteen rows, a strip of attention, are better two tiles of eight.
                if isWide, rest >= FourteenRows.rowCount, rest != 2 * EightRows.rowCount {
                    row += columns.run(FourteenRows.self, row)
                } else if isWide, rest >= EightRows.rowCount {
                    row += columns.run(EightRows.self, row)
                } else if rest >= FourRows.rowCount {
                    row += columns.run(FourRows.self, row)
                } else if rest >= TwoRows.rowCount {
                    row += columns.run(TwoRows.self, row)
                } else {
                    row += columns.run(OneRow.self, row)
                }
            }
            column += columns.isPair ? 2 : 1
        }
    }

    /// One or two columns of lanes, through which tiles move down.
    private struct ColumnTiles {
        let left: Left
        let right: UnsafePointer<Float>
        let rightStride: Int
        let target: Target
        let depth: Int
        let isPair: Bool

        /// Makes the tile whose first row is `row` and returns how many rows it has.
        @inline(__always)
        func run<Sums: TileSums>(_ sums: Sums.Type, _ row: Int) -> Int {
            let a = left.from(row: row, depth: 0)
            let c = target.from(row: row, column: 0)
            if isPair {
                TileProduct.pair(sums, a, right, rightStride, c, depth)
            } else {
                TileProduct.single(sums, a, right, rightStride, c, depth)
            }
            return sums.rowCount
        }
    }

    @inline(never)
    private static func pair<Sums: TileSums>(
        _: Sums.Type,
        _ a: Left,
        _ b: UnsafePointer<Float>,
        _ bStride: Int,
        _ c: Target,
        _ depth: Int
    ) {
        var first = Sums()
        var second = Sums()
        if let start = c.start {
            // The tile below is next: its first summands come from far away while this one runs.
            let next = start + Sums.rowCount &* c.startStride
            for row in 0..<Sums.rowCount {
                processor_prefetch_near(next + row &* c.startStride)
                processor_prefetch_near(next + row &* c.startStride + laneCount)
            }
            first = Sums(reading: start, stride: c.startStride)
            second = Sums(reading: start + laneCount, stride: c.startStride)
        }
        var aNext = a.base
        var bNext = b
        for _ in 0..<depth {
            let left = load(bNext)
            let right = load(bNext + laneCount)
            first.add(aNext, stride: a.rowStride, left, and: &second, right)
            aNext += a.depthStride
            bNext += bStride
        }
        first.write(to: c.base, stride: c.rowStride)
        second.write(to: c.base + laneCount, stride: c.rowStride)
    }

    @inline(never)
    private static func single<Sums: TileSums>(
        _: Sums.Type,
        _ a: Left,
        _ b: UnsafePointer<Float>,
        _ bStride: Int,
        _ c: Target,
        _ depth: Int
    ) {
        var sums = c.start.map { Sums(reading: $0, stride: c.startStride) } ?? Sums()
        var aNext = a.base
        var bNext = b
        for _ in 0..<depth {
            sums.add(aNext, stride: a.rowStride, load(bNext))
            aNext += a.depthStride
            bNext += bStride
        }
        sums.write(to: c.base, stride: c.rowStride)
    }
}
