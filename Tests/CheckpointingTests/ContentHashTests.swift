import Checkpointing
import Foundation
import Testing

@Suite("Hashes and provenance")
struct ContentHashTests {
    // FIPS 180-2, appendix B, and the hash of nothing.
    static let vectors = [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ]

    @Test("Known vectors, from memory and from a file", arguments: vectors)
    func known(text: String, digits: String) throws {
        let folder = try TemporaryFolder()
        #expect(ContentHash.of(text: text).hexadecimal == digits)
        let url = try folder.file("text", Data(text.utf8))
        #expect(try ContentHash.of(file: url).description == digits)
    }

    @Test("A file longer than the pieces that it is read in")
    func long() throws {
        let folder = try TemporaryFolder()
        let data = Data((0..<3_000_001).map { UInt8(truncatingIfNeeded: $0 &* 7) })
        #expect(try ContentHash.of(file: folder.file("long", data)) == ContentHash.of(data))
    }

    @Test("A folder's hash is that of its sorted list, and distinguishes moved bytes")
    func folders() throws {
        let folder = try TemporaryFolder()
        let inner = folder.url.appending(path: "inner")
        try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: false)
        _ = try folder.file("b", Data("abc".utf8))
        _ = try folder.file("inner/a", Data())
        // printf '1:b <hash of abc>\n7:inner/a <hash of nothing>\n' | sha256sum
        let listing = "1:b \(Self.vectors[1].1)\n7:inner/a \(Self.vectors[0].1)\n"
        let hash = try ContentHash.of(folder: folder.url)
        #expect(hash == ContentHash.of(text: listing))
        _ = try folder.file("provenance.json", Data("{}".utf8))
        #expect(try ContentHash.of(folder: folder.url) != hash)
        #expect(try ContentHash.of(folder: folder.url, excluding: ["provenance.json"]) == hash)
        try FileManager.default.createSymbolicLink(
            at: folder.url.appending(path: "link"),
            withDestinationURL: inner
        )
        #expect(throws: FolderError.self) { try ContentHash.of(folder: folder.url) }
    }

    @Test("Hashes are written as their digits; other texts are none")
    func codable() throws {
        let hash = ContentHash.of(text: "abc")
        let json = try JSONEncoder().encode([hash])
        #expect(String(decoding: json, as: UTF8.self) == "[\"\(hash)\"]")
        #expect(try JSONDecoder().decode([ContentHash].self, from: json) == [hash])
        #expect(ContentHash(hexadecimal: String(repeating: "G", count: 64)) == nil)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([ContentHash].self, from: Data("[\"abc\"]".utf8))
        }
    }

    @Test("Provenance is read back as it was written")
    func provenance() throws {
        let folder = try TemporaryFolder()
        let record = Provenance(
            version: "1.0",
            stage: "merge",
            seed: .max,
            inputs: [.init(name: "math", path: "runs/math", hash: .of(text: "abc"))],
            recipe: "bottom: 5"
        )
        try record.write(in: folder.url)
        #expect(try Provenance(in: folder.url) == record)
        _ = try folder.file(Provenance.fileName, Data("{".utf8))
        #expect(throws: FolderError.self) { try Provenance(in: folder.url) }
    }

    @Test("A folder that cannot be listed is reported with the system's own reason")
    func notListed() throws {
        let folder = try TemporaryFolder()
        let file = try folder.file("file", Data())
        let error = #expect(throws: FileError.self) { try ContentHash.of(folder: file) }
        #expect(error?.code == ENOTDIR)
    }
}
