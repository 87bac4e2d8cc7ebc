import Foundations
import Kernels
import MergeMethods
import Merging
import Testing
import Transformer

@Suite("Merge plans")
struct MergePlanTests {
    @Test("The plan names the source of exactly the tensors of the architecture")
    func complete() throws {
        let configuration = MergeFolders.shape(layers: 4, tied: false)
        var swap = LayerSwap(bottom: 1, top: 1, bottomTransition: 1)
        swap.embeddings = .base
        swap.finalNorm = .math
        swap.head = .blend(0.25)
        let plan = try MergePlan(
            .layerSwap(swap),
            architecture: CheckpointArchitecture(configuration)
        )
        let names = ParameterLayout(configuration).entries.map(\.name)
        #expect(plan.outputs.map(\.description.name) == names)
        #expect(plan.inputs == ["base", "language", "math"])
        func source(_ name: String) -> String? {
            plan.outputs.first { $0.description.name == name }?.source.description
        }
        #expect(source("model.embed_tokens.weight") == "base")
        #expect(source("model.norm.weight") == "math")
        #expect(source("lm_head.weight") == "0.250 language + 0.750 math")
        for (layer, expected) in [
            "language", "0.500 language + 0.500 math", "math", "language",
        ].enumerated() {
            for part in ["input_layernorm", "self_attn.q_proj", "mlp.down_proj"] {
                #expect(source("model.layers.\(layer).\(part).weight") == expected)
            }
        }
    }

    @Test("The plan as people read it")
    func lines() throws {
        let configuration = MergeFolders.shape(layers: 5)
        let swap = LayerSwap(bottom: 2, top: 1, bottomTransition: 1)
        let plan = try MergePlan(
            .layerSwap(swap),
            architecture: CheckpointArchitecture(configuration)
        )
        let lines = plan.lines()
        #expect(
            lines.prefix(5) == [
                "layer swap: bottom 2, top 1, transitions 1 and 0 (constant 0.5); "
                    + "embeddings language, final norm language, head language",
                "", "layers 0 to 4, input first:  LL/ML", "L language   M math   / several", "",
            ]
        )
        let rows = lines.dropFirst(5).dropLast(2).map { line in
            line.replacing(#/ {2,}/#, with: " | ")
        }
        #expect(
            rows == [
                "tensor | source | how", "model.embed_tokens.weight | language | copied",
                "model.layers.0…1.* (18 tensors) | language | copied",
                "model.layers.2.* (9 tensors) | 0.500 language + 0.500 math | computed",
                "model.layers.3.* (9 tensors) | math | copied",
                "model.layers.4.* (9 tensors) | language | copied",
                "model.norm.weight | language | copied",
            ]
        )
        // Per layer 8 + 64 + 32 + 32 + 64 + 8 + 3 · 48 = 352 numbers, 88 embeddings, 8 gains.
        #expect(
            lines.last
                == "47 tensors, 7424 bytes: 38 copied, 9 computed; "
                + "the output head is the embedding matrix"
        )
        #expect(plan.lines(everyTensor: true).count == lines.count - 6 + 47)
    }

    @Test("An average with one weight left is a copy; others are computed with their shares")
    func averages() throws {
        let configuration = MergeFolders.shape(layers: 1)
        let only = WeightedAverage([MergeTerm("a", 0), MergeTerm("b", 3)])
        let copy = try MergePlan(
            .average(only),
            architecture: CheckpointArchitecture(configuration)
        )
        #expect(copy.outputs.allSatisfy { $0.source == .copy(of: "b") })
        let soup = WeightedAverage.uniform(of: ["a", "b", "c", "d"])
        let mixed = try MergePlan(
            .average(soup),
            architecture: CheckpointArchitecture(configuration)
        )
        #expect(mixed.outputs[0].source.description == "0.250 a + 0.250 b + 0.250 c + 0.250 d")
    }

    @Test("Averages that are none are refused")
    func badAverages() {
        let configuration = MergeFolders.shape(layers: 1)
        for terms in [
            [], [MergeTerm("a", 0)], [MergeTerm("a", -1), MergeTerm("b", 2)],
            [MergeTerm("a", .nan)], [MergeTerm("a", .infinity)],
            [MergeTerm("a", 1), MergeTerm("a", 1)],
        ] {
            #expect(throws: WeightedAverageError.self) {
                try MergePlan(
                    .average(WeightedAverage(terms)),
                    architecture: CheckpointArchitecture(configuration)
                )
            }
        }
    }

    @Test("In memory: each layer from its expert, transitions computed")
    func memory() throws {
        let configuration = MergeFolders.shape(layers: 3, tied: false)
        let layout = ParameterLayout(configuration)
        let language = FloatBuffer(count: layout.elementCount)
        let math = FloatBuffer(count: layout.elementCount)
        let output = FloatBuffer(count: layout.elementCount)
        language.view.fill(2)
        math.view.fill(-6)
        let swap = LayerSwap(bottom: 1, top: 0, coefficients: [1, 0.25, 0], head: .math)
        try swap.merge(
            language: language.view,
            math: math.view,
            configuration: configuration,
            into: output.view
        )
        for entry in layout.entries {
            // 0.25 · 2 + 0.75 · (−6) = −4.
            let layers: [Float] = [2, -4, -6]
            let expected = entry.layer.map { layers[$0] } ?? (entry.role == .head ? -6 : 2)
            #expect(output.view[entry.range].array().allSatisfy { $0 == expected })
        }
        var withBase = swap
        withBase.embeddings = .base
        #expect(throws: MergeError.missingInput(name: "base", given: ["language", "math"])) {
            try withBase.merge(
                language: language.view,
                math: math.view,
                configuration: configuration,
                into: output.view
            )
        }
    }

    @Test("Equal tensors average to themselves, to the bit, at any weights and size")
    func exactness() {
        let count = 10_001
        let source = FloatBuffer(count: count)
        let output = FloatBuffer(count: count)
        var generator = SeededGenerator(seed: 1, stream: "test")
        source.view.copy(from: (0..<count).map { _ in Float(generator.normal() * 1e3) })
        source.view[0] = .leastNonzeroMagnitude
        source.view[1] = .greatestFiniteMagnitude
        source.view[2] = .infinity
        for weights in [[0.3, 0.7], [0.1, 0.2, 0.7], [1 / 3.0, 1 / 3.0, 1 / 3.0]] {
            let terms = weights.enumerated().map { MergeTerm("\($0.offset)", $0.element) }
            let sources = weights.map { _ in source.view }
            let part = TensorPart(of: "tensor")
            let prepared = PreparedCombination.weightedSum(terms.map(\.weight))
            prepared.apply(sources, into: output.view, part: part)
            #expect(output.view.array() == source.view.array())
        }
    }
}
