import Checkpointing
import Foundation
import Testing

@Suite("Malformed safetensors headers")
struct SafetensorsHeaderTests {
    /// A header that is wrong, and how it must be refused.
    struct Malformed: Sendable, CustomTestStringConvertible {
        let title: String
        let header: String
        var data = 0
        var claimed: UInt64?
        let kind: SafetensorsError.Kind
        /// The byte of the file that the error must name.
        let position: Int?

        var testDescription: String { title }
    }

    private static func one(_ entry: String) -> String { "{\"a\":{\(entry)}}" }
    private static func tensor(_ type: String, _ shape: String, _ offsets: String) -> String {
        "{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
    }
    private static func single(_ type: String, _ shape: String, _ offsets: String) -> String {
        "{\"a\":\(tensor(type, shape, offsets))}"
    }

    // The header begins at byte 8, a first name at byte 9, a second where it is counted.
    static let cases: [Malformed] = [
        .init(title: "no header", header: "", kind: .headerLength, position: 0),
        .init(title: "one byte", header: "{", kind: .headerLength, position: 0),
        .init(
            title: "length past the end",
            header: "{}",
            claimed: 3,
            kind: .truncated,
            position: 10
        ),
        .init(
            title: "length of 2^64 - 1",
            header: "{}",
            claimed: .max,
            kind: .headerLength,
            position: 0
        ),
        .init(
            title: "length of 2^63 - 8",
            header: "{}",
            claimed: 1 << 63 - 8,
            kind: .headerLength,
            position: 0
        ),
        .init(
            title: "length beyond the limit",
            header: "{}",
            claimed: 100_000_001,
            kind: .headerLength,
            position: 0
        ),
        .init(title: "a list", header: "[]", kind: .syntax, position: 8),
        .init(title: "a form feed first", header: "\u{c}{}", kind: .syntax, position: 8),
        .init(title: "a byte order mark first", header: "\u{feff}{}", kind: .syntax, position: 8),
        .init(title: "two headers", header: "{}{}", kind: .syntax, position: 10),
        .init(title: "null as tensor", header: "{\"a\":null}", kind: .syntax, position: 13),
        .init(
            title: "null as a text of the metadata",
            header: "{\"__metadata__\":{\"a\":null}}",
            kind: .syntax,
            position: 29
        ),
        .init(
            title: "null as metadata twice",
            header: "{\"__metadata__\":null,\"__metadata__\":null}",
            kind: .duplicate,
            position: 29
        ),
        .init(title: "unclosed", header: "{\"a\":", kind: .syntax, position: 13),
        .init(title: "something after", header: "{}x", kind: .syntax, position: 10),
        .init(title: "zero bytes after", header: "{}\0", kind: .syntax, position: 10),
        .init(title: "trailing comma", header: "{\"a\":{},}", kind: .syntax, position: 9),
        .init(title: "a number as tensor", header: "{\"a\":1}", kind: .syntax, position: 13),
        .init(title: "nothing in it", header: one(""), kind: .syntax, position: 9),
        .init(
            title: "no offsets",
            header: one("\"dtype\":\"F32\",\"shape\":[]"),
            kind: .syntax,
            position: 9
        ),
        .init(title: "another key", header: one("\"type\":\"F32\""), kind: .syntax, position: 9),
        .init(
            title: "another key with half a value",
            header: one("\"x\":[{\"y\":[1,"),
            kind: .syntax,
            position: 27
        ),
        .init(
            title: "another key with a number that is none",
            header: one("\"x\":[01]"),
            kind: .syntax,
            position: 19
        ),
        .init(
            title: "another key without an end",
            header: one("\"x\":" + String(repeating: "[", count: 100_000)),
            kind: .syntax,
            position: 18 + 100_000
        ),
        .init(
            title: "a repeated key",
            header: one("\"dtype\":\"F32\",\"dtype\":\"F32\""),
            kind: .duplicate,
            position: 28
        ),
        .init(
            title: "a repeated tensor",
            header: "{\"a\":\(tensor("U8", "[0]", "[0,0]")),\"a\":\(tensor("U8", "[0]", "[0,0]"))}",
            kind: .duplicate,
            position: 8 + 53
        ),
        .init(
            title: "repeated metadata",
            header: "{\"__metadata__\":{\"a\":\"b\",\"a\":\"c\"}}",
            kind: .duplicate,
            position: 33
        ),
        .init(
            title: "a number as metadata",
            header: "{\"__metadata__\":{\"a\":1}}",
            kind: .syntax,
            position: 29
        ),
        .init(
            title: "unknown element type",
            header: single("F31", "[1]", "[0,4]"),
            data: 4,
            kind: .elementType,
            position: 22
        ),
        .init(
            title: "negative extent",
            header: single("F32", "[-1]", "[0,4]"),
            data: 4,
            kind: .syntax,
            position: 37
        ),
        .init(
            title: "a fraction as extent",
            header: single("F32", "[1.5]", "[0,4]"),
            data: 4,
            kind: .syntax,
            position: 38
        ),
        .init(
            title: "an exponent as extent",
            header: single("F32", "[1e9]", "[0,4]"),
            data: 4,
            kind: .syntax,
            position: 38
        ),
        .init(
            title: "leading zero",
            header: single("F32", "[01]", "[0,4]"),
            data: 4,
            kind: .syntax,
            position: 37
        ),
        .init(
            title: "an extent of 2^63",
            header: single("F32", "[9223372036854775808]", "[0,4]"),
            data: 4,
            kind: .range,
            position: 37
        ),
        .init(
            title: "extents whose product is 2^64",
            header: single("U8", "[4294967296,4294967296]", "[0,0]"),
            kind: .shape,
            position: 9
        ),
        .init(
            title: "a product that fits in elements, not in bytes",
            header: single("F32", "[4611686018427387904]", "[0,0]"),
            kind: .shape,
            position: 9
        ),
        .init(
            title: "an overflow hidden behind a zero",
            header: single("U8", "[4294967296,4294967296,0]", "[0,0]"),
            kind: .shape,
            position: 9
        ),
        .init(
            title: "three offsets",
            header: single("F32", "[1]", "[0,4,8]"),
            data: 4,
            kind: .range,
            position: 9
        ),
        .init(
            title: "offsets that run backwards",
            header: single("F32", "[1]", "[4,0]"),
            data: 4,
            kind: .range,
            position: 9
        ),
        .init(
            title: "offsets past the end",
            header: single("F32", "[2]", "[0,8]"),
            data: 4,
            kind: .truncated,
            position: 9
        ),
        .init(
            title: "too few bytes for the shape",
            header: single("F32", "[2]", "[0,4]"),
            data: 4,
            kind: .byteCount,
            position: 9
        ),
        .init(
            title: "an empty range for a scalar",
            header: single("F32", "[]", "[0,0]"),
            kind: .byteCount,
            position: 9
        ),
        .init(
            title: "bytes before the first",
            header: single("U8", "[4]", "[4,8]"),
            data: 8,
            kind: .gap,
            position: 8 + 53
        ),
        .init(
            title: "bytes after the last",
            header: single("U8", "[4]", "[0,4]"),
            data: 8,
            kind: .gap,
            position: 8 + 53 + 4
        ),
        .init(
            title: "two tensors over the same bytes",
            header: "{\"a\":\(tensor("U8", "[4]", "[0,4]")),\"b\":\(tensor("U8", "[4]", "[0,4]"))}",
            data: 4,
            kind: .overlap,
            position: 8 + 53
        ),
        .init(
            title: "two tensors that overlap by one byte",
            header: "{\"a\":\(tensor("U8", "[4]", "[3,7]")),\"b\":\(tensor("U8", "[4]", "[0,4]"))}",
            data: 7,
            kind: .overlap,
            position: 9
        ),
        .init(title: "an open text", header: "{\"a", kind: .syntax, position: 11),
        .init(title: "a raw line feed in text", header: "{\"\n\":{}}", kind: .syntax, position: 10),
        .init(title: "an unknown escape", header: "{\"\\x\":{}}", kind: .syntax, position: 11),
        .init(title: "half a surrogate", header: "{\"\\ud800\":{}}", kind: .syntax, position: 16),
        .init(title: "a trail first", header: "{\"\\udc00\":{}}", kind: .syntax, position: 16),
        .init(title: "short escape", header: "{\"\\u00g0\":{}}", kind: .syntax, position: 14),
    ]

