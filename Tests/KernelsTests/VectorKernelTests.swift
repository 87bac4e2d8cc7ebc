import Kernels
import TestSupport
import Testing

/// Largest relative error of Float results and gradients against the Double oracle.
private let tolerance = 1e-5

/// Widths below, at and above one vector of sixteen lanes, with and without a rest.
private let widths = [1, 7, 16, 24, 48, 67]

@Suite("RMSNorm")
struct RMSNormTests {
    @Test("forward and gradients match the reference", arguments: widths)
    func gradients(width: Int) {
        let rows = 5
        let x = OwnedMatrix(rows: rows, columns: width, seed: 1)
        let gain = OwnedMatrix(rows: 1, columns: width, seed: 2)
        let upstream = OwnedMatrix(rows: rows, columns: width, seed: 3)
        let y = OwnedMatrix(rows: rows, columns: width)
        let inverse = OwnedMatrix(rows: 1, columns: rows)
        let dx = OwnedMatrix(rows: rows, columns: width)
        let dGain = OwnedMatrix(rows: 1, columns: width)
        defer { withExtendedLifetime((x, gain, upstream, y, inverse, dx, dGain)) {} }
        RMSNorm.forward(
            input: x.view,
            gain: gain.vector,
            epsilon: 1e-3,
            output: y.view,
            inverseRMS: inverse.vector
        )
        RMSNorm.backward(
            input: x.view,
            gain: gain.vector,
            inverseRMS: inverse.vector,
            outputGradient: upstream.view,
            inputGradient: dx.view,
            gainGradient: dGain.vector
        )
        func objective(_ x: [Double], _ gain: [Double]) -> Double {
            dot(Reference.rmsNorm(x, gain: gain, epsilon: 1e-3), upstream.doubles)
        }
        #expect(
            relativeError(
                y.doubles,
                Reference.rmsNorm(x.doubles, gain: gain.doubles, epsilon: 1e-3)
            ) < tolerance
        )
        let byInput = finiteDifferences(at: x.doubles) { objective($0, gain.doubles) }
        let byGain = finiteDifferences(at: gain.doubles) { objective(x.doubles, $0) }
        #expect(relativeError(dx.doubles, byInput) < tolerance)
        #expect(relativeError(dGain.doubles, byGain) < tolerance)
    }
}

@Suite("SwiGLU")
struct SwiGLUTests {
    @Test("forward and gradients match the reference", arguments: widths)
    func gradients(hidden: Int) {
        let rows = 3
        let gateUp = OwnedMatrix(rows: rows, columns: 2 * hidden, seed: 4, scale: 3)
        let before = gateUp.doubles
        let y = OwnedMatrix(rows: rows, columns: hidden)
        let gradient = OwnedMatrix(rows: rows, columns: hidden, seed: 5)
        let upstream = gradient.doubles
        defer { withExtendedLifetime((gateUp, y, gradient)) {} }
        SwiGLU.forward(gateUp: gateUp.view, output: y.view)
        #expect(relativeError(y.doubles, Reference.swiGLU(before, hidden: hidden)) < tolerance)
        SwiGLU.backward(gateUp: gateUp.view, outputGradient: gradient.view)
        let expected = finiteDifferences(at: before) {
            dot(Reference.swiGLU($0, hidden: hidden), upstream)
        }
        #expect(relativeError(gateUp.doubles, expected) < tolerance)
        // The product is made again in the place of the gradient.
        #expect(gradient.values == y.values)
    }

    @Test("large gates saturate without overflow")
    func extremes() {
        let gateUp = OwnedMatrix([-200, 200, 2, 2], rows: 1, columns: 4)
        let y = OwnedMatrix(rows: 1, columns: 2)
        defer { withExtendedLifetime((gateUp, y)) {} }
        SwiGLU.forward(gateUp: gateUp.view, output: y.view)
        #expect(abs(y.values[0]) < 1e-30 && y.values[1] == 400)
    }
}

