import MergeMethods
import Merging
import Testing

@Suite("Layer swaps beyond zones of whole layers")
struct LayerSwapFormTests {
    private let architecture = CheckpointArchitecture(MergeFolders.shape(layers: 4))

    private func sources(_ swap: LayerSwap) throws -> (String) -> String {
        let plan = try MergePlan(.layerSwap(swap), architecture: architecture)
        return { name in
            plan.outputs.first { $0.description.name.hasSuffix(name) }?.source.description ?? ""
        }
    }

    @Test("Layers of both along the arc, whole layers copied")
    func arc() throws {
        let swap = LayerSwap(
            bottom: 1,
            top: 1,
            bottomTransition: 1,
            transition: .constant(0.25),
            interpolation: .slerp
        )
        let source = try sources(swap)
        #expect(source("layers.0.mlp.up_proj.weight") == "language")
        #expect(source("layers.1.mlp.up_proj.weight") == "arc (0.750 math + 0.250 language)")
        #expect(source("layers.2.mlp.up_proj.weight") == "math")
    }

    @Test("Coefficients of the attention and of the feed-forward network, each with its norm")
    func halves() throws {
        let swap = LayerSwap(
            bottom: 0,
            top: 0,
            coefficients: [1, 0, 0, 1],
            mlpCoefficients: [0, 1, 0.5, 1]
        )
        let source = try sources(swap)
        for (layer, attention, mlp) in [
            (0, "language", "math"), (1, "math", "language"),
            (2, "math", "0.500 language + 0.500 math"), (3, "language", "language"),
        ] {
            #expect(source("layers.\(layer).self_attn.q_proj.weight") == attention)
            #expect(source("layers.\(layer).input_layernorm.weight") == attention)
            #expect(source("layers.\(layer).mlp.down_proj.weight") == mlp)
            #expect(source("layers.\(layer).post_attention_layernorm.weight") == mlp)
        }
        for list in [[1.0, 0, 0], [1, 0, 0, 2]] {
            #expect(throws: LayerSwapError.self) {
                try sources(
                    LayerSwap(
                        bottom: 0,
                        top: 0,
                        coefficients: [1, 0, 0, 1],
                        mlpCoefficients: list
                    )
                )
            }
        }
    }

    @Test("Changes are scaled zone by zone; at 1 a zone is copied")
    func scale() throws {
        var swap = LayerSwap(bottom: 1, top: 1, bottomTransition: 1)
        swap.scale.middle = 1.5
        swap.scale.transition = 0.5
        let source = try sources(swap)
        let up = "mlp.up_proj.weight"
        #expect(source("layers.0.\(up)") == "language")
        #expect(
            source("layers.1.\(up)") == "base + 0.500 (0.500 τ language + 0.500 τ math)"
        )
        #expect(source("layers.2.\(up)") == "base + 1.500 (1.000 τ math)")
        #expect(source("layers.3.\(up)") == "language")
        #expect(source("embed_tokens.weight") == "language")
        swap.scale.top = .infinity
        #expect(throws: LayerSwapError.scale(zone: "top", value: .infinity)) { try sources(swap) }
        swap.scale.top = 1
        swap.pattern = .alternating
        #expect(throws: LayerSwapError.scaleWithoutZones) { try sources(swap) }
        swap.pattern = .zones
        swap.interpolation = .slerp
        #expect(throws: LayerSwapError.scaledArc) { try sources(swap) }
    }
}
