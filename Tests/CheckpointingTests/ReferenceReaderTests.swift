import Checkpointing
import Foundation
import Kernels
import Testing

/// What `safetensors` 0.8.0 of Python made of the same bytes (`safetensors.deserialize`).
@Suite("Headers that the reference reader accepts")
struct ReferenceReaderTests {
    private static func tensor(_ type: String, _ shape: String, _ offsets: String) -> String {
        "\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":\(offsets)"
    }

    @Test(
        "are accepted",
        arguments: [
            ("{\"__metadata__\":null,\"a\":{\(tensor("U8", "[1]", "[0,1]"))}}", 1),
            ("\n\t\r {\"a\":{\(tensor("U8", "[1]", "[0,1]"))}} \n\r\t", 1),
            ("{ \"__metadata__\" : null }", 0),
            (
                "{\"a\":{\(tensor("U8", "[1]", "[0,1]")),\"x\":[{\"y\":[1,-2.5e3,null,true,\"s\"]},{}]}}",
                1
            ),
            ("{\"a\":{\"x\":{},\"y\":[],\"z\":0,\(tensor("U8", "[1]", "[0,1]"))}}", 1),
            (
                "{\"a\":{\"x\":[ ] , \(tensor("U8", "[1]", "[0,1]")), \"y\" : { \"z\" : [ 1 , 2 ] } }}",
                1
            ),
            ("{\"\":{\(tensor("U8", "[1]", "[0,1]"))}}", 1),
            ("{\"\\u0000\":{\(tensor("F32", "[]", "[0,4]"))}}", 4),
            ("{\"a\":{\(tensor("F32", "[0]", "[0,0]"))}}", 0),
        ]
    )
    func accepted(_ header: String, _ dataLength: Int) throws {
        let folder = try TemporaryFolder()
        let url = try folder.file(
            "good.safetensors",
            safetensors(header: header, dataLength: dataLength)
        )
        let file = try SafetensorsFile(at: url)
        #expect(file.metadata.isEmpty)
        #expect(file.tensors.reduce(0) { $0 + $1.byteCount } == dataLength)
    }

    @Test("Empty tensors stand between others, and headers need not be aligned")
    func empty() throws {
        let folder = try TemporaryFolder()
        let header = """
            {"a":{\(Self.tensor("F32", "[1]", "[0,4]"))},"b":{\(Self.tensor("F32", "[0]", "[4,4]"))},\
            "c":{\(Self.tensor("F32", "[1]", "[4,8]"))}}
            """
        for spaces in 0..<8 {
            let padded = header + String(repeating: " ", count: spaces)
            let url = try folder.file(
                "\(spaces).safetensors",
                safetensors(header: padded, dataLength: 8)
            )
            let file = try SafetensorsFile(at: url)
            #expect(file.tensors.map(\.elementCount) == [1, 0, 1])
            let buffer = FloatBuffer(count: 1)
            try file.readFloats(of: "c", into: buffer.view)
            #expect(buffer.view[0] == Float(bitPattern: 0x0706_0504))
        }
    }

    @Test(
        "Every type of the format is known by its name and size",
        arguments: [
            ("BOOL", 1, 1), ("F4", 2, 1), ("F6_E2M3", 4, 3), ("F6_E3M2", 4, 3), ("F8_E8M0", 1, 1),
            ("F8_E4M3", 1, 1), ("F8_E5M2", 1, 1), ("F8_E4M3FNUZ", 1, 1), ("F8_E5M2FNUZ", 1, 1),
            ("C64", 1, 8), ("U16", 1, 2), ("I16", 1, 2), ("I64", 1, 8), ("F64", 1, 8),
        ]
    )
    func types(_ type: String, _ count: Int, _ bytes: Int) throws {
        let folder = try TemporaryFolder()
        let entry = Self.tensor(type, "[\(count)]", "[0,\(bytes)]")
        let url = try folder.file(
            "typed.safetensors",
            safetensors(header: "{\"a\":{\(entry)}}", dataLength: bytes)
        )
        let file = try SafetensorsFile(at: url)
        let found = try #require(file.description(of: "a"))
        #expect(found.elementType.rawValue == type && found.byteCount == bytes)
        // What is not computed with is refused where it is read, and traps nowhere.
        let buffer = FloatBuffer(count: count)
        if found.elementType.convertsToFloat {
            try file.readFloats(of: "a", into: buffer.view)
        } else {
            let error = #expect(throws: SafetensorsError.self) {
                try file.readFloats(of: "a", into: buffer.view)
            }
            #expect(error?.kind == .elementType)
        }
    }

    @Test("Elements below a byte that do not fill one are refused, as are types nobody knows")
    func refused() throws {
        let folder = try TemporaryFolder()
        for (type, count, bytes, kind) in [
            ("F4", 3, 2, SafetensorsError.Kind.shape), ("C128", 1, 16, .elementType),
            ("u8", 1, 1, .elementType),
        ] {
            let entry = Self.tensor(type, "[\(count)]", "[0,\(bytes)]")
            let url = try folder.file(
                "\(type).safetensors",
                safetensors(header: "{\"weight\":{\(entry)}}", dataLength: bytes)
            )
            let error = #expect(throws: SafetensorsError.self) { try SafetensorsFile(at: url) }
            #expect(error?.kind == kind && error?.description.contains("'weight'") == true)
        }
    }
}
