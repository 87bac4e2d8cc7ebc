import RecipeDocuments
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

    enum CodingKeys: String, DescribedKey {
        case layers, width, heads
        case keyValueHeads = "key_value_heads"
        case headWidth = "head_width"
        case hidden
        case tiedEmbeddings = "tied_embeddings"
        case ropeTheta = "rope_theta"
        case normEpsilon = "norm_epsilon"
        case initializerRange = "initializer_range"
        case maximumPositions = "maximum_positions"

        static let places = ["model"]

        private static let sizes = 1...65_536

        var entry: KeyEntry {
            switch self {
            case .layers:
                .whole(1...1_024, .required("the number of blocks")).meaning("Number of blocks.")
                    .written(as: "8")
            case .width:
                .whole(Self.sizes, .required("the width of the model")).meaning(
                    "Width of the residual stream."
                ).written(as: "128")
            case .heads:
                .whole(Self.sizes, .required("the number of query heads")).meaning(
                    "Number of query heads."
                ).written(as: "4")
            case .keyValueHeads:
                .whole(Self.sizes, .derived("as many as `heads`")).meaning(
                    "Number of key and value heads; divides `heads`."
                ).written(as: "2")
            case .headWidth:
                .whole(Self.sizes, .derived("`width` / `heads`")).meaning(
                    "Width of one head, an even number."
                ).written(as: "32")
            case .hidden:
                .whole(Self.sizes, .derived("8/3 of `width`, a multiple of 16")).meaning(
                    "Width of the feed-forward network."
                ).written(as: "336")
            case .tiedEmbeddings:
                .boolean(.value(true)).meaning("Whether the output head is the embedding matrix.")
            case .ropeTheta:
                .number(.number(1...1e9), .value(10_000)).meaning("Base of the rotary frequencies.")
            case .normEpsilon:
                .number(.number(1e-12...1e-2), .value(1e-5)).meaning(
                    "What RMSNorm adds to the mean square."
                )
            case .initializerRange:
                .number(.number(1e-6...1), .value(0.02)).meaning(
                    "Standard deviation of the initial weights."
                )
            case .maximumPositions:
                .whole(8...1_048_576, .value(2_048)).meaning(
                    "The longest sequence promised to users of the checkpoints."
                )
            }
        }
    }

    init(_ value: RecipeValue) throws {
        let reader = try MappingReader(value, keys: CodingKeys.self)
        layers = try reader.value(.layers)
        width = try reader.value(.width)
        heads = try reader.value(.heads)
        keyValueHeads = try reader.value(.keyValueHeads, derived: heads)
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
        headWidth = try reader.value(.headWidth, derived: width / heads)
        guard headWidth.isMultiple(of: 2) else {
            throw (reader.optional(.headWidth) ?? reader.optional(.heads) ?? value).error(
                "a head is \(headWidth) wide, expected an even number: rotary positions turn pairs"
            )
        }
        // Eight thirds of the width give a gated block the parameters of a plain one at four times.
        hidden = try reader.value(.hidden, derived: max(16, width * 8 / 3 / 16 * 16))
        tiedEmbeddings = try reader.value(.tiedEmbeddings)
        ropeTheta = try reader.value(.ropeTheta)
        normEpsilon = try reader.value(.normEpsilon)
        initializerRange = try reader.value(.initializerRange)
        maximumPositions = try reader.value(.maximumPositions)
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
