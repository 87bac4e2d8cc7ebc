import Checkpointing
import Foundation
import Foundations

extension ModelConversion {
    /// Converts a GGUF file into a folder that `transformers` and this program load.
    ///
    /// - Parameters:
    ///   - folder: The folder, which must not exist.
    ///   - source: The file.
    ///   - type: How numbers are stored: F32, F16 or BF16.
    ///   - progress: Called after each tensor.
    /// - Returns: What was made.
    /// - Throws: `GGUFError` for what is damaged, missing, or not converted here; `OutputError`,
    ///   `FolderError` and `FileError` about the folder. Nothing is left behind then.
    package static func makeFolder(
        at folder: URL,
        from source: URL,
        as type: GGUFType = .bfloat16,
        progress: (Progress) -> Void = { _ in }
    ) throws -> Summary {
        let place = place(ofFolder: folder, from: source)
        try place.check()
        let file = try GGUFFile(at: source)
        let shape = try ModelShape(of: file)
        let names = try check(file, shape)
        let tokenizer = try TokenizerFiles(of: file, shape)
        guard let element = type.elementType else {
            throw GGUFError(
                path: folder.path(percentEncoded: false),
                found: "the type \(type.name)",
                expected: "f32, bf16 or f16 for a folder"
            )
        }
        let hash = try ContentHash.of(file: source)
        return try place.createFolder { output in
            let fields =
                shape.hubFields + [("torch_dtype", .text(hubName(of: element)))]
                + tokenizer.tokenFields
            try write(JSONText.object(fields).data(), "config.json", in: output)
            for (name, data) in tokenizer.files { try write(data, name, in: output) }
            let elements = try write(
                names,
                of: file,
                shape,
                as: type,
                element,
                in: output,
                progress
            )
            try Provenance(
                version: ProgramVersion.current,
                stage: "convert",
                inputs: [.init(name: "gguf", path: source.relativePath, hash: hash)]
            ).write(in: output)
            return Summary(
                output: folder.relativePath,
                form: "folder",
                type: type.name,
                tensors: names.count,
                elements: elements
            )
        }
    }

    private static func hubName(of element: ElementType) -> String {
        switch element {
        case .float32: "float32"
        case .float16: "float16"
        default: "bfloat16"
        }
    }

    private static func write(_ data: Data, _ name: String, in folder: URL) throws {
        try AtomicFile.write(data, to: folder.appending(path: name))
    }

    private static func write(
        _ names: [TensorNames],
        of file: GGUFFile,
        _ shape: ModelShape,
        as type: GGUFType,
        _ element: ElementType,
        in folder: URL,
        _ progress: (Progress) -> Void
    ) throws -> Int {
        let tensors = try names.map {
            try TensorDescription(name: $0.hub, elementType: element, shape: $0.shape)
        }
        let byHub = Dictionary(
            names.map { ($0.hub, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        var done = 0
        try SafetensorsWriter.write(
            tensors,
            to: folder.appending(path: TensorCollection.fileName)
        ) { tensor, emit in
            guard let names = byHub[tensor.name], let stored = file.tensor(named: names.file) else {
                return
            }
            try TensorStream(
                .init(
                    path: file.path,
                    name: stored.name,
                    rows: stored.rowCount,
                    rowLength: stored.rowLength,
                    headWidth: names.role == .plain ? nil : shape.headWidth,
                    direction: .toHub,
                    type: type
                )
            ).move(
                read: { try file.readRows($0, of: stored.name, into: $1) },
                emit: emit
            )
            file.releasePages(of: stored.name)
            done += 1
            progress(Progress(name: tensor.name, done: done, total: tensors.count))
        }
        return tensors.reduce(0) { $0 + $1.elementCount }
    }

    /// Checks that all tensors are there, have their shapes, and that nothing else is.
    private static func check(_ file: GGUFFile, _ shape: ModelShape) throws -> [TensorNames] {
        let names = TensorNames.all(of: shape)
        for names in names {
            guard let tensor = file.tensor(named: names.file) else {
                throw GGUFError(
                    path: file.path,
                    found: "no tensor '\(names.file)'",
                    expected: "all tensors of \(shape.layers) layers of \(shape.family.rawValue)"
                )
            }
            guard tensor.shape == names.shape else {
                throw GGUFError(
                    path: file.path,
                    found: "tensor '\(tensor.name)' has the shape \(tensor.shapeText)",
                    expected: "\(names.shape), as the metadata say"
                )
            }
        }
        let known = Set(names.map { ExactText($0.file) })
        let other = file.tensors.first {
            !known.contains(ExactText($0.name)) && $0.name != TensorNames.rotaryFactors
        }
        if let other {
            throw GGUFError(
                path: file.path,
                found: "tensor '\(other.name)', which no layer of \(shape.family.rawValue) has",
                expected: "the tensors of \(shape.layers) layers of \(shape.family.rawValue) alone"
            )
        }
        return names
    }
}
