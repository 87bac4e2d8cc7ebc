import Transformer

/// The whole model in `Double`, from the reference operations: tokens and parameters to a loss.
package struct ReferenceModel {
    private let configuration: ModelConfiguration
    private let layout: ParameterLayout
    private let input: ModelInput

    /// The loss of models of one shape on one batch.
    package init(of model: TransformerModel, input: ModelInput) {
        configuration = model.configuration
        layout = model.layout
        self.input = input
    }

    /// The summed loss of a model with these parameters, in the order of the layout.
    package func loss(_ parameters: [Double]) -> Double {
        let width = configuration.modelWidth
        func tensor(_ name: String) -> [Double] {
            layout.entry(named: name).map { Array(parameters[$0.range]) } ?? []
        }
        let embedding = tensor("model.embed_tokens.weight")
        var stream = input.tokens.flatMap { token in
            embedding[(Int(token) * width)..<((Int(token) + 1) * width)]
        }
        for layer in 0..<configuration.layerCount {
            stream = block(stream) { tensor("model.layers.\(layer).\($0).weight") }
        }
        let normalized = Reference.rmsNorm(
            stream,
            gain: tensor("model.norm.weight"),
            epsilon: configuration.normEpsilon
        )
        let head = configuration.tiedEmbeddings ? embedding : tensor("lm_head.weight")
        return Reference.crossEntropy(
            Reference.linear(normalized, head, width: width),
            targets: input.targets,
            vocabulary: configuration.vocabularySize
        )
    }

    private func block(_ x: [Double], _ tensor: (String) -> [Double]) -> [Double] {
        let width = configuration.modelWidth
        let heads = configuration.headCount
        let shared = configuration.keyValueHeadCount
        let epsilon = configuration.normEpsilon
        let first = Reference.rmsNorm(x, gain: tensor("input_layernorm"), epsilon: epsilon)
        let weight = ["q", "k", "v"].flatMap { tensor("self_attn.\($0)_proj") }
        let turned = Reference.rotate(
            Reference.linear(first, weight, width: width),
            columns: (heads + 2 * shared) * configuration.headWidth,
            headCount: heads + shared,
            headWidth: configuration.headWidth,
            theta: configuration.ropeTheta,
            segmentOffsets: input.segmentOffsets
        )
        let attended = Reference.attention(
            turned,
            headCount: heads,
            keyValueHeadCount: shared,
            headWidth: configuration.headWidth,
            segmentOffsets: input.segmentOffsets
        )
        let back = Reference.linear(
            attended,
            tensor("self_attn.o_proj"),
            width: heads * configuration.headWidth
        )
        let middle = zip(x, back).map(+)
        let second = Reference.rmsNorm(
            middle,
            gain: tensor("post_attention_layernorm"),
            epsilon: epsilon
        )
        let gateUp = Reference.linear(
            second,
            tensor("mlp.gate_proj") + tensor("mlp.up_proj"),
            width: width
        )
        let hidden = Reference.swiGLU(gateUp, hidden: configuration.hiddenWidth)
        let down = Reference.linear(
            hidden,
            tensor("mlp.down_proj"),
            width: configuration.hiddenWidth
        )
        return zip(middle, down).map(+)
    }

    /// A tiny model with grouped heads whose widths are no multiples of a vector.
    package static func tiny(tied: Bool) -> TransformerModel {
        var configuration = ModelConfiguration(
            vocabularySize: 13,
            modelWidth: 12,
            layerCount: 2,
            headCount: 4,
            keyValueHeadCount: 2,
            headWidth: 4,
            hiddenWidth: 18,
            tiedEmbeddings: tied
        )
        configuration.initializerRange = 0.4
        return TransformerModel(configuration: configuration, seed: 5)
    }
}
