import MergeMethods
import Merging
import Testing

@Suite("Zones by sentence retrieval")
struct RetrievalPatternTests {
    private let swap = LayerSwap(
        bottom: 0,
        top: 0,
        bottomTransition: 1,
        topTransition: 2,
        pattern: .retrieval(sentences: 100),
        tensors: .mlp
    )

    @Test(
        "Bottom and top are those that were found, and transitions lie between them",
        arguments: [
            (bottom: 2, top: 1, layers: 8, weights: [1, 1, 0.5, 0, 0, 0.5, 0.5, 1]),
            (bottom: 0, top: 0, layers: 5, weights: [0.5, 0, 0, 0.5, 0.5]),
            // A narrow middle has less of the upper transition.
            (bottom: 2, top: 1, layers: 5, weights: [1, 1, 0.5, 0.5, 1]),
            (bottom: 2, top: 2, layers: 5, weights: [1, 1, 0.5, 1, 1]),
            (bottom: 3, top: 2, layers: 5, weights: [1, 1, 1, 1, 1]),
        ]
    )
    func resolved(bottom: Int, top: Int, layers: Int, weights: [Double]) throws {
        let method = MergeMethod.layerSwap(swap)
        #expect(method.neededSentences == 100)
        let known = method.resolved(bottom: bottom, top: top, layerCount: layers)
        #expect(known.neededSentences == nil)
        guard case .layerSwap(let swap) = known else { return #expect(Bool(false)) }
        try swap.check(layerCount: layers, tiedHead: true)
        #expect(swap.languageWeights(layerCount: layers) == weights)
        #expect(swap.tensors == .mlp)
    }

    @Test("Zones that are known stay as they are")
    func known() {
        let known = MergeMethod.layerSwap(LayerSwap(bottom: 1, top: 1))
        #expect(known.resolved(bottom: 3, top: 2, layerCount: 8) == known)
        let average = MergeMethod.average(.uniform(of: ["math", "language"]))
        #expect(average.neededSentences == nil)
        #expect(average.resolved(bottom: 3, top: 2, layerCount: 8) == average)
    }

    @Test("Without sentences no merge is planned")
    func unknown() throws {
        let architecture = CheckpointArchitecture(MergeFolders.shape(layers: 4))
        #expect(throws: LayerSwapError.retrievalUnknown) {
            try MergePlan(.layerSwap(swap), architecture: architecture)
        }
        let folders = try MergeFolders()
        let shape = MergeFolders.shape(layers: 4)
        let inputs = try ["base", "language", "math"].enumerated().map { number, name in
            try folders.make(name, shape, seed: UInt64(number))
        }
        #expect(throws: LayerSwapError.retrievalUnknown) {
            try MergeExecutor(
                .layerSwap(swap),
                of: inputs,
                workspace: MergeWorkspace(threadCount: 1)
            )
        }
        withExtendedLifetime(folders) {}
    }
}
