import MergeMethods
import Merging
import Testing

@Suite("Variants of a layer swap")
struct LayerSwapVariantTests {
    private func defaults(
        _ layers: Int,
        _ pattern: LayerSwap.Pattern,
        _ direction: LayerSwap.Direction = .languageOutside
    ) throws -> [Double] {
        var swap = LayerSwap.defaults(layerCount: layers)
        swap.pattern = pattern
        swap.direction = direction
        try swap.check(layerCount: layers, tiedHead: true)
        return swap.languageWeights(layerCount: layers)
    }

    private static let zones: [Int: [Double]] = [
        4: [1, 0.5, 0, 1],
        8: [1, 1, 0.5, 0, 0, 0, 0.5, 1],
        16: [1, 1, 1, 0.5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.5, 1],
    ]

    @Test("Zones, and the experts exchanged", arguments: [4, 8, 16])
    func directions(layers: Int) throws {
        let expected = try #require(Self.zones[layers])
        #expect(try defaults(layers, .zones) == expected)
        #expect(try defaults(layers, .zones, .mathOutside) == expected.map { 1 - $0 })
    }

    @Test("A ramp falls from the outer expert, whichever that is")
    func ramp() {
        var swap = LayerSwap(bottom: 1, top: 0, bottomTransition: 3, transition: .ramp)
        #expect(swap.languageWeights(layerCount: 6) == [1, 0.75, 0.5, 0.25, 0, 0])
        swap.direction = .mathOutside
        #expect(swap.languageWeights(layerCount: 6) == [0, 0.25, 0.5, 0.75, 1, 1])
        swap.transition = .constant(0.25)
        #expect(swap.languageWeights(layerCount: 6) == [0, 0.75, 0.75, 0.75, 1, 1])
    }

    @Test("Alternating layers, also where the zones would not fit", arguments: [4, 8, 16])
    func alternating(layers: Int) throws {
        let expected = (0..<layers).map { $0 % 2 == 0 ? 1.0 : 0 }
        #expect(try defaults(layers, .alternating) == expected)
        #expect(try defaults(layers, .alternating, .mathOutside) == expected.map { 1 - $0 })
        let deep = LayerSwap(bottom: 99, top: 0, pattern: .alternating)
        try deep.check(layerCount: layers, tiedHead: true)
    }

    @Test(
        "A random pattern has the weights of the zones in the order of the documented stream",
        arguments: [
            // By another program, from SplitMix64 and the stream's name.
            (4, [1, 0, 1, 0.5]), (8, [1, 1, 0.5, 0.5, 0, 0, 1, 0]),
            (16, [0, 0, 0, 0, 0, 1, 1, 1, 0, 0.5, 1, 0.5, 0, 0, 0, 0]),
        ]
    )
    func random(layers: Int, expected: [Double]) throws {
        #expect(try defaults(layers, .random(seed: 1)) == expected)
        #expect(
            try defaults(layers, .random(seed: 1), .mathOutside) == expected.map { 1 - $0 }
        )
        for seed: UInt64 in 2..<40 {
            #expect(
                try defaults(layers, .random(seed: seed)).sorted() == Self.zones[layers]?.sorted()
            )
        }
    }

    @Test("Every layer is as likely to be drawn")
    func fairness() {
        var counts = [0, 0, 0, 0]
        for seed: UInt64 in 0..<4_000 {
            let swap = LayerSwap(bottom: 1, top: 0, pattern: .random(seed: seed))
            for (layer, weight) in swap.languageWeights(layerCount: 4).enumerated()
            where weight == 1 {
                counts[layer] += 1
            }
        }
        #expect(counts.reduce(0, +) == 4_000)
        // 1000 each, within five standard deviations of 27.4.
        for count in counts { #expect(abs(count - 1_000) < 137) }
    }

    @Test("Zones must fit where they give the weights of a random pattern")
    func refused() {
        let swap = LayerSwap(bottom: 3, top: 2, pattern: .random(seed: 1))
        #expect(throws: LayerSwapError.doNotFit(swap, layerCount: 4)) {
            try swap.check(layerCount: 4, tiedHead: true)
        }
    }

    @Test("Coefficients stand above pattern and direction")
    func coefficients() {
        let swap = LayerSwap(
            bottom: 1,
            top: 1,
            pattern: .alternating,
            direction: .mathOutside,
            coefficients: [0.25, 1, 0]
        )
        #expect(swap.languageWeights(layerCount: 3) == [0.25, 1, 0])
    }

    @Test("Only tensors of the chosen kind are swapped, with the norm before them")
    func kinds() throws {
        let configuration = MergeFolders.shape(layers: 4)
        let attention = ["input_layernorm", "self_attn"]
        let mlp = ["post_attention_layernorm", "mlp"]
        for (kinds, parts) in [
            (LayerSwap.TensorKinds.attention, attention), (.mlp, mlp), (.all, attention + mlp),
        ] {
            let swap = LayerSwap(bottom: 1, top: 1, tensors: kinds)
            let plan = try MergePlan(
                .layerSwap(swap),
                architecture: CheckpointArchitecture(configuration)
            )
            for output in plan.outputs {
                guard let layer = output.place.layer else {
                    #expect(output.source == .copy(of: "language"))
                    continue
                }
                let names = output.description.name.split(separator: ".").map(String.init)
                let isChosen = parts.contains(names[3])
                let expected = isChosen && [0, 3].contains(layer) ? "language" : "math"
                #expect(output.source == .copy(of: expected), "\(output.description.name)")
            }
        }
    }

    @Test("What is not as usual is said in the summary, and owners stay where they are")
    func summaries() throws {
        var swap = LayerSwap(bottom: 1, top: 1, direction: .mathOutside, embeddings: .base)
        let owners = "embeddings base, final norm language, head base"
        let zones = "bottom 1, top 1, transitions 0 and 0 (constant 0.5)"
        #expect(
            MergeMethod.layerSwap(swap).summary == "layer swap: \(zones), math-outside; \(owners)"
        )
        swap.pattern = .random(seed: 3)
        swap.direction = .languageOutside
        swap.tensors = .attention
        #expect(
            MergeMethod.layerSwap(swap).summary
                == "layer swap: \(zones), layers in random order (seed 3); "
                + "attention only, the rest math; \(owners)"
        )
        swap.direction = .mathOutside
        let plan = try MergePlan(
            .layerSwap(swap),
            architecture: CheckpointArchitecture(MergeFolders.shape(layers: 4))
        )
        #expect(plan.outputs[0].source == .copy(of: "base"))
    }
}
