import Foundation
import Kernels
import MergeMethods
import Merging
import Testing

/// Settings that no recipe can have, but a damaged or foreign record can.
@Suite("Merges that only a foreign record asks for")
struct UntrustedMergeTests {
    private let architecture = CheckpointArchitecture(MergeFolders.shape(layers: 4))

    private func refusal(_ method: MergeMethod) -> String {
        let error = #expect(throws: (any Error).self) {
            _ = try MergePlan(method, architecture: architecture)
        }
        return error.map { "\($0)" } ?? ""
    }

    private func slices(_ slices: [MergekitMerge.Slice]) -> String {
        refusal(
            .mergekit(MergekitMerge(mergeMethod: .passthrough, hasBase: false, slices: slices))
        )
    }

    @Test("Weights of the feed-forward networks without those of the attention")
    func halves() {
        let swap = LayerSwap(bottom: 1, top: 1, mlpCoefficients: [0.5])
        #expect(refusal(.layerSwap(swap)).contains("none of the attention; give both"))
    }

    @Test("Slices without layers, and layers that no model has")
    func emptySlices() {
        func source(_ layers: Range<Int>) -> MergekitMerge.Source {
            MergekitMerge.Source(model: "math", layers: layers)
        }
        #expect(slices([]) == "the merge has no layers; expected one or more")
        #expect(slices([.init(sources: [])]).hasPrefix("slice 0 has no layers"))
        #expect(
            slices([.init(sources: [source(0..<4)]), .init(sources: [source(2..<2)])])
                .hasPrefix("slice 1 has no layers")
        )
        for range in [-1..<3, Int.min..<Int.max, Int.min..<0, 0..<Int.max, 3..<5] {
            #expect(
                slices([.init(sources: [source(range)])])
                    .hasPrefix("the layer_range of 'math' is [\(range.lowerBound), ")
            )
        }
    }

    @Test("Numbers of iterations beyond all whole numbers", arguments: [1e30, -1e30, .infinity])
    func iterations(_ number: Double) {
        let sources = ["math", "language"].map { MergekitMerge.Source(model: $0, layers: 0..<4) }
        let merge = MergekitMerge(
            mergeMethod: .karcher,
            hasBase: false,
            slices: [.init(sources: sources)],
            parameters: ["max_iter": .number(number)]
        )
        #expect(refusal(.mergekit(merge)).contains("expected a whole number from 0 to 100000"))
    }

    @Test("The error of the first part of a tensor is thrown, whatever the threads")
    func firstPart() throws {
        struct Failure: Error, Equatable { let offset: Int }
        let buffer = FloatBuffer(count: 1_000_000)
        let view = buffer.view
        func failure(threads: Int) -> Failure? {
            let pass = TensorPass(
                of: "tensor",
                shape: [view.count],
                sources: [.floats(view)],
                workspace: MergeWorkspace(threadCount: threads)
            )
            return #expect(throws: Failure.self) {
                try pass.forEachPart { part in
                    if part.place.offset > 0 { throw Failure(offset: part.place.offset) }
                }
            }
        }
        let first = try #require(failure(threads: 1))
        for _ in 0..<20 {
            #expect(failure(threads: 2) == first)
            #expect(failure(threads: 4) == first)
        }
        withExtendedLifetime(buffer) {}
    }
}
