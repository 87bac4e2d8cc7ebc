import Foundation
import Kernels
import Testing

/// A wrong shape must end the program at a kernel's entry, never read or write beyond a buffer.
///
/// Each call runs in a process of its own.
@Suite("Wrong shapes")
struct RefusalTests {
    /// A matrix that lives as long as the process.
    private static func matrix(_ rows: Int, _ columns: Int) -> MatrixView {
        MatrixView(vector(rows * columns), rows: rows, columns: columns)
    }

    private static func vector(_ count: Int) -> FloatView {
        let owner = Unmanaged.passRetained(SharedBuffer(count: count))
        return owner.takeUnretainedValue().view
    }

    @Test("cross-entropy: more targets than rows, fewer places than targets, a strange target")
    func crossEntropy() async {
        await #expect(processExitsWith: .failure) {
            let targets: [Int32] = [0, 1, 2]
            _ = targets.withUnsafeBufferPointer {
                CrossEntropy.forwardBackward(logits: RefusalTests.matrix(2, 5), targets: $0)
            }
        }
        await #expect(processExitsWith: .failure) {
            let targets: [Int32] = [0, 1, 2]
            var output = [Float](repeating: 0, count: 2)
            targets.withUnsafeBufferPointer { targets in
                output.withUnsafeMutableBufferPointer {
                    CrossEntropy.logProbabilities(
                        logits: RefusalTests.matrix(3, 5),
                        targets: targets,
                        output: $0
                    )
                }
            }
        }
        await #expect(processExitsWith: .failure) {
            let targets: [Int32] = [0, 5]
            _ = targets.withUnsafeBufferPointer {
                CrossEntropy.forwardBackward(logits: RefusalTests.matrix(2, 5), targets: $0)
            }
        }
    }

    @Test("embedding: a token behind the table, backward too")
    func embedding() async {
        await #expect(processExitsWith: .failure) {
            [Int32(7)].withUnsafeBufferPointer {
                Embedding.forward(
                    tokens: $0,
                    table: RefusalTests.matrix(7, 4),
                    output: RefusalTests.matrix(1, 4)
                )
            }
        }
        await #expect(processExitsWith: .failure) {
            [Int32(7)].withUnsafeBufferPointer {
                Embedding.backward(
                    tokens: $0,
                    outputGradient: RefusalTests.matrix(1, 4),
                    tableGradient: RefusalTests.matrix(7, 4)
                )
            }
        }
        await #expect(processExitsWith: .failure) {
            [Int32(-1)].withUnsafeBufferPointer {
                Embedding.backward(
                    tokens: $0,
                    outputGradient: RefusalTests.matrix(1, 4),
                    tableGradient: RefusalTests.matrix(7, 4)
                )
            }
        }
    }

    @Test("norm: fewer roots than rows, a narrower output, gradients of another width")
    func norm() async {
        await #expect(processExitsWith: .failure) {
            RMSNorm.apply(
                input: RefusalTests.matrix(3, 8),
                gain: RefusalTests.vector(8),
                inverseRMS: RefusalTests.vector(2),
                output: RefusalTests.matrix(3, 8)
            )
        }
        await #expect(processExitsWith: .failure) {
            RMSNorm.apply(
                input: RefusalTests.matrix(3, 8),
                gain: RefusalTests.vector(8),
                inverseRMS: RefusalTests.vector(3),
                output: RefusalTests.matrix(3, 7)
            )
        }
        await #expect(processExitsWith: .failure) {
            RMSNorm.backward(
                input: RefusalTests.matrix(3, 8),
                gain: RefusalTests.vector(8),
                inverseRMS: RefusalTests.vector(3),
                outputGradient: RefusalTests.matrix(3, 7),
                inputGradient: RefusalTests.matrix(3, 8),
                gainGradient: RefusalTests.vector(8)
            )
        }
        await #expect(processExitsWith: .failure) {
            RMSNorm.backward(
                input: RefusalTests.matrix(3, 8),
                gain: RefusalTests.vector(8),
                inverseRMS: RefusalTests.vector(2),
                outputGradient: RefusalTests.matrix(3, 8),
                inputGradient: RefusalTests.matrix(3, 8),
                gainGradient: RefusalTests.vector(8)
            )
        }
    }

    private static let heads = Attention(headCount: 4, keyValueHeadCount: 2, headWidth: 6)

    private static func attend(
        logSums: MatrixView,
        segments: [Int] = [0, 5],
        scratch: AttentionScratch = AttentionScratch(attention: heads, maximumSegmentLength: 5)
    ) {
        heads.backward(
            packed: matrix(5, heads.packedWidth),
            segments: PackedSegments(segments),
            output: matrix(5, heads.outputWidth),
            logSums: logSums,
            outputGradient: matrix(5, heads.outputWidth),
            packedGradient: matrix(5, heads.packedWidth),
            scratch: scratch
        )
    }

    @Test("attention: short log sums, segments behind the rows, another model's scratch")
    func attention() async {
        await #expect(processExitsWith: .failure) {
            RefusalTests.attend(logSums: RefusalTests.matrix(5, 3))
        }
        await #expect(processExitsWith: .failure) {
            RefusalTests.attend(logSums: RefusalTests.matrix(4, 4))
        }
        await #expect(processExitsWith: .failure) {
            RefusalTests.attend(logSums: RefusalTests.matrix(5, 4), segments: [0, 4, 6])
        }
        await #expect(processExitsWith: .failure) {
            RefusalTests.attend(logSums: RefusalTests.matrix(5, 4), segments: [0, 4, 2, 5])
        }
        await #expect(processExitsWith: .failure) {
            let narrow = Attention(headCount: 4, keyValueHeadCount: 2, headWidth: 6)
            let wide = Attention(headCount: 4, keyValueHeadCount: 2, headWidth: 20)
            wide.forward(
                packed: RefusalTests.matrix(5, wide.packedWidth),
                segments: PackedSegments([0, 5]),
                output: RefusalTests.matrix(5, wide.outputWidth),
                logSums: RefusalTests.matrix(5, 4),
                scratch: AttentionScratch(attention: narrow, maximumSegmentLength: 5)
            )
        }
        // All is well with the shapes that fit.
        await #expect(processExitsWith: .success) {
            RefusalTests.attend(logSums: RefusalTests.matrix(5, 4))
        }
    }

    @Test("cache: more positions than promised")
    func cache() async {
        await #expect(processExitsWith: .failure) {
            let cache = AttentionCache(attention: RefusalTests.heads, capacity: 4)
            cache.append(RefusalTests.matrix(5, RefusalTests.heads.packedWidth))
        }
    }

    @Test("rotary positions: before the first and behind the last")
    func rotary() async {
        await #expect(processExitsWith: .failure) {
            RotaryPositions(headWidth: 4, theta: 1e4, positionCount: 8)
                .rotate(RefusalTests.matrix(1, 8), headCount: 2, positions: [-1])
        }
        await #expect(processExitsWith: .failure) {
            RotaryPositions(headWidth: 4, theta: 1e4, positionCount: 8)
                .rotate(RefusalTests.matrix(1, 8), headCount: 2, positions: [8])
        }
        await #expect(processExitsWith: .failure) {
            RotaryPositions(headWidth: 4, theta: 1e4, positionCount: 8)
                .rotate(RefusalTests.matrix(2, 8), headCount: 3, segments: PackedSegments([0, 2]))
        }
    }

    @Test("gates, products, activations and updates of other shapes")
    func others() async {
        await #expect(processExitsWith: .failure) {
            SwiGLU.backward(
                gateUp: RefusalTests.matrix(2, 6),
                outputGradient: RefusalTests.matrix(3, 3)
            )
        }
        await #expect(processExitsWith: .failure) {
            PackedMatrix(RefusalTests.matrix(4, 3)).multiply(
                RefusalTests.matrix(2, 3),
                into: RefusalTests.matrix(2, 4),
                adding: RefusalTests.matrix(1, 4)
            )
        }
        await #expect(processExitsWith: .failure) {
            LinearProduct().forward(
                input: RefusalTests.matrix(2, 3),
                weight: RefusalTests.matrix(4, 3),
                output: RefusalTests.matrix(2, 5)
            )
        }
        await #expect(processExitsWith: .failure) {
            var sums = [0.0, 0]
            ActivationKernels.addSegmentNorms(
                of: RefusalTests.matrix(3, 2),
                offsets: [0, 4],
                to: &sums
            )
        }
        await #expect(processExitsWith: .failure) {
            var sums = [0.0, 0]
            ActivationKernels.addSegmentNorms(
                of: RefusalTests.matrix(3, 2),
                offsets: [-1, 2],
                to: &sums
            )
        }
        await #expect(processExitsWith: .failure) {
            ActivationKernels.segmentDirections(
                of: RefusalTests.matrix(3, 2),
                segments: [2..<4],
                into: RefusalTests.matrix(1, 2)
            )
        }
        await #expect(processExitsWith: .failure) {
            AdamW(learningRate: 0.1, step: 1).update(
                parameters: RefusalTests.vector(4),
                gradients: RefusalTests.vector(4),
                firstMoment: RefusalTests.vector(3),
                secondMoment: RefusalTests.vector(4),
                gradientScale: 1,
                weightDecay: 0
            )
        }
    }
}
