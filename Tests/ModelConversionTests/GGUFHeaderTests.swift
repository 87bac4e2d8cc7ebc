import Checkpointing
import Foundation
import Testing

@Suite("Damaged GGUF files")
struct GGUFHeaderTests {
    private func refusal(_ bytes: [UInt8]) throws -> String {
        let folder = try TestFolder()
        let url = try folder.file("bad.gguf", bytes)
        do {
            _ = try GGUFFile(at: url)
            return "accepted"
        } catch let error as GGUFError {
            #expect(error.path.hasSuffix("bad.gguf"))
            return "\(error)"
        }
    }

    @Test("A whole file is accepted, of version 2 too", arguments: [2, 3] as [UInt32])
    func accepted(_ version: UInt32) throws {
        var file = GGUFBytes(version: version, tensors: 2, keys: 1)
        file.add("general.name")
        file.add(UInt32(8))
        file.add("x")
        file.tensor("b", at: 32)
        file.tensor("a")
        file.data(64)
        #expect(try refusal(file.bytes) == "accepted")
    }

    @Test("A file that is cut off anywhere is refused")
    func cut() throws {
        let whole = Array(try Data(contentsOf: Fixture.types))
        let header = 1_200
        for end in Array(0..<header) + stride(from: header, to: whole.count - 1, by: 997) {
            #expect(try refusal(Array(whole[..<end])) != "accepted", "\(end) bytes")
        }
    }

    @Test("Beginnings of other files, and other versions")
    func beginnings() throws {
        #expect(try refusal(Array("safe".utf8)).contains("does not begin with 'GGUF'"))
        #expect(try refusal([]).contains("does not begin with 'GGUF'"))
        #expect(try refusal(GGUFBytes(version: 1).bytes).contains("version 1"))
        #expect(try refusal(GGUFBytes(version: 4).bytes).contains("version 4"))
        let big = GGUFBytes(version: UInt32(3).byteSwapped)
        #expect(try refusal(big.bytes).contains("big-endian"))
    }

    @Test("Counts and lengths beyond the file", arguments: [UInt64.max, 1 << 63, 1 << 40, 3])
    func counts(_ count: UInt64) throws {
        #expect(try refusal(GGUFBytes(tensors: count).bytes).contains("\(count) tensors"))
        #expect(try refusal(GGUFBytes(keys: count).bytes).contains("\(count) keys"))
        var key = GGUFBytes(keys: 1)
        key.add(count + 0)
        key.bytes += [UInt8](repeating: 97, count: 2)
        key.data(32)
        if count > 3 { #expect(try refusal(key.bytes).contains("\(count) bytes")) }
        for kind in [UInt32(0), 8, 9, 10] where count > 3 {
            var list = GGUFBytes(keys: 1)
            list.add("list")
            list.add(UInt32(9))
            list.add(kind)
            list.add(count)
            list.data(32)
            #expect(try refusal(list.bytes).contains("\(count) values of 'list'"))
        }
    }

    @Test("Keys that are there twice, empty, of unknown type, or not UTF-8")
    func keys() throws {
        var twice = GGUFBytes(keys: 2)
        for _ in 0..<2 {
            twice.add("key")
            twice.add(UInt32(4))
            twice.add(UInt32(1))
        }
        #expect(try refusal(twice.bytes).contains("'key' is there twice"))
        var empty = GGUFBytes(keys: 1)
        empty.add("")
        empty.data(64)
        #expect(try refusal(empty.bytes).contains("a key of 0 bytes"))
        var unknown = GGUFBytes(keys: 1)
        unknown.add("key")
        unknown.add(UInt32(13))
        unknown.data(32)
        #expect(try refusal(unknown.bytes).contains("'key' has type 13"))
        var flag = GGUFBytes(keys: 1)
        flag.add("key")
        flag.add(UInt32(7))
        flag.add(UInt8(2))
        #expect(try refusal(flag.bytes).contains("'key' is 2"))
        var text = GGUFBytes(keys: 1)
        text.add("key")
        text.add(UInt32(8))
        text.add(UInt64(2))
        text.bytes += [0xFF, 0xFE]
        #expect(try refusal(text.bytes).contains("not UTF-8"))
        var deep = GGUFBytes(keys: 1)
        deep.add("key")
        deep.add(UInt32(9))
        for _ in 0..<20 {
            deep.add(UInt32(9))
            deep.add(UInt64(1))
        }
        deep.data(32)
        #expect(try refusal(deep.bytes).contains("lists in lists"))
    }

    @Test("An alignment that is none", arguments: [0, 3, 1 << 30] as [UInt32])
    func alignment(_ alignment: UInt32) throws {
        var file = GGUFBytes(keys: 1)
        file.add("general.alignment")
        file.add(UInt32(4))
        file.add(alignment)
        #expect(try refusal(file.bytes).contains("'general.alignment' is \(alignment)"))
    }

    @Test("Types that are not read, by their names and the name of the tensor")
    func types() throws {
        for (number, name) in [(10, "Q2_K"), (23, "IQ4_XS"), (4_000_000_000, "type 4000000000")] {
            var file = GGUFBytes(tensors: 1)
            file.tensor("blk.0.ffn_down.weight", [256], type: UInt32(number))
            file.data(2_048)
            let words = try refusal(file.bytes)
            #expect(words.contains("'blk.0.ffn_down.weight' is stored as \(name)"))
        }
    }

    @Test(
        "Extents that overflow, are zero, or are no whole blocks",
        arguments: [
            ([UInt64.max], 0), ([1 << 62, 4], 0), ([1 << 32, 1 << 32], 0), ([0], 0), ([33], 8),
            ([1 << 61], 0), ([64, 1 << 57], 12), ([1, 32], 8),
        ] as [([UInt64], UInt32)]
    )
    func extents(_ extents: [UInt64], _ type: UInt32) throws {
        var file = GGUFBytes(tensors: 1)
        file.tensor("a", extents, type: type)
        file.data(64)
        #expect(try refusal(file.bytes).contains("'a' has the extents"))
    }

    @Test("Tensors that overlap, leave gaps, are misaligned, twice there or behind the file")
    func places() throws {
        func words(_ offsets: [UInt64], names: [String] = ["a", "b"], data: Int = 64) throws
            -> String
        {
            var file = GGUFBytes(tensors: UInt64(offsets.count))
            for (name, offset) in zip(names, offsets) { file.tensor(name, at: offset) }
            file.data(data)
            return try refusal(file.bytes)
        }
        #expect(try words([0, 32]) == "accepted")
        #expect(try words([0, 0]).contains("shares bytes"))
        #expect(try words([0, 64], data: 96).contains("belong to no tensor"))
        #expect(try words([32, 64], data: 96).contains("belong to no tensor"))
        #expect(try words([0, 36], data: 68).contains("a multiple of 32"))
        #expect(try words([0, 32], data: 63).contains("ends behind the file"))
        #expect(try words([0, 32], names: ["a", "a"]).contains("'a' is there twice"))
        #expect(try words([0, 32], data: 65).contains("behind the last tensor"))
        let places: [UInt64] = [.max - 31, 1 << 63, 1 << 62, 1 << 61, (1 << 61) - 32]
        for far in places {
            #expect(try words([0, far]).contains("ends behind the file"), "\(far)")
        }
        var rank = GGUFBytes(tensors: 1)
        rank.tensor("a", [1, 1, 1, 1, 8])
        rank.data(64)
        #expect(try refusal(rank.bytes).contains("'a' has 5 extents"))
    }
}
