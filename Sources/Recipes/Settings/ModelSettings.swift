import Transformer

/// The shape of the model that the base stage begins with.
package struct ModelSettings: Encodable, Hashable, Sendable {
    /// Number of blocks.
    package var layers: Int
    /// Width of the residual stream.
    package var width: Int
    /// Number of query heads.
    package var heads: Int
    /// Number of key and value heads; divides `heads`.
    package var keyValueHeads: Int
    /// Width of one head, even.
    package var headWidth: Int
    /// Width between the gate and the down projection.
    package var hidden: Int
    /// Whether the output head is the embedding matrix.
    package var tiedEmbeddings: Bool
    /// Base of the rotary frequencies.
    package var ropeTheta: Double
    /// What RMSNorm adds to the mean square.
    package var normEpsilon: Double
    /// Standard deviation of fresh weights.
    package var initializerRange: Double
    /// The longest sequence promised to users of the checkpoints.
    package var maximumPositions: Int

    enum CodingKeys: String, RecipeKey {
        case layers, width, heads
        case keyValueHeads = "key_value_heads"
        case headWidth = "head_width"
        case hidden
        case tiedEmbeddings = "tied_embeddings"
        case ropeTheta = "rope_theta"
        case normEpsilon = "norm_epsilon"
        case initializerRange = "initializer_range"
        case maximumPositions = "maximum_positions"
    }

    init(_ value: RecipeValue) throws {
        let reader = try MappingReader(value, keys: CodingKeys.self)
        let sizes = 1...65_536
        layers = try reader.required(.layers, "the number of blocks").integer(in: 1...1_024)
        width = try reader.required(.width, "the width of the model").integer(in: sizes)
        heads = try reader.required(.heads, "the number of query heads").integer(in: sizes)
        keyValueHeads = try reader.integer(.keyValueHeads, default: heads, in: sizes)
        guard heads.isMultiple(of: keyValueHeads) else {
            throw (reader.optional(.keyValueHeads) ?? value).error(
                "\(keyValueHeads) key and value heads do not divide \(heads) query heads"
            )
        }
        if reader.optional(.headWidth) == nil, !width.isMultiple(of: heads) {
            throw (reader.optional(.heads) ?? value).error(
                "a width of \(width) cannot be shared by \(heads) heads; "
                    + "choose a divisor, or write head_width"
            )
        }
        headWidth = try reader.integer(.headWidth, default: width / heads, in: sizes)
        guard headWidth.isMultiple(of: 2) else {
            throw (reader.optional(.headWidth) ?? reader.optional(.heads) ?? value).error(
                "a head is \(headWidth) wide, expected an even number: rotary positions turn pairs"
            )
        }
        // Eight thirds of the width give a gated block the parameters of a plain one at four times.
        hidden = try reader.integer(.hidden, default: max(16, width * 8 / 3 / 16 * 16), in: sizes)
        tiedEmbeddings = try reader.boolean(.tiedEmbeddings, default: true)
        ropeTheta = try reader.number(
            .ropeTheta,
            default: 10_000,
            in: 1...1e9,
            "a number from 1 to 1e9"
        )
        normEpsilon = try reader.number(
            .normEpsilon,
            default: 1e-5,
            in: 1e-12...1e-2,
            "a number from 1e-12 to 1e-2"
        )
        initializerRange = try reader.number(
            .initializerRange,
            default: 0.02,
            in: 1e-6...1,
            "a number from 1e-6 to 1"
        )
        maximumPositions = try reader.integer(.maximumPositions, default: 2_048, in: 8...1_048_576)
    }

    /// The tensors of such a model, whose vocabulary is not known yet.
    var layout: ParameterLayout {
        ParameterLayout(
            configuration(vocabularySize: 1, beginningOfSequence: 0, endOfSequence: 0)
        )
    }

    /// The configuration for a tokenizer with these sizes and control tokens.
    package func configuration(
        vocabularySize: Int,
        beginningOfSequence: Int32?,
        endOfSequence: Int32?
    ) -> ModelConfiguration {
        var configuration = ModelConfiguration(
            vocabularySize: vocabularySize,
            modelWidth: width,
            layerCount: layers,
            headCount: heads,
            keyValueHeadCount: keyValueHeads,
            headWidth: headWidth,
            hiddenWidth: hidden,
            tiedEmbeddings: tiedEmbeddings
        )
        configuration.ropeTheta = ropeTheta
        configuration.normEpsilon = normEpsilon
        configuration.initializerRange = initializerRange
        configuration.maximumPositions = maximumPositions
        configuration.beginningOfSequence = beginningOfSequence
        configuration.endsOfSequence = endOfSequence.map { [$0] } ?? []
        return configuration
    }
}
