import Checkpointing
import Foundation
import Foundations
import Kernels
import MergeMethods
import Merging
import Transformer

/// Small checkpoints of one test, removed at the end.
final class MergeFolders {
    let root: URL

    init() throws {
        root = FileManager.default.temporaryDirectory.appending(
            path: "merging-\(UUID().uuidString)",
            directoryHint: .isDirectory
        )
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: root) }

    /// A model with the fewest sizes that differ from each other.
    static func shape(layers: Int, tied: Bool = true) -> ModelConfiguration {
        ModelConfiguration(
            vocabularySize: 11,
            modelWidth: 8,
            layerCount: layers,
            headCount: 2,
            keyValueHeadCount: 1,
            hiddenWidth: 6,
            tiedEmbeddings: tied
        )
    }

    func folder(_ name: String) -> URL { root.appending(path: name) }

    /// Writes a model with random weights, in which gains differ from model to model too.
    @discardableResult
    func make(
        _ name: String,
        _ configuration: ModelConfiguration = shape(layers: 4),
        seed: UInt64,
        type: ElementType = .float32,
        tokenizer: String? = "pieces"
    ) throws -> MergeInput {
        let model = TransformerModel(zeros: configuration)
        var generator = SeededGenerator(seed: seed, stream: "test")
        model.parameters.copy(
            from: (0..<model.parameterCount).map { _ in Float(generator.normal()) }
        )
        let url = folder(name)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        try model.write(to: url)
        if type != .float32 { try store(model, as: type, in: url) }
        if let tokenizer {
            try Data(tokenizer.utf8).write(to: url.appending(path: "tokenizer.model"))
        }
        return MergeInput(name: name, folder: url)
    }

    private func store(_ model: TransformerModel, as type: ElementType, in url: URL) throws {
        let tensors = try model.layout.entries.map {
            try TensorDescription(name: $0.name, elementType: type, shape: $0.shape)
        }
        try rewrite(url, tensors) { tensor in
            var bytes = Data(count: tensor.byteCount)
            guard let view = model.parameters(named: tensor.name) else { return bytes }
            bytes.withUnsafeMutableBytes { ElementConversion.encode(view, as: type, into: $0) }
            return bytes
        }
    }

    /// Replaces the weights of a checkpoint.
    func rewrite(
        _ url: URL,
        _ tensors: [TensorDescription],
        _ contents: (TensorDescription) -> Data
    ) throws {
        let file = url.appending(path: TensorCollection.fileName)
        try SafetensorsWriter.write(tensors, to: file, replacing: true) { tensor, emit in
            try contents(tensor).withUnsafeBytes { try emit($0) }
        }
    }

    /// The stored bytes of a tensor of a checkpoint.
    func bytes(_ name: String, _ tensor: String) throws -> [UInt8] {
        try TensorCollection(at: folder(name)).withBytes(of: tensor) { Array($0) }
    }

    /// The names of the tensors of a checkpoint.
    func tensors(_ name: String) throws -> [String] {
        try TensorCollection(at: folder(name)).tensors.map(\.name)
    }
}

extension LayerSwap {
    /// Swaps the layers of two experts in memory; overwrites `output`.
    ///
    /// - Parameters:
    ///   - language: The flat parameters of the language expert.
    ///   - math: The flat parameters of the math expert.
    ///   - base: The flat parameters of the base, where an owner asks for it.
    ///   - configuration: The shape of all of them.
    ///   - output: The flat parameters of the merged model, none of the above.
    /// - Throws: `LayerSwapError`; `MergeError.missingInput` when the base is asked for and not
    ///   given.
    func merge(
        language: FloatView,
        math: FloatView,
        base: FloatView? = nil,
        configuration: ModelConfiguration,
        into output: FloatView
    ) throws {
        var models = [ModelPart.language.name: language, ModelPart.math.name: math]
        models[ModelPart.base.name] = base
        let architecture = CheckpointArchitecture(configuration)
        try MergePlan(.layerSwap(self), architecture: architecture).merge(
            models,
            into: output,
            layout: ParameterLayout(configuration),
            workspace: MergeWorkspace(threadCount: 1)
        )
    }
}