@Suite("GeGLU")
struct GeGLUTests {
    @Test("forward and gradients match the reference", arguments: widths)
    func gradients(hidden: Int) {
        let gateUp = OwnedMatrix(rows: 3, columns: 2 * hidden, seed: 4, scale: 3)
        let before = gateUp.doubles
        let y = OwnedMatrix(rows: 3, columns: hidden)
        let gradient = OwnedMatrix(rows: 3, columns: hidden, seed: 5)
        let upstream = gradient.doubles
        defer { withExtendedLifetime((gateUp, y, gradient)) {} }
        GeGLU.forward(gateUp: gateUp.view, output: y.view)
        #expect(relativeError(y.doubles, Reference.geGLU(before, hidden: hidden)) < tolerance)
        GeGLU.backward(gateUp: gateUp.view, outputGradient: gradient.view)
        let expected = finiteDifferences(at: before) {
            dot(Reference.geGLU($0, hidden: hidden), upstream)
        }
        #expect(relativeError(gateUp.doubles, expected) < tolerance)
        #expect(gradient.values == y.values)
    }

    @Test("large gates saturate without overflow")
    func extremes() {
        let gateUp = OwnedMatrix([-200, 200, 2, 2], rows: 1, columns: 4)
        let y = OwnedMatrix(rows: 1, columns: 2)
        defer { withExtendedLifetime((gateUp, y)) {} }
        GeGLU.forward(gateUp: gateUp.view, output: y.view)
        #expect(abs(y.values[0]) < 1e-30 && y.values[1] == 400)
    }
}

@Suite("Cross-entropy")
struct CrossEntropyTests {
    @Test("loss and gradient match the reference", arguments: [2, 16, 33, 61])
    func gradients(vocabulary: Int) {
        let targets: [Int32] = [0, Int32(vocabulary - 1), 1]
        let logits = OwnedMatrix(rows: 3, columns: vocabulary, seed: 6, scale: 4)
        let before = logits.doubles
        defer { withExtendedLifetime(logits) {} }
        var probabilities = [Float](repeating: 0, count: 3)
        targets.withUnsafeBufferPointer { targets in
            probabilities.withUnsafeMutableBufferPointer {
                CrossEntropy.logProbabilities(logits: logits.view, targets: targets, output: $0)
            }
        }
        let loss = targets.withUnsafeBufferPointer {
            CrossEntropy.forwardBackward(logits: logits.view, targets: $0)
        }
        func reference(_ z: [Double]) -> Double {
            Reference.crossEntropy(z, targets: targets, vocabulary: vocabulary)
        }
        #expect(abs(loss - reference(before)) / reference(before) < tolerance)
        #expect(abs(loss + probabilities.map(Double.init).reduce(0, +)) < 1e-5 * loss)
        let expected = finiteDifferences(at: before, of: reference)
        #expect(relativeError(logits.doubles, expected) < tolerance)
    }

    @Test("logits of any size give finite losses")
    func extremes() {
        let logits = OwnedMatrix([1e30, -1e30, 0, 3e4, 3e4, 3e4], rows: 2, columns: 3)
        defer { withExtendedLifetime(logits) {} }
        let loss = [Int32(0), 1].withUnsafeBufferPointer {
            CrossEntropy.forwardBackward(logits: logits.view, targets: $0)
        }
        // The first row is certain; the second has three equal choices: log 3.
        #expect(abs(loss - 1.0986122886681098) < 1e-5)
    }
}

@Suite("Embedding")
struct EmbeddingTests {
    @Test("rows are copied, and gradients of repeated tokens add up")
    func rows() {
        let table = OwnedMatrix(rows: 4, columns: 19, seed: 7)
        let y = OwnedMatrix(rows: 3, columns: 19)
        let dy = OwnedMatrix(rows: 3, columns: 19, seed: 8)
        let dTable = OwnedMatrix(rows: 4, columns: 19)
        defer { withExtendedLifetime((table, y, dy, dTable)) {} }
        [Int32(2), 0, 2].withUnsafeBufferPointer { tokens in
            Embedding.forward(tokens: tokens, table: table.view, output: y.view)
            Embedding.backward(tokens: tokens, outputGradient: dy.view, tableGradient: dTable.view)
        }
        let rows = (0..<4).map { Array(table.values[($0 * 19)..<($0 * 19 + 19)]) }
        #expect(y.values == rows[2] + rows[0] + rows[2])
        let gradients = (0..<3).map { Array(dy.values[($0 * 19)..<($0 * 19 + 19)]) }
        let zeros = [Float](repeating: 0, count: 19)
        let twice = zip(gradients[0], gradients[2]).map(+)
        #expect(dTable.values == gradients[1] + zeros + twice + zeros)
    }
}
