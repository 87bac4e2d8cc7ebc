import Checkpointing
import Foundation
import Kernels
import Testing

@Suite("Numbers and keys of GGUF files")
struct GGUFTypeTests {
    @Test("Every type reads as in the gguf package, bit by bit", arguments: GGUFType.allCases)
    func numbers(_ type: GGUFType) throws {
        let file = try GGUFFile(at: Fixture.types)
        let expected = try TensorCollection(at: Fixture.typeNumbers).floats(type.name)
        let found = try file.floats(type.name)
        #expect(found.count == 1_024)
        #expect(found.map(\.bitPattern) == expected.map(\.bitPattern))
        #expect(file.tensor(named: type.name)?.type == type)
    }

    @Test("A row is read by itself")
    func rows() throws {
        let file = try GGUFFile(at: Fixture.types)
        let all = try file.floats("Q6_K")
        let room = SharedBuffer(count: 512)
        try file.readRows(1..<2, of: "Q6_K", into: room.view)
        #expect(room.view.array() == Array(all[512...]))
    }

    @Test("Q8_0 is written as the gguf package writes it, byte by byte")
    func quantization() throws {
        let numbers = try TensorCollection(at: Fixture.typeNumbers)
        let source = try numbers.floats("q8_0 source")
        let room = SharedBuffer(count: source.count)
        room.view.copy(from: source)
        var found = [UInt8](repeating: 0, count: source.count / 32 * 34)
        found.withUnsafeMutableBytes {
            GGUFQuantization.encode(room.view, as: .q8_0, into: $0)
        }
        let expected = try numbers.withBytes(of: "q8_0 bytes") { Array($0) }
        #expect(found == expected)
    }

    @Test("Keys of every kind are read, lists of lists too")
    func keys() throws {
        let file = try GGUFFile(at: Fixture.types)
        #expect(file.version == 3)
        #expect(file["kinds.uint8"] == .uint8(200))
        #expect(file["kinds.int8"] == .int8(-100))
        #expect(file["kinds.uint16"] == .uint16(60_000))
        #expect(file["kinds.int16"] == .int16(-30_000))
        #expect(file["kinds.uint32"] == .uint32(4_000_000_000))
        #expect(file["kinds.int32"] == .int32(-2_000_000_000))
        #expect(file["kinds.float32"]?.number == 1e-5)
        #expect(file["kinds.bool"] == .flag(true))
        #expect(file["kinds.string"] == .text("Zürich"))
        #expect(file["kinds.uint64"] == .uint64(1 << 63 + 1))
        #expect(file["kinds.uint64"]?.integer == nil)
        #expect(file["kinds.int64"] == .int64(-(1 << 62)))
        #expect(file["kinds.float64"] == .float64(0.1))
        #expect(file["kinds.texts"]?.list?.texts == ["a", "", "ß"])
        #expect(file["kinds.numbers"]?.list?.integers == [3, -1, 7])
        guard case .lists(let lists) = file["kinds.lists"]?.list?.content else {
            Issue.record("no list of lists")
            return
        }
        #expect(lists.map(\.integers) == [[1, 2], [3]])
    }

    @Test("What is written reads as it was, and the same again gives the same bytes")
    func writing() throws {
        let folder = try TestFolder()
        let source = try GGUFFile(at: Fixture.types)
        let tensor = try #require(GGUFTensor(name: "a", type: .float32, shape: [2, 3]))
        for name in ["one.gguf", "two.gguf"] {
            try GGUFWriter.write(
                metadata: source.metadata,
                tensors: [tensor],
                to: folder.place(name)
            ) { _, emit in
                try [Float](arrayLiteral: 1, 2, 3, 4, 5, 6).withUnsafeBytes { try emit($0) }
            }
        }
        let file = try GGUFFile(at: folder.place("one.gguf"))
        #expect(file.metadata.map(\.key) == source.metadata.map(\.key))
        #expect(file.metadata.map(\.value) == source.metadata.map(\.value))
        #expect(try file.floats("a") == [1, 2, 3, 4, 5, 6])
        #expect(file.tensors.map(\.shape) == [[2, 3]])
        #expect(
            try Data(contentsOf: folder.place("one.gguf"))
                == Data(contentsOf: folder.place("two.gguf"))
        )
    }

    @Test(
        "A tensor with too few or too many bytes is not written, and nothing is left",
        arguments: [5, 7]
    )
    func wrongSize(_ count: Int) throws {
        let folder = try TestFolder()
        let tensor = try #require(GGUFTensor(name: "a", type: .float32, shape: [6]))
        #expect(throws: GGUFError.self) {
            try GGUFWriter.write(
                metadata: [],
                tensors: [tensor],
                to: folder.place("a.gguf")
            ) { _, emit in
                try [Float](repeating: 1, count: count).withUnsafeBytes { try emit($0) }
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
    }
}
