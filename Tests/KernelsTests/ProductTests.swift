import Kernels
import TestSupport
import Testing

@Suite("Linear products")
struct ProductTests {
    private static let shapes = [
        (1, 1, 1), (3, 5, 7), (9, 33, 16), (20, 31, 70), (17, 64, 129), (31, 48, 33),
    ]

    @Test(
        "products match the reference, whichever method multiplies",
        arguments: ProductMethod.allCases,
        shapes
    )
    func dense(method: ProductMethod, shape: (Int, Int, Int)) {
        let (rows, outputs, width) = shape
        let products = LinearProduct(method: method)
        let x = OwnedMatrix(rows: rows, columns: width, seed: 21)
        let weight = OwnedMatrix(rows: outputs, columns: width, seed: 22)
        let y = OwnedMatrix(rows: rows, columns: outputs)
        let upstream = OwnedMatrix(rows: rows, columns: outputs, seed: 23)
        let dx = OwnedMatrix(rows: rows, columns: width)
        let dWeight = OwnedMatrix(rows: outputs, columns: width, seed: 24)
        let before = dWeight.doubles
        defer { withExtendedLifetime((x, weight, y, upstream, dx, dWeight)) {} }
        products.forward(input: x.view, weight: weight.view, output: y.view)
        let expected = Reference.linear(x.doubles, weight.doubles, width: width)
        #expect(relativeError(y.doubles, expected) < 1e-5)
        products.forward(input: x.view, weight: weight.view, output: y.view, adding: y.view)
        #expect(relativeError(y.doubles, expected.map { 2 * $0 }) < 1e-5)
        products.forward(input: x.view, weight: weight.view, output: y.view, adding: upstream.view)
        #expect(relativeError(y.doubles, zip(expected, upstream.doubles).map(+)) < 1e-5)
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
        func objective(_ x: [Double], _ weight: [Double]) -> Double {
            dot(Reference.linear(x, weight, width: width), upstream.doubles)
        }
        // The product is linear in each factor, so a large step has no error of its own.
        let byInput = finiteDifferences(at: x.doubles, step: 0.5) { objective($0, weight.doubles) }
        let byWeight = finiteDifferences(at: weight.doubles, step: 0.5) { objective(x.doubles, $0) }
        #expect(relativeError(dx.doubles, byInput) < 1e-5)
        #expect(relativeError(dWeight.doubles, zip(byWeight, before).map(+)) < 1e-5)
    }

    /// Larger than every block that a product is cut into, and by a little.
    @Test(
        "large products are the same, whichever method multiplies",
        arguments: [(530, 47, 790), (40, 900, 65)]
    )
    func large(rows: Int, outputs: Int, width: Int) {
        let x = OwnedMatrix(rows: rows, columns: width, seed: 41)
        let weight = OwnedMatrix(rows: outputs, columns: width, seed: 42)
        let upstream = OwnedMatrix(rows: rows, columns: outputs, seed: 43)
        let results = ProductMethod.allCases.map { method in
            let products = LinearProduct(method: method)
            let y = OwnedMatrix(rows: rows, columns: outputs)
            let dx = OwnedMatrix(rows: rows, columns: width)
            let dWeight = OwnedMatrix(rows: outputs, columns: width, seed: 44)
            products.forward(input: x.view, weight: weight.view, output: y.view)
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
        let expected = Reference.linear(x.doubles, weight.doubles, width: width)
        for result in results {
            #expect(relativeError(result[0].map(Double.init), expected) < 1e-5)
            for (found, first) in zip(result, results[0]) {
                #expect(relativeError(found, first) < 1e-5)
            }
        }
        withExtendedLifetime((x, weight, upstream)) {}
    }

    @Test("a row of a product by tiles is the same alone and beside others")
    func rowsAreIndependent() {
        let x = OwnedMatrix(rows: 45, columns: 500, seed: 45)
        let weight = OwnedMatrix(rows: 50, columns: 500, seed: 46)
        let y = OwnedMatrix(rows: 45, columns: 50)
        let alone = OwnedMatrix(rows: 1, columns: 50)
        let packed = OwnedMatrix(rows: 45, columns: 50)
        defer { withExtendedLifetime((x, weight, y, alone, packed)) {} }
        let products = LinearProduct(method: .tiles)
        products.forward(input: x.view, weight: weight.view, output: y.view)
        for row in 0..<45 {
            let part = x.view.rows(row..<(row + 1))
            products.forward(input: part, weight: weight.view, output: alone.view)
            #expect(alone.values == y.view.row(row).array())
        }
        // Training and scoring add up in the same order, however the depth is cut.
        PackedMatrix(weight.view).multiply(x.view, into: packed.view)
        #expect(packed.values == y.values)
    }

    @Test(
        "packed products match the reference, and rows do not depend on each other",
        arguments: shapes
    )
    func packed(rows: Int, outputs: Int, width: Int) {
        let x = OwnedMatrix(rows: rows, columns: width, seed: 25)
        let weight = OwnedMatrix(rows: outputs, columns: width, seed: 26)
        let y = OwnedMatrix(rows: rows, columns: outputs)
        let alone = OwnedMatrix(rows: 1, columns: outputs)
        defer { withExtendedLifetime((x, weight, y, alone)) {} }
        let packed = PackedMatrix(weight.view)
        packed.multiply(x.view, into: y.view)
        let expected = Reference.linear(x.doubles, weight.doubles, width: width)
        #expect(relativeError(y.doubles, expected) < 1e-5)
        for row in 0..<rows {
            packed.multiply(x.view.rows(row..<(row + 1)), into: alone.view)
            #expect(alone.values == y.view.row(row).array())
        }
    }
}

@Suite("OpenBLAS kernels")
struct KernelChoiceTests {
    private func processor(_ flags: String) -> Processor {
        Processor(cpuInformation: "model name : Test\nflags : fpu \(flags)\n", coreCount: 2)
    }

    @Test("the kernel set follows the features")
    func choice() {
        let wide = "avx2 fma avx512f avx512bw avx512dq avx512vl"
        #expect(OpenBLAS.suitableKernel(for: processor("sse2")) == nil)
        #expect(OpenBLAS.suitableKernel(for: processor("avx2")) == nil)
        #expect(OpenBLAS.suitableKernel(for: processor("avx2 fma")) == "Haswell")
        #expect(OpenBLAS.suitableKernel(for: processor("avx2 fma avx512f")) == "Haswell")
        #expect(OpenBLAS.suitableKernel(for: processor(wide)) == "SkylakeX")
        #expect(OpenBLAS.suitableKernel(for: processor(wide + " avx512_bf16")) == "Cooperlake")
        #expect(processor(wide).name == "Test")
    }

    @Test("sums of squares do not depend on where they are cut")
    func sumOfSquares() {
        let values = sampleValues(10_001, seed: 31)
        let matrix = OwnedMatrix(values, rows: 1, columns: values.count)
        defer { withExtendedLifetime(matrix) {} }
        let expected = values.reduce(0.0) { $0 + Double($1) * Double($1) }
        let whole = Elementwise.sumOfSquares(matrix.vector)
        #expect(abs(whole - expected) / expected < 1e-6)
        let parts = [0..<4096, 4096..<8192, 8192..<10_001]
            .map { Elementwise.sumOfSquares(matrix.vector[$0]) }
        #expect(parts.reduce(0, +) == whole)
    }
}
