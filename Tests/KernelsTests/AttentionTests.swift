import Kernels
import TestSupport
import Testing

/// Heads, sizes and segments that a test goes through.
struct AttentionCase: Sendable, CustomTestStringConvertible {
    let heads: Int
    let keyValueHeads: Int
    let width: Int
    let offsets: [Int]
    var scale: Float?
    var window: Int?
    var testDescription: String {
        "\(heads)/\(keyValueHeads) heads of \(width), \(offsets), window \(window ?? 0)"
    }

    var attention: Attention {
        Attention(
            headCount: heads,
            keyValueHeadCount: keyValueHeads,
            headWidth: width,
            scale: scale,
            window: window
        )
    }

    /// Segments of one token, below, at and above a strip of 16 queries.
    static let all = [
        AttentionCase(heads: 1, keyValueHeads: 1, width: 4, offsets: [0, 1]),
        AttentionCase(heads: 4, keyValueHeads: 2, width: 6, offsets: [0, 5, 6, 23]),
        AttentionCase(heads: 1, keyValueHeads: 1, width: 16, offsets: [0, 16, 33]),
        AttentionCase(heads: 3, keyValueHeads: 1, width: 20, offsets: [0, 18]),
        AttentionCase(heads: 2, keyValueHeads: 1, width: 6, offsets: [0, 37], window: 1),
        AttentionCase(heads: 1, keyValueHeads: 1, width: 4, offsets: [0, 7, 52], window: 5),
        AttentionCase(
            heads: 2,
            keyValueHeads: 2,
            width: 8,
            offsets: [0, 50],
            scale: 0.2,
            window: 17
        ),
        AttentionCase(heads: 2, keyValueHeads: 1, width: 6, offsets: [0, 33], window: 40),
    ]
}

@Suite("Attention")
struct AttentionTests {
    private struct Run {
        let packed: OwnedMatrix
        let output: OwnedMatrix
        let logSums: OwnedMatrix
        let scratch: AttentionScratch

        init(_ test: AttentionCase, seed: UInt64 = 11) {
            let tokens = test.offsets[test.offsets.count - 1]
            packed = OwnedMatrix(
                rows: tokens,
                columns: test.attention.packedWidth,
                seed: seed,
                scale: 1.5
            )
            output = OwnedMatrix(rows: tokens, columns: test.attention.outputWidth)
            logSums = OwnedMatrix(rows: tokens, columns: test.heads)
            scratch = AttentionScratch(attention: test.attention, maximumSegmentLength: tokens)
            forward(test)
        }

        func forward(_ test: AttentionCase) {
            test.attention.forward(
                packed: packed.view,
                segments: PackedSegments(test.offsets),
                output: output.view,
                logSums: logSums.view,
                scratch: scratch
            )
        }

        func keepAlive() { withExtendedLifetime((packed, output, logSums, scratch)) {} }
    }

    private func reference(_ packed: [Double], _ test: AttentionCase) -> [Double] {
        Reference.attention(
            packed,
            headCount: test.heads,
            keyValueHeadCount: test.keyValueHeads,
            headWidth: test.width,
            segmentOffsets: test.offsets,
            scale: test.scale.map(Double.init),
            window: test.window
        )
    }

    @Test("forward and gradients match the reference", arguments: AttentionCase.all)
    func gradients(_ test: AttentionCase) {
        let run = Run(test)
        let tokens = run.packed.rows
        let upstream = OwnedMatrix(rows: tokens, columns: test.attention.outputWidth, seed: 12)
        let gradient = OwnedMatrix(rows: tokens, columns: test.attention.packedWidth)
        test.attention.backward(
            packed: run.packed.view,
            segments: PackedSegments(test.offsets),
            output: run.output.view,
            logSums: run.logSums.view,
            outputGradient: upstream.view,
            packedGradient: gradient.view,
            scratch: run.scratch
        )
        #expect(relativeError(run.output.doubles, reference(run.packed.doubles, test)) < 1e-5)
        let expected = finiteDifferences(at: run.packed.doubles) {
            dot(reference($0, test), upstream.doubles)
        }
        #expect(relativeError(gradient.doubles, expected) < 1e-5)
        withExtendedLifetime((upstream, gradient)) {}
        run.keepAlive()
    }

    @Test("nothing crosses the border of a segment")
    func borders() {
        let test = AttentionCase(heads: 2, keyValueHeads: 1, width: 8, offsets: [0, 9, 20])
        let run = Run(test)
        let before = run.output.values
        // Other numbers in the first segment leave every bit of the second as it was.
        for index in 0..<(9 * run.packed.columns) { run.packed.vector[index] += 3 }
        run.forward(test)
        let first = 9 * run.output.columns
        #expect(run.output.values[..<first] != before[..<first])
        #expect(run.output.values[first...] == before[first...])
        run.keepAlive()
    }

    @Test("a query sees no later token")
    func causality() {
        let test = AttentionCase(heads: 2, keyValueHeads: 2, width: 8, offsets: [0, 20])
        let run = Run(test)
        let before = run.output.values
        for index in (13 * run.packed.columns)..<(20 * run.packed.columns) {
            run.packed.vector[index] = 5
        }
        run.forward(test)
        let seen = 13 * run.output.columns
        #expect(run.output.values[..<seen] == before[..<seen])
        run.keepAlive()
    }

    @Test("a cache gives every bit of the packed pass", arguments: AttentionCase.all)
    func cache(_ test: AttentionCase) {
        let length = test.offsets[test.offsets.count - 1]
        let whole = AttentionCase(
            heads: test.heads,
            keyValueHeads: test.keyValueHeads,
            width: test.width,
            offsets: [0, length],
            scale: test.scale,
            window: test.window
        )
        let run = Run(whole)
        let cache = AttentionCache(attention: whole.attention, capacity: length)
        let row = OwnedMatrix(rows: 1, columns: whole.attention.outputWidth)
        for token in 0..<length {
            cache.append(run.packed.view.rows(token..<(token + 1)))
            cache.attend(
                query: run.packed.view.row(token),
                output: row.vector,
                scratch: run.scratch
            )
            #expect(row.values == run.output.view.row(token).array())
        }
        withExtendedLifetime((cache, row)) {}
        run.keepAlive()
    }

    @Test("turning is inverted, and matches the reference", arguments: [2, 6, 32, 40])
    func rotation(width: Int) {
        let offsets = [0, 3, 10]
        let heads = OwnedMatrix(rows: 10, columns: 2 * width + 5, seed: 13)
        let before = heads.doubles
        let rotary = RotaryPositions(headWidth: width, theta: 10_000, positionCount: 7)
        rotary.rotate(heads.view, headCount: 2, segments: PackedSegments(offsets))
        let expected = Reference.rotate(
            before,
            columns: 2 * width + 5,
            headCount: 2,
            headWidth: width,
            theta: 10_000,
            segmentOffsets: offsets
        )
        #expect(relativeError(heads.doubles, expected) < 1e-6)
        rotary.rotate(heads.view, headCount: 2, segments: PackedSegments(offsets), inverse: true)
        #expect(relativeError(heads.doubles, before) < 1e-6)
        withExtendedLifetime(heads) {}
    }
}
