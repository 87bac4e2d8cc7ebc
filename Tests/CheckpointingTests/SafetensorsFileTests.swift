import Checkpointing
import Foundation
import Kernels
import Testing

@Suite("Reading safetensors")
struct SafetensorsFileTests {
    let fixture = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures/mixed.safetensors")

    private func floats(_ name: String, _ count: Int) throws -> [Float] {
        let buffer = FloatBuffer(count: count)
        try SafetensorsFile(at: fixture).readFloats(of: name, into: buffer.view)
        return buffer.view.array()
    }

    @Test("A file of the Python library: names, types, shapes, metadata")
    func descriptions() throws {
        let file = try SafetensorsFile(at: fixture)
        #expect(file.metadata == ["format": "pt"])
        #expect(
            file.tensors.map(\.name) == [
                "count", "double", "empty", "single", "brain", "half", "größe \"q\"",
            ]
        )
        #expect(file.description(of: "brain")?.elementType == .bfloat16)
        #expect(file.description(of: "empty")?.shape == [0, 4])
        #expect(file.description(of: "empty")?.byteCount == 0)
        #expect(file.description(of: "count")?.shape == [])
        #expect(file.description(of: "count")?.elementCount == 1)
        #expect(file.description(of: "größe \"q\"")?.elementType == .bool)
        #expect(file.description(of: "absent") == nil)
    }

    @Test("A file of the Python library: numbers of every floating type")
    func numbers() throws {
        #expect(try floats("single", 6) == [0, 0.25, 0.5, 0.75, 1, 1.25])
        // 6e-8 is not representable; PyTorch stores the smallest half, 2^-24.
        #expect(try floats("half", 5) == [1.5, -2.25, 65504, 0x1p-24, .infinity])
        // The doubles that PyTorch prints for the stored bfloat16.
        #expect(
            try floats("brain", 4) == [1, -3.140625, 9.98402083170343e-31, 3.3895313892515355e+38]
        )
        #expect(try floats("double", 1) == [0.1])
        #expect(try floats("empty", 0) == [])
    }

    @Test("Bytes of a tensor are lent as they are stored, also after its pages were released")
    func bytes() throws {
        let file = try SafetensorsFile(at: fixture)
        file.releasePages(of: "count")
        #expect(try file.withBytes(of: "count") { Array($0) } == [7, 0, 0, 0, 0, 0, 0, 0])
        #expect(try file.withBytes(of: "größe \"q\"") { Array($0) } == [1, 0, 1])
    }

    @Test(
        "What cannot be read as floats is refused with the reason",
        arguments: [
            ("count", 1, SafetensorsError.Kind.elementType), ("single", 5, .shape),
            ("absent", 1, .missingTensor),
        ]
    )
    func refusals(name: String, count: Int, kind: SafetensorsError.Kind) throws {
        let file = try SafetensorsFile(at: fixture)
        let buffer = FloatBuffer(count: count)
        let error = #expect(throws: SafetensorsError.self) {
            try file.readFloats(of: name, into: buffer.view)
        }
        #expect(error?.kind == kind)
        #expect(error?.description.contains("mixed.safetensors") == true)
        #expect(error?.description.contains("'\(name)'") == true)
    }

    @Test("A file cut short anywhere is refused")
    func truncation() throws {
        let folder = try TemporaryFolder()
        let whole = try Data(contentsOf: fixture)
        for length in 0..<whole.count {
            let url = try folder.file("cut.safetensors", whole.prefix(length))
            let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile(at: url) }
            #expect(error?.kind == .truncated, "cut to \(length) bytes")
        }
    }

    @Test("Any single changed byte of the header is refused or read, never a crash")
    func mutations() throws {
        let folder = try TemporaryFolder()
        let whole = try Data(contentsOf: fixture)
        var refused = 0
        for position in 0..<472 {
            for value: UInt8 in [0, 0x22, 0x39, 0x5c, 0x7d, 0xff] {
                var changed = whole
                changed[position] = value
                let url = try folder.file("changed.safetensors", changed)
                do {
                    let file = try SafetensorsFile(at: url)
                    for tensor in file.tensors {
                        let count = try file.withBytes(of: tensor.name) { $0.count }
                        #expect(count == tensor.byteCount)
                    }
                } catch is SafetensorsError {
                    refused += 1
                }
            }
        }
        #expect(refused > 2000)
    }

    @Test("A missing file, a folder, and a device are refused by what they are")
    func notFiles() throws {
        let folder = try TemporaryFolder()
        #expect(throws: FileError.self) {
            try SafetensorsFile(at: folder.url.appending(path: "no.safetensors"))
        }
        #expect(throws: FolderError.self) { try SafetensorsFile(at: folder.url) }
        #expect(throws: FolderError.self) { try SafetensorsFile(at: URL(filePath: "/dev/zero")) }
    }
}
