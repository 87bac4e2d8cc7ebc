import MergeMethods
import Merging
import Testing
import Transformer

@Suite("Reverting after training")
struct RevertTests {
    @Test("Named parts come from the base, all others from the model")
    func sources() throws {
        let shape = MergeFolders.shape(layers: 4, tied: false)
        let method = Revert(
            "math",
            reverted: ParameterSelection([.layers(1...2), .embeddings, .head])
        )
        let plan = try MergePlan(.revert(method), architecture: CheckpointArchitecture(shape))
        for output in plan.outputs {
            let isReverted =
                switch output.place {
                case .layer(let layer, _): (1...2).contains(layer)
                case .embeddings, .head: true
                case .finalNorm: false
                }
            let name = output.description.name
            #expect(output.source == .copy(of: isReverted ? "base" : "math"), "\(name)")
        }
    }

    @Test("Parts that are not there are refused")
    func refused() {
        let architecture = CheckpointArchitecture(MergeFolders.shape(layers: 4))
        for (model, parts, error) in [
            ("base", [.layers(1...1)], RevertError.base), ("math", [], .nothing),
            ("math", [.layers(3...4)], .layer(4, layerCount: 4)), ("math", [.head], .tiedHead),
        ] as [(String, [ParameterSelection.Part], RevertError)] {
            let method = Revert(model, reverted: ParameterSelection(parts))
            #expect(throws: error) {
                try MergePlan(.revert(method), architecture: architecture)
            }
        }
    }
}
