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
        let scale = isGemma ? Double(width).squareRoot() : 1
        var stream = input.tokens.flatMap { token in
            embedding[(Int(token) * width)..<((Int(token) + 1) * width)].map { $0 * scale }
        }
        for layer in 0..<configuration.layerCount {
            stream = block(stream, layer) { tensor("model.layers.\(layer).\($0)") }
        }
        let normalized = norm(stream, tensor("model.norm.weight"))
        let head = configuration.tiedEmbeddings ? embedding : tensor("lm_head.weight")
        return Reference.crossEntropy(
            Reference.linear(normalized, head, width: width),
            targets: input.targets,
            vocabulary: configuration.vocabularySize
        )
    }

    private var isGemma: Bool { configuration.family == .gemma3Text }

    /// The norm of a gain as it is stored; of nothing where there is no gain.
    private func norm(_ x: [Double], _ gain: [Double]) -> [Double] {
        guard !gain.isEmpty else { return x }
        return Reference.rmsNorm(
            x,
            gain: gain.map { isGemma ? $0 + 1 : $0 },
            epsilon: configuration.normEpsilon
        )
    }

    private func block(
        _ x: [Double],
        _ layer: Int,
        _ tensor: (String) -> [Double]
    ) -> [Double] {
        let width = configuration.modelWidth
        func linear(_ x: [Double], _ names: [String], width: Int) -> [Double] {
            Reference.bias(
                Reference.linear(x, names.flatMap { tensor("\($0).weight") }, width: width),
                names.flatMap { tensor("\($0).bias") }
            )
        }
        let first = norm(x, tensor("input_layernorm.weight"))
        let packed = linear(first, ["q", "k", "v"].map { "self_attn.\($0)_proj" }, width: width)
        let back = linear(
            attention(packed, layer, tensor),
            ["self_attn.o_proj"],
            width: configuration.headCount * configuration.headWidth
        )
        let between = "post_attention_layernorm.weight"
        let middle = zip(x, isGemma ? norm(back, tensor(between)) : back).map(+)
        let second = norm(
            middle,
            tensor(isGemma ? "pre_feedforward_layernorm.weight" : between)
        )
        let gateUp = linear(second, ["mlp.gate_proj", "mlp.up_proj"], width: width)
        let hidden = configuration.hiddenWidth
        let down = linear(
            isGemma
                ? Reference.geGLU(gateUp, hidden: hidden)
                : Reference.swiGLU(gateUp, hidden: hidden),
            ["mlp.down_proj"],
            width: hidden
        )
        let last = isGemma ? norm(down, tensor("post_feedforward_layernorm.weight")) : down
        return zip(middle, last).map(+)
    }

    private func attention(
        _ packed: [Double],
        _ layer: Int,
        _ tensor: (String) -> [Double]
    ) -> [Double] {
        let (heads, shared) = (configuration.headCount, configuration.keyValueHeadCount)
        let columns = (heads + 2 * shared) * configuration.headWidth
        func gain(_ name: String) -> [Double] {
            tensor("self_attn.\(name)_norm.weight").map { isGemma ? $0 + 1 : $0 }
        }
        let (query, key) = (gain("q"), gain("k"))
        let normalized =
            query.isEmpty
            ? packed
            : Reference.headNorms(
                packed,
                columns: columns,
                gains: Array(repeating: query, count: heads) + Array(repeating: key, count: shared),
                epsilon: configuration.normEpsilon
            )
        let isWindowed = configuration.slidingWindow?.contains(layer) ?? false
        let turned = Reference.rotate(
            normalized,
            columns: columns,
            headCount: heads + shared,
            headWidth: configuration.headWidth,
            theta: isWindowed
                ? configuration.localRopeTheta ?? configuration.ropeTheta
                : configuration.ropeTheta,
            segmentOffsets: input.segmentOffsets
        )
        return Reference.attention(
            turned,
            headCount: heads,
            keyValueHeadCount: shared,
            headWidth: configuration.headWidth,
            segmentOffsets: input.segmentOffsets,
            scale: configuration.queryScalar.map { 1 / $0.squareRoot() },
            window: isWindowed ? configuration.slidingWindow?.size : nil
        )
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

    /// The shape of a tiny model of a family with everything that it can have: biases, norms,
    /// windows.
    package static func shape(of family: DecoderFamily) -> ModelConfiguration {
        var configuration = ModelConfiguration(
            vocabularySize: 13,
            modelWidth: 12,
            layerCount: 2,
            headCount: 4,
            keyValueHeadCount: 2,
            headWidth: 6,
            hiddenWidth: 18,
            tiedEmbeddings: family == .gemma3Text
        )
        configuration.family = family
        configuration.initializerRange = 0.4
        switch family {
        case .llama: configuration.biases = [.queryKeyValue, .attentionOutput, .feedForward]
        case .mistral: configuration.slidingWindow = SlidingWindow(size: 3, layers: [true, true])
        case .qwen2: configuration.biases = .queryKeyValue
        case .qwen3: configuration.biases = [.queryKeyValue, .attentionOutput]
        case .gemma3Text:
            configuration.slidingWindow = SlidingWindow(size: 2, layers: [true, false])
            configuration.localRopeTheta = 100
            configuration.queryScalar = 9
        }
        return configuration
    }

    /// A tiny model of a family; gains and biases are away from where fresh ones are.
    package static func tiny(_ family: DecoderFamily) -> TransformerModel {
        let model = TransformerModel(configuration: shape(of: family), seed: 5)
        for entry in model.layout.entries where !entry.role.isMatrix {
            for index in entry.range {
                model.parameters[index] += 0.2 * Float(index * 7 % 11 - 5) / 5
            }
        }
        return model
    }
}
