import Kernels
import TestSupport
import Testing

/// Whether this machine can multiply in bfloat16 at all.
private let hasBFloat16 = LinearPrecision.bfloat16.orFallback.reason == nil

@Suite("bfloat16 products")
struct BFloat16Tests {
    private func processor(_ flags: String) -> Processor {
        Processor(cpuInformation: "model name : Test\nflags : fpu \(flags)\n", coreCount: 2)
    }

    @Test("the processor decides whether there is bf16")
    func suitability() {
        #expect(OneDNN.isSuitable(processor("avx512f avx512_bf16")))
        #expect(OneDNN.isSuitable(processor("avx512f amx_bf16")))
        #expect(!OneDNN.isSuitable(processor("avx512f avx512_vnni")))
        let reason = OneDNN.Unavailable.processor(name: "Test").description
        #expect(reason.contains("AVX512-BF16") && reason.contains("Test"))
        let missing = OneDNN.Unavailable.library(reason: "no such file").description
        #expect(missing.contains("no such file") && missing.contains("libdnnl-dev"))
    }

    @Test("single precision needs no fallback, and a fallback says why")
    func fallback() {
        #expect(LinearPrecision.float32.orFallback.reason == nil)
        let result = LinearPrecision.bfloat16.orFallback
        #expect((result.precision == .bfloat16) == (result.reason == nil))
    }

    /// Values where rounding has something to decide, with what they become.
    private static let roundings: [(Float, Float)] = [
        (1, 1), (-0.0, -0.0), (.infinity, .infinity), (-.infinity, -.infinity),
        // Ties: between 1 and 1 + 2⁻⁷ to the even 1, between 1 + 2⁻⁷ and 1 + 2⁻⁶ to the even upper.
        (Float(bitPattern: 0x3f80_8000), 1),
        (Float(bitPattern: 0x3f81_8000), Float(bitPattern: 0x3f82_0000)),
        // A little above and below a tie.
        (Float(bitPattern: 0x3f80_8001), Float(bitPattern: 0x3f81_0000)),
        (Float(bitPattern: 0x3f81_7fff), Float(bitPattern: 0x3f81_0000)),
        (Float(bitPattern: 0x4048_f5c3), Float(bitPattern: 0x4049_0000)),
    ]

    @Test("operands are rounded to nearest, ties to even", .enabled(if: hasBFloat16))
    func rounding() throws {
        let elsewhere = OwnedMatrix(rows: 1, columns: 1)
        let weights = BFloat16Copy(of: elsewhere.vector)
        let products = try LinearProduct(bfloat16: weights, capacity: 64)
        // A product with one makes the rounded operand visible.
        for (value, expected) in Self.roundings {
            let x = OwnedMatrix(Array(repeating: value, count: 19), rows: 19, columns: 1)
            let one = OwnedMatrix([1], rows: 1, columns: 1)
            let y = OwnedMatrix(rows: 19, columns: 1)
            products.forward(input: x.view, weight: one.view, output: y.view)
            #expect(y.values.allSatisfy { $0 == expected }, "\(value) gave \(y.values[0])")
            withExtendedLifetime((x, one, y)) {}
        }
        let nan = OwnedMatrix([.nan, Float(bitPattern: 0x7fff_ffff)], rows: 2, columns: 1)
        let one = OwnedMatrix([1], rows: 1, columns: 1)
        let y = OwnedMatrix(rows: 2, columns: 1)
        products.forward(input: nan.view, weight: one.view, output: y.view)
        #expect(y.values.allSatisfy { $0.isNaN })
        withExtendedLifetime((nan, one, y, elsewhere)) {}
    }

    @Test("products are those of the rounded operands", .enabled(if: hasBFloat16))
    func products() throws {
        let (rows, outputs, width) = (37, 50, 70)
        // Small whole numbers are their own roundings, and their sums are exact.
        func whole(_ count: Int, seed: UInt64) -> [Float] {
            sampleValues(count, seed: seed).map { ($0 * 4).rounded() }
        }
        let x = OwnedMatrix(whole(rows * width, seed: 51), rows: rows, columns: width)
        let weight = OwnedMatrix(whole(outputs * width, seed: 52), rows: outputs, columns: width)
        let upstream = OwnedMatrix(whole(rows * outputs, seed: 53), rows: rows, columns: outputs)
        let copy = BFloat16Copy(of: weight.vector)
        copy.refresh(on: WorkerPool(threadCount: 2))
        let half = try LinearProduct(bfloat16: copy, capacity: rows * width)
        let results = [half, LinearProduct()].map { products in
            let y = OwnedMatrix(rows: rows, columns: outputs)
            let dx = OwnedMatrix(rows: rows, columns: width)
            let dWeight = OwnedMatrix(
                whole(outputs * width, seed: 54),
                rows: outputs,
                columns: width
            )
            products.forward(
                input: x.view,
                weight: weight.view,
                output: y.view,
                adding: upstream.view
            )
            products.backwardInput(
                outputGradient: upstream.view,
                weight: weight.view,
                inputGradient: dx.view
            )
            products.backwardWeight(
                outputGradient: upstream.view,
                input: x.view,
                weightGradient: dWeight.view
            )
            return [y.values, dx.values, dWeight.values]
        }
        #expect(results[0] == results[1])
        withExtendedLifetime((x, weight, upstream)) {}
    }
}
