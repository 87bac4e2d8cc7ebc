import Checkpointing
import Foundation
import Transformer

/// What a checkpoint consists of: the name, shape and place of every tensor, as `config.json` says.
///
/// Nothing is assumed: the number of layers, widths, biases and whether the head is tied are read.
package struct CheckpointArchitecture: Sendable {
    /// Something that models must agree on to be merged.
    package struct Setting: Hashable, Sendable {
        /// The key of `config.json`.
        package let key: String
        /// What it is, as text.
        package let value: String
    }

    /// The family.
    package let family: ModelFamily
    /// The number of layers.
    package let layerCount: Int
    /// Whether the output head is the embedding matrix.
    package let tiedHead: Bool
    /// Exactly the tensors of the model, from the input to the output.
    package let tensors: [ArchitectureTensor]
    /// What models must agree on to be merged: shape, and how the tensors are computed with.
    package let settings: [Setting]
    /// What models may differ in, and the user should know.
    package let companions: [Setting]
    /// The tokens that begin, end and fill texts, as text by their keys; `null` is left out.
    package let tokens: [String: String]
    /// What the checkpoint may hold as head; nil when it was not read from a folder.
    package let head: TiedHead?

    private let sizes: Sizes

    /// The rows of the embeddings.
    package var vocabularySize: Int { sizes.shapes.vocabularySize }

    /// The family and the numbers, which decide which tensors there are.
    struct Sizes: Sendable {
        let family: ModelFamily
        var shapes: ParameterShapes
    }

    /// Reads and checks `config.json` of a checkpoint folder.
    ///
    /// - Throws: `ConfigurationError` when a value is missing, of the wrong type or out of range,
    ///   what contradicts another value, the family is none of `ModelFamily`, or the weights are
    ///   quantized.
    package init(in folder: URL) throws {
        let fields = try ConfigurationFields(of: folder)
        let model = try HubModel(fields)
        let sizes = try Sizes(model, fields)
        self.init(
            sizes,
            settings: try Self.settings(of: model, fields, sizes),
            companions: Self.companions(of: model),
            tokens: fields.texts(of: ["bos_token_id", "eos_token_id", "pad_token_id"]),
            head: model.head
        )
    }

    /// The tensors of a model in memory.
    package init(_ configuration: ModelConfiguration) {
        let sizes = Sizes(
            family: ModelFamily(rawValue: configuration.family.rawValue) ?? .llama,
            shapes: ParameterShapes(configuration)
        )
        self.init(sizes, settings: sizes.settings)
    }

    private init(
        _ sizes: Sizes,
        settings: [Setting],
        companions: [Setting] = [],
        tokens: [String: String] = [:],
        head: TiedHead? = nil
    ) {
        family = sizes.family
        layerCount = sizes.shapes.layerCount
        tiedHead = sizes.shapes.tiedEmbeddings
        tensors = Self.tensors(of: sizes.shapes)
        self.settings = settings
        self.companions = companions
        self.tokens = tokens
        self.head = head
        self.sizes = sizes
    }

    /// The same model with another number of layers.
    func with(layerCount: Int) -> CheckpointArchitecture {
        guard layerCount != self.layerCount else { return self }
        var sizes = sizes
        sizes.shapes.layerCount = layerCount
        return CheckpointArchitecture(
            sizes,
            settings: settings.map {
                $0.key == Self.layerCountKey
                    ? Setting(key: $0.key, value: "\(layerCount)") : $0
            },
            companions: companions,
            tokens: tokens,
            head: head
        )
    }

    /// The key of the number of layers in `config.json`.
    package static let layerCountKey = "num_hidden_layers"

    /// The name of a tensor of a layer in another layer.
    static func name(of tensor: String, inLayer layer: Int) -> String {
        var parts = tensor.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if let place = parts.firstIndex(where: { Int($0) != nil }) { parts[place] = "\(layer)" }
        return parts.joined(separator: ".")
    }

    private static func tensors(of shapes: ParameterShapes) -> [ArchitectureTensor] {
        var list: [ArchitectureTensor] = []
        func add(_ role: ParameterRole, _ place: TensorPlace) {
            guard shapes.contains(role) else { return }
            list.append(
                ArchitectureTensor(
                    name: shapes.name(of: role, layer: place.layer),
                    shape: shapes.shape(of: role),
                    place: place
                )
            )
        }
        add(.embedding, .embeddings)
        for layer in 0..<shapes.layerCount {
            for role in attentionRoles { add(role, .layer(layer, .attention)) }
            for role in mlpRoles { add(role, .layer(layer, .mlp)) }
        }
        add(.finalNorm, .finalNorm)
        add(.head, .head)
        return list
    }

    /// The tensors of the attention half in the order of plans and written files.
    private static let attentionRoles: [ParameterRole] = [
        .attentionNorm, .attentionOutputNorm, .query, .queryBias, .key, .keyBias, .value,
        .valueBias, .attentionOutput, .attentionOutputBias, .queryNorm, .keyNorm,
    ]

    /// The tensors of the feed-forward half in that order.
    private static let mlpRoles: [ParameterRole] = [
        .feedForwardNorm, .feedForwardOutputNorm, .gate, .gateBias, .up, .upBias, .down, .downBias,
    ]

    /// Whether a stored tensor can be computed from `config.json`, so that nobody needs it.
    ///
    /// Old checkpoints hold the frequencies of the rotary positions.
    package static func isDerived(_ name: String) -> Bool { name.hasSuffix(".rotary_emb.inv_freq") }
}
