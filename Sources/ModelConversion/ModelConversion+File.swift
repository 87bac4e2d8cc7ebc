import Checkpointing
import Foundation
import Foundations
import Transformer

extension ModelConversion {
    /// Converts a folder into a GGUF file that llama.cpp, Ollama and LM Studio run.
    ///
    /// Matrices get the type; norms and biases stay F32. A row that is not whole blocks of 32 is
    /// stored in F16 where Q8_0 is asked for, as llama.cpp does.
    ///
    /// - Parameters:
    ///   - target: The file, which must not exist.
    ///   - folder: A folder of Llama, Mistral, Qwen 2 or Qwen 3 with a tokenizer.
    ///   - type: How matrices are stored; nil for that of the folder, F32 where GGUF has none.
    ///   - progress: Called after each tensor.
    /// - Returns: What was made.
    /// - Throws: `ConfigurationError`, `GGUFError`, `DamagedFile` for what GGUF cannot say;
    ///   `OutputError`, `FolderError` and `FileError` about the file. Nothing is left behind then.
    package static func makeFile(
        at target: URL,
        from folder: URL,
        as type: GGUFType? = nil,
        progress: (Progress) -> Void = { _ in }
    ) throws -> Summary {
        let place = place(ofFile: target, from: folder)
        try place.check()
        let fields = try ConfigurationFields(of: folder)
        let model = try HubModel(fields)
        let shape = try ModelShape(model, fields)
        let weights = try TensorCollection(at: folder)
        try model.head.check(weights)
        let names = try check(weights, shape)
        let type = type ?? standardType(of: weights)
        let tensors = try plan(names, shape, type, target)
        let metadata =
            general(folder, shape) + shape.fileFields
            + [("general.file_type", .uint32(fileType(type)))]
            + (try FolderTokenizer(in: folder, shape, fields).fileFields)
            + [("general.quantization_version", .uint32(2))]
        var done = 0
        try GGUFWriter.write(metadata: metadata, tensors: tensors.map(\.tensor), to: place.url) {
            tensor,
            emit in
            let names = tensors[done].names
            if let names {
                try stream(names, tensor, shape, from: weights, emit)
            } else if case .llama3(let scaling) = shape.rotary.scaling {
                let factors = scaling.factors(theta: shape.rotary.theta, headWidth: shape.headWidth)
                try factors.withUnsafeBytes { try emit($0) }
            }
            done += 1
            progress(Progress(name: tensor.name, done: done, total: tensors.count))
        }
        return Summary(
            output: target.relativePath,
            form: "GGUF",
            type: type.name,
            tensors: tensors.count,
            elements: tensors.reduce(0) { $0 + $1.tensor.elementCount }
        )
    }

    private static func standardType(of weights: TensorCollection) -> GGUFType {
        switch weights.description(of: TiedHead.embeddingsName)?.elementType {
        case .bfloat16: .bfloat16
        case .float16: .float16
        default: .float32
        }
    }

    private static func general(_ folder: URL, _ shape: ModelShape) -> [(
        key: String, value: GGUFValue
    )] {
        let name = folder.standardizedFileURL.lastPathComponent
        return [
            ("general.architecture", .text(shape.family.rawValue)),
            ("general.type", .text("model")),
            ("general.name", .text(name)),
            (
                "general.description",
                .text("Converted from \(name) by LayerSwap \(ProgramVersion.current)")
            ),
        ]
    }

    /// What llama.cpp calls a file whose matrices have a type (`llama_ftype`).
    private static func fileType(_ type: GGUFType) -> UInt32 {
        switch type {
        case .float32: 0
        case .float16: 1
        case .q8_0: 7
        default: 32
        }
    }

    /// What is written, in the order of the file; without names, the factors of rotary frequencies.
    private static func plan(
        _ names: [TensorNames],
        _ shape: ModelShape,
        _ type: GGUFType,
        _ target: URL
    ) throws -> [(tensor: GGUFTensor, names: TensorNames?)] {
        func tensor(_ name: String, _ shape: [Int], _ type: GGUFType) throws -> GGUFTensor {
            guard let tensor = GGUFTensor(name: name, type: type, shape: shape) else {
                throw GGUFError(
                    path: target.path(percentEncoded: false),
                    found: "'\(name)' of shape \(shape)",
                    expected: "a shape that GGUF can store as \(type.name)"
                )
            }
            return tensor
        }
        var tensors: [(tensor: GGUFTensor, names: TensorNames?)] = []
        if case .llama3 = shape.rotary.scaling {
            let factors = try tensor(TensorNames.rotaryFactors, [shape.headWidth / 2], .float32)
            tensors.append((factors, nil))
        }
        for names in names {
            let isWhole = names.shape[names.shape.count - 1] % type.blockLength == 0
            let stored: GGUFType =
                names.shape.count < 2 ? .float32 : isWhole ? type : .float16
            tensors.append((try tensor(names.file, names.shape, stored), names))
        }
        return tensors
    }

    private static func stream(
        _ names: TensorNames,
        _ tensor: GGUFTensor,
        _ shape: ModelShape,
        from weights: TensorCollection,
        _ emit: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        guard let stored = weights.description(of: names.hub) else { return }
        let rowBytes = tensor.rowLength * stored.elementType.byteCount
        try TensorStream(
            .init(
                path: weights.url.path(percentEncoded: false),
                name: names.hub,
                rows: tensor.rowCount,
                rowLength: tensor.rowLength,
                headWidth: names.role == .plain ? nil : shape.headWidth,
                direction: .toFile,
                type: tensor.type
            )
        ).move(
            read: { rows, floats in
                try weights.withBytes(of: names.hub) { bytes in
                    // Shapes agree, so that the rows are inside the tensor.
                    let part = bytes[rows.lowerBound * rowBytes..<rows.upperBound * rowBytes]
                    ElementConversion.decode(
                        UnsafeRawBufferPointer(rebasing: part),
                        as: stored.elementType,
                        into: floats
                    )
                }
            },
            emit: emit
        )
        weights.releasePages(of: names.hub)
    }

    /// Checks that all tensors are there, can be computed with and have their shapes, and that
    /// nothing else is.
    private static func check(
        _ weights: TensorCollection,
        _ shape: ModelShape
    ) throws -> [TensorNames] {
        let path = weights.url.path(percentEncoded: false)
        let names = TensorNames.all(of: shape)
        for names in names {
            guard let tensor = weights.description(of: names.hub) else {
                throw GGUFError(
                    path: path,
                    found: "no tensor '\(names.hub)'",
                    expected: "all tensors that config.json asks for"
                )
            }
            guard tensor.shape == names.shape, tensor.elementType.convertsToFloat else {
                throw GGUFError(
                    path: path,
                    found: "tensor '\(tensor.name)' is \(tensor.elementType.rawValue) "
                        + tensor.shapeText,
                    expected: "\(ElementType.computed), \(names.shape)"
                )
            }
        }
        let known = Set(names.map(\.hub) + [TiedHead.headName])
        // Old versions of `transformers` saved the frequencies, which follow from the
        // configuration.
        let other = weights.tensors.first {
            !known.contains($0.name) && !$0.name.hasSuffix(".rotary_emb.inv_freq")
        }
        if let other {
            throw GGUFError(
                path: path,
                found: "tensor '\(other.name)', for which llama.cpp has no place",
                expected: "the tensors of \(shape.family.rawValue) alone"
            )
        }
        return names
    }
}
