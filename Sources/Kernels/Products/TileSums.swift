/// The running sums of a register tile: some rows of one column of lanes.
///
/// Sums are properties of nested structures and not elements of an array, because Swift keeps the
/// properties of a local value in registers and spills arrays to memory. Larger tiles are stacked
/// from smaller ones (`Stacked`), so that each operation is written once.
protocol TileSums {
    /// How many rows the tile has.
    static var rowCount: Int { get }

    /// All sums are zero.
    init()

    /// Row i begins with the lanes at `start + i * stride`.
    init(reading start: UnsafePointer<Float>, stride: Int)

    /// Row i += a[i * stride] · b.
    mutating func add(_ a: UnsafePointer<Float>, stride: Int, _ b: Lanes)

    /// Row i += a[i * stride] · b, and row i of `other` += a[i * stride] · d.
    mutating func add(
        _ a: UnsafePointer<Float>,
        stride: Int,
        _ b: Lanes,
        and other: inout Self,
        _ d: Lanes
    )

    /// Writes row i to `output + i * stride`.
    func write(to output: UnsafeMutablePointer<Float>, stride: Int)
}

/// One row of a tile.
struct OneRow: TileSums {
    private var sum: Lanes

    @inline(__always)
    static var rowCount: Int { 1 }

    @inline(__always)
    init() { sum = .zero }

    @inline(__always)
    init(reading start: UnsafePointer<Float>, stride: Int) { sum = load(start) }

    @inline(__always)
    mutating func add(_ a: UnsafePointer<Float>, stride: Int, _ b: Lanes) {
        sum.addProduct(Lanes(repeating: a[0]), b)
    }

    @inline(__always)
    mutating func add(
        _ a: UnsafePointer<Float>,
        stride: Int,
        _ b: Lanes,
        and other: inout OneRow,
        _ d: Lanes
    ) {
        let factor = Lanes(repeating: a[0])
        sum.addProduct(factor, b)
        other.sum.addProduct(factor, d)
    }

    @inline(__always)
    func write(to output: UnsafeMutablePointer<Float>, stride: Int) { store(sum, output) }
}

/// Two tiles, one above the other.
struct Stacked<Upper: TileSums, Lower: TileSums>: TileSums {
    private var upper: Upper
    private var lower: Lower

    @inline(__always)
    static var rowCount: Int { Upper.rowCount + Lower.rowCount }

    @inline(__always)
    init() {
        upper = Upper()
        lower = Lower()
    }

    @inline(__always)
    init(reading start: UnsafePointer<Float>, stride: Int) {
        upper = Upper(reading: start, stride: stride)
        lower = Lower(reading: start + Upper.rowCount &* stride, stride: stride)
    }

    @inline(__always)
    mutating func add(_ a: UnsafePointer<Float>, stride: Int, _ b: Lanes) {
        upper.add(a, stride: stride, b)
        lower.add(a + Upper.rowCount &* stride, stride: stride, b)
    }

    @inline(__always)
    mutating func add(
        _ a: UnsafePointer<Float>,
        stride: Int,
        _ b: Lanes,
        and other: inout Self,
        _ d: Lanes
    ) {
        upper.add(a, stride: stride, b, and: &other.upper, d)
        lower.add(a + Upper.rowCount &* stride, stride: stride, b, and: &other.lower, d)
    }

    @inline(__always)
    func write(to output: UnsafeMutablePointer<Float>, stride: Int) {
        upper.write(to: output, stride: stride)
        lower.write(to: output + Upper.rowCount &* stride, stride: stride)
    }
}

typealias TwoRows = Stacked<OneRow, OneRow>
typealias FourRows = Stacked<TwoRows, TwoRows>
typealias EightRows = Stacked<FourRows, FourRows>

/// With two columns of lanes: 28 sums and two factors, which fill the 32 registers of AVX-512.
typealias FourteenRows = Stacked<EightRows, Stacked<FourRows, TwoRows>>