    @Test("is refused with its kind and the byte where it shows", arguments: cases)
    func malformed(_ example: Malformed) throws {
        let folder = try TemporaryFolder()
        let url = try folder.file(
            "bad.safetensors",
            safetensors(
                header: example.header,
                dataLength: example.data,
                claimedLength: example.claimed
            )
        )
        let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile(at: url) }
        #expect(error?.kind == example.kind, "\(error?.description ?? "accepted")")
        #expect(error?.position == example.position, "\(error?.description ?? "accepted")")
        #expect(error?.description.contains("bad.safetensors, byte") == true)
    }

    @Test("Bytes that are not UTF-8 are refused where they lie")
    func encoding() throws {
        let folder = try TemporaryFolder()
        var data = safetensors(header: "{\"ab\":{}}")
        data[11] = 0xff
        let url = try folder.file("bad.safetensors", data)
        let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile(at: url) }
        #expect(error?.kind == .encoding)
        #expect(error?.position == 11)
    }

    @Test("Spaces, escapes, any order of keys and any order of data are accepted")
    func accepted() throws {
        let folder = try TemporaryFolder()
        let header = """
            { "__metadata__" : {} ,
              "b" : { "data_offsets" : [ 2 , 3 ] , "shape" : [ 1 ] , "dtype" : "I8" },
              "\\u0061\\ud83d\\ude00\\/\\n" : {"dtype":"U8","shape":[2,1],"data_offsets":[0,2]} }\t
            """
        let url = try folder.file("good.safetensors", safetensors(header: header, dataLength: 3))
        let file = try SafetensorsFile(at: url)
        #expect(file.tensors.map(\.name) == ["a😀/\n", "b"])
        #expect(try file.withBytes(of: "b") { Array($0) } == [2])
    }

    @Test("A file without tensors is a file")
    func empty() throws {
        let folder = try TemporaryFolder()
        let url = try folder.file("empty.safetensors", safetensors(header: "{}"))
        #expect(try SafetensorsFile(at: url).tensors.isEmpty)
    }
}
