import Checkpointing
import Foundation
import Foundations
import Kernels
import Transformer

/// What a checkpoint folder, a safetensors file or a GGUF file holds.
package struct CheckpointInspection: Encodable, Sendable {
    /// One tensor.
    package struct Tensor: Encodable, Sendable {
        /// Its name.
        package let name: String
        /// The stored type, such as `F32`.
        package let type: String
        /// Its shape.
        package let shape: [Int]
        /// The number of elements.
        package let elements: Int
        /// √ Σ x², when it was asked for and the elements are floating-point numbers.
        package let norm: Double?
    }

    /// The files that were read.
    package let files: [String]
    /// The tensors in the order of their names, numbers in them by their values.
    package let tensors: [Tensor]
    /// The number of elements of all tensors.
    package let elements: Int
    /// The bytes of all tensors.
    package let bytes: Int
    /// What the file says about itself.
    package let metadata: [String: String]
    /// The shape of the model, one fact an entry; empty for a single file.
    package let configuration: [String: String]

    /// What keeps the model from being run unchanged, as sentences without a point at the end.
    package let warnings: [String]

    /// Reads a folder or a file.
    ///
    /// - Throws: Errors of safetensors files and folders, and of GGUF files.
    package init(at url: URL, norms: Bool) throws {
        if GGUFFile.isGGUF(url) {
            self = try Self(gguf: url, norms: norms)
            return
        }
        let collection = try TensorCollection(at: url)
        files = collection.files.map(\.shownPath)
        metadata = collection.metadata
        tensors = try collection.tensors.map { tensor in
            Tensor(
                name: tensor.name,
                type: tensor.elementType.rawValue,
                shape: tensor.shape,
                elements: tensor.elementCount,
                norm: norms ? try Self.norm(of: tensor, in: collection) : nil
            )
        }.sorted(by: Self.precedes)
        elements = collection.tensors.reduce(0) { $0 + $1.elementCount }
        bytes = collection.tensors.reduce(0) { $0 + $1.byteCount }
        let hasConfiguration = FileManager.default.fileExists(
            atPath: url.appending(path: "config.json").path(percentEncoded: false)
        )
        var warnings: [String] = []
        do {
            configuration = hasConfiguration ? Self.facts(try ModelConfiguration(in: url)) : [:]
        } catch let error as ConfigurationError where error.key != nil {
            // The file can be read; what it requires is reported, and the tensors are shown all the
            // same.
            configuration = [:]
            warnings.append("the model cannot be run here: \(error)")
        }
        let names = collection.tensors.map(\.name)
        // Factors of an adapter have the names that they should have.
        if !names.contains(where: { $0.contains(".lora_") }),
            let repair = TensorNameRepair(of: names, isKnown: TensorNameRepair.isStandard)
        {
            warnings.append("\(repair)")
        }
        self.warnings = warnings
    }

    private init(gguf url: URL, norms: Bool) throws {
        let file = try GGUFFile(at: url)
        files = [url.shownPath]
        metadata = Dictionary(
            file.metadata.map { ($0.key, $0.value.shown) },
            uniquingKeysWith: { first, _ in first }
        )
        tensors = try file.tensors.map { tensor in
            Tensor(
                name: tensor.name,
                type: tensor.type.name,
                shape: tensor.shape,
                elements: tensor.elementCount,
                norm: norms ? try Self.norm(of: tensor, in: file) : nil
            )
        }.sorted(by: Self.precedes)
        elements = file.tensors.reduce(0) { $0 + $1.elementCount }
        bytes = file.tensors.reduce(0) { $0 + $1.byteCount }
        configuration = [:]
        warnings = []
    }

    private static func norm(of tensor: GGUFTensor, in file: GGUFFile) throws -> Double {
        let buffer = FloatBuffer(count: tensor.elementCount)
        try file.readRows(0..<tensor.rowCount, of: tensor.name, into: buffer.view)
        file.releasePages(of: tensor.name)
        return Elementwise.sumOfSquares(buffer.view).squareRoot()
    }

    /// Layer 9 stands before layer 29.
    private static func precedes(_ first: Tensor, _ second: Tensor) -> Bool {
        switch first.name.compare(second.name, options: .numeric) {
        case .orderedAscending: true
        case .orderedDescending: false
        case .orderedSame: first.name < second.name
        }
    }

    private static func norm(
        of tensor: TensorDescription,
        in collection: TensorCollection
    ) throws -> Double? {
        guard tensor.elementType.convertsToFloat else { return nil }
        let buffer = FloatBuffer(count: tensor.elementCount)
        try collection.readFloats(of: tensor.name, into: buffer.view)
        collection.releasePages(of: tensor.name)
        return Elementwise.sumOfSquares(buffer.view).squareRoot()
    }

    private static func facts(_ configuration: ModelConfiguration) -> [String: String] {
        [
            "layers": "\(configuration.layerCount)",
            "width": "\(configuration.modelWidth)",
            "heads": "\(configuration.headCount)",
            "key_value_heads": "\(configuration.keyValueHeadCount)",
            "head_width": "\(configuration.headWidth)",
            "hidden": "\(configuration.hiddenWidth)",
            "vocabulary": "\(configuration.vocabularySize)",
            "tied_embeddings": "\(configuration.tiedEmbeddings)",
        ]
    }
}
