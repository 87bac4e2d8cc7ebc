import Checkpointing
import Foundation
import Kernels

/// A folder of its own for one test, removed at the end.
final class TestFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(
            path: "conversion-\(UUID().uuidString)",
            directoryHint: .isDirectory
        )
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// A place in the folder.
    func place(_ name: String) -> URL { url.appending(path: name) }

    /// Writes a file and says where it is.
    func file(_ name: String, _ bytes: [UInt8]) throws -> URL {
        let file = place(name)
        try Data(bytes).write(to: file)
        return file
    }
}

/// The fixtures that `make_fixtures.py` made.
enum Fixture {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures")

    static let types = folder.appending(path: "types.gguf")
    static let typeNumbers = folder.appending(path: "types.safetensors")
    static let llama = folder.appending(path: "llama.gguf")
    static let llamaNumbers = folder.appending(path: "llama.safetensors")

    /// A SentencePiece model of another suite.
    static func pieces(_ name: String) -> URL {
        folder.deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "TokenizationTests/Fixtures/\(name)")
    }
}

extension TensorCollection {
    /// The numbers of a tensor.
    func floats(_ name: String) throws -> [Float] {
        let room = SharedBuffer(count: description(of: name)?.elementCount ?? 0)
        try readFloats(of: name, into: room.view)
        return withExtendedLifetime(room) { room.view.array() }
    }
}

extension GGUFFile {
    /// The numbers of a tensor.
    func floats(_ name: String) throws -> [Float] {
        guard let tensor = tensor(named: name) else { return [] }
        let room = SharedBuffer(count: tensor.elementCount)
        try readRows(0..<tensor.rowCount, of: name, into: room.view)
        return withExtendedLifetime(room) { room.view.array() }
    }
}

/// Writes a GGUF file field by field, wrong ones too.
struct GGUFBytes {
    var bytes: [UInt8] = []

    init(version: UInt32 = 3, tensors: UInt64 = 0, keys: UInt64 = 0) {
        bytes = Array("GGUF".utf8)
        add(version)
        add(tensors)
        add(keys)
    }

    mutating func add<Value: FixedWidthInteger>(_ value: Value) {
        withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }

    mutating func add(_ text: String) {
        add(UInt64(text.utf8.count))
        bytes += text.utf8
    }

    /// A tensor of F32 numbers.
    mutating func tensor(
        _ name: String,
        _ extents: [UInt64] = [8],
        type: UInt32 = 0,
        at offset: UInt64 = 0
    ) {
        add(name)
        add(UInt32(extents.count))
        for extent in extents { add(extent) }
        add(type)
        add(offset)
    }

    /// Zeros up to a multiple of 32, and data.
    mutating func data(_ count: Int) {
        while bytes.count % 32 != 0 { bytes.append(0) }
        bytes += [UInt8](repeating: 0, count: count)
    }
}
