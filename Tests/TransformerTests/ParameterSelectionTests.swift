import Foundation
import Kernels
import TestSupport
import Testing
import Transformer

@Suite("Selections of parameters")
struct ParameterSelectionTests {
    private typealias Part = ParameterSelection.Part

    @Test(
        "parts are what they are written as",
        arguments: ["embeddings", "layer 3", "layers 2-5", "final_norm", "head", "layers 0-999999"]
    )
    func texts(_ text: String) {
        #expect(Part(rawValue: text)?.rawValue == text)
    }

    @Test(
        "what is no part is none",
        arguments: [
            "", "layers", "layer", "layer x", "layer -1", "layers 5-2", "layers 2-", "layers 2-3-4",
            "layers 2 - 3", "layer 2-3", "layers 3", "Head", "norm", "embeddings 1",
            "layer 1000000",
            "layer 99999999999999999999", "layer ٣",
        ]
    )
    func noTexts(_ text: String) {
        #expect(Part(rawValue: text) == nil)
    }

    @Test("runs of layers are joined and ordered, whatever the order in which they are given")
    func normalisation() throws {
        let selection = ParameterSelection([
            .head, .layers(6...7), .layers(2...3), .layers(1...4), .layers(5...5), .embeddings,
            .layers(9...9), .head,
        ])
        #expect(selection.text == "embeddings, layers 1-7, layer 9, head")
        #expect(selection.highestLayer == 9)
        let data = try JSONEncoder().encode(selection)
        let text = String(decoding: data, as: UTF8.self)
        #expect(text == #"["embeddings","layers 1-7","layer 9","head"]"#)
        #expect(try JSONDecoder().decode(ParameterSelection.self, from: data) == selection)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(ParameterSelection.self, from: Data(#"["tail"]"#.utf8))
        }
    }

    @Test("a selection holds the tensors of its parts and no others", arguments: [true, false])
    func tensors(tied: Bool) {
        let model = ReferenceModel.tiny(tied: tied)
        func names(_ parts: Part...) -> Set<String> {
            let selection = ParameterSelection(parts)
            return Set(model.layout.entries.filter(selection.contains).map(\.name))
        }
        #expect(names() == [])
        #expect(names(.embeddings) == ["model.embed_tokens.weight"])
        #expect(names(.finalNorm) == ["model.norm.weight"])
        #expect(names(.head) == (tied ? [] : ["lm_head.weight"]))
        let layer = names(.layers(1...1))
        #expect(layer.count == 9 && layer.allSatisfy { $0.hasPrefix("model.layers.1.") })
        #expect(names(.layers(0...5)).count == 18)
    }
}

@Suite("Gradients on demand")
struct GradientDemandTests {
    private let input = ModelInput(
        tokens: [1, 5, 9, 2, 7, 7, 1, 12, 3, 0],
        segmentOffsets: [0, 6, 10],
        targets: [5, -1, 2, 7, 7, -1, 12, 3, 0, -1]
    )

    private func gradients(
        _ model: TransformerModel,
        of entries: [ParameterLayout.Entry]?
    ) throws -> [Float] {
        let engine = try GradientEngine(
            model: model,
            pool: WorkerPool(threadCount: 2),
            maximumTokens: 10,
            maximumSegmentLength: 6
        )
        let demand = entries.map { GradientDemand($0, of: model.configuration) }
        _ = engine.accumulateGradients(input, demand: demand)
        engine.reduceGradients()
        return withExtendedLifetime(engine) { engine.gradients.array() }
    }

    @Test("each tensor's gradient is the same alone as among all", arguments: [true, false])
    func single(tied: Bool) throws { try compare(ReferenceModel.tiny(tied: tied)) }

    @Test("so it is in every family", arguments: DecoderFamily.allCases)
    func families(_ family: DecoderFamily) throws { try compare(ReferenceModel.tiny(family)) }

    private func compare(_ model: TransformerModel) throws {
        let all = try gradients(model, of: nil)
        for entry in model.layout.entries {
            let alone = try gradients(model, of: [entry])
            #expect(Array(alone[entry.range]) == Array(all[entry.range]), "\(entry.name)")
        }
        #expect(try gradients(model, of: model.layout.entries) == all)
    }

    @Test("what is not asked for costs no product: its gradient stays zero")
    func skipped() throws {
        let model = ReferenceModel.tiny(tied: false)
        func entry(_ name: String) throws -> ParameterLayout.Entry {
            try #require(model.layout.entry(named: name))
        }
        let second = try gradients(model, of: [entry("model.layers.1.mlp.down_proj.weight")])
        for name in [
            "model.embed_tokens.weight", "lm_head.weight", "model.layers.0.mlp.down_proj.weight",
            "model.layers.0.input_layernorm.weight", "model.layers.1.mlp.up_proj.weight",
            "model.layers.1.self_attn.q_proj.weight", "model.layers.1.self_attn.o_proj.weight",
        ] {
            let range = try entry(name).range
            #expect(second[range].allSatisfy { $0 == 0 }, "\(name)")
        }
    }
}
