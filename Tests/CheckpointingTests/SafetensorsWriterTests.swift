import Checkpointing
import Foundation
import Kernels
import Testing

@Suite("Writing safetensors")
struct SafetensorsWriterTests {
    let fixture = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures/mixed.safetensors")

    @Test("The tensors of a file of the Python library, written again, are the same bytes")
    func sameBytes() throws {
        let folder = try TemporaryFolder()
        let source = try SafetensorsFile(at: fixture)
        let url = folder.url.appending(path: "again.safetensors")
        try SafetensorsWriter.write(source.tensors, metadata: source.metadata, to: url) {
            tensor,
            emit in
            // In two pieces, to show that pieces do not matter.
            try source.withBytes(of: tensor.name) { bytes in
                try emit(UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.count / 2)]))
                try emit(UnsafeRawBufferPointer(rebasing: bytes[(bytes.count / 2)...]))
            }
        }
        #expect(try Data(contentsOf: url) == Data(contentsOf: fixture))
    }

    @Test("Wide elements come first and metadata are sorted, so that data are aligned")
    func layout() throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "order.safetensors")
        let tensors = [
            try TensorDescription(name: "h", elementType: .float16, shape: [3]),
            try TensorDescription(name: "d", elementType: .float64, shape: [1]),
            try TensorDescription(name: "a", elementType: .float16, shape: [1]),
        ]
        let metadata = ["z": "1", "b\n\u{1}": "\"", "format": "pt"]
        try SafetensorsWriter.write(tensors, metadata: metadata, to: url) { tensor, emit in
            try Data(count: tensor.byteCount).withUnsafeBytes { try emit($0) }
        }
        let file = try SafetensorsFile(at: url)
        #expect(file.tensors.map(\.name) == ["d", "h", "a"])
        #expect(file.metadata == metadata)
        let data = try Data(contentsOf: url)
        #expect(data.count % 8 == 0)
        let text = String(decoding: data[8...], as: UTF8.self)
        #expect(
            text.hasPrefix(
                #"{"__metadata__":{"b\n\u0001":"\"","format":"pt","z":"1"},"d":{"dtype":"F64""#
            )
        )
    }

    @Test(
        "Too few bytes, too many, and repeated names are errors that leave nothing",
        arguments: 0..<4
    )
    func wrongContents(example: Int) throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "bad.safetensors")
        let names = [["a"], ["a"], ["a", "a"], ["__metadata__"]][example]
        let length = [7, 9, 8, 8][example]
        let error = #expect(throws: SafetensorsError.self) {
            let tensors = try names.map {
                try TensorDescription(name: $0, elementType: .float32, shape: [2])
            }
            try SafetensorsWriter.write(tensors, to: url) { _, emit in
                try Data(count: length).withUnsafeBytes { try emit($0) }
            }
        }
        #expect(error?.kind == .content)
        #expect(try folder.names() == [])
    }

    @Test("An existing file is refused, and replaced when asked")
    func existing() throws {
        let folder = try TemporaryFolder()
        let url = try folder.file("model.safetensors", Data("old".utf8))
        #expect(throws: FolderError.self) { try SafetensorsWriter.write([], to: url) { _, _ in } }
        #expect(try Data(contentsOf: url) == Data("old".utf8))
        try SafetensorsWriter.write([], to: url, replacing: true) { _, _ in }
        #expect(try SafetensorsFile(at: url).metadata == ["format": "pt"])
    }

    // Input and result bits as PyTorch 2 has them: torch.tensor(…).bfloat16(), .half().
    static let rounding: [(single: UInt32, brain: UInt16, half: UInt16)] = [
        (0x3f80_8000, 0x3f80, 0x3c04), (0x3f81_8000, 0x3f82, 0x3c0c),
        (0xbf80_8000, 0xbf80, 0xbc04), (0x7f7f_c99e, 0x7f80, 0x7c00),
        (0x0001_16c2, 0x0001, 0x0000), (0x477f_ef00, 0x4780, 0x7bff),
        (0x477f_f000, 0x4780, 0x7c00), (0x3380_0000, 0x3380, 0x0001),
        (0x3300_0000, 0x3300, 0x0000), (0x33c0_0000, 0x33c0, 0x0002),
        (0x3f80_3000, 0x3f80, 0x3c02), (0x3dcc_cccd, 0x3dcd, 0x2e66),
    ]

    @Test("Half and bfloat16 are rounded to nearest even", arguments: rounding)
    func rounded(single: UInt32, brain: UInt16, half: UInt16) {
        let buffer = FloatBuffer(count: 1)
        buffer.view[0] = Float(bitPattern: single)
        for (type, expected) in [(ElementType.bfloat16, brain), (.float16, half)] {
            var result: UInt16 = 0
            withUnsafeMutableBytes(of: &result) {
                ElementConversion.encode(buffer.view, as: type, into: $0)
            }
            #expect(result == expected, "\(type.rawValue)")
        }
    }

    @Test(
        "Every half and bfloat16 survives the way to Float and back",
        arguments: [ElementType.bfloat16, .float16]
    )
    func allPatterns(type: ElementType) {
        let patterns = (0...UInt16.max).map { $0 }
        let buffer = FloatBuffer(count: patterns.count)
        patterns.withUnsafeBytes { ElementConversion.decode($0, as: type, into: buffer.view) }
        var back = [UInt16](repeating: 0, count: patterns.count)
        back.withUnsafeMutableBytes { ElementConversion.encode(buffer.view, as: type, into: $0) }
        var different = 0
        for pattern in patterns where back[Int(pattern)] != pattern {
            // Signalling NaNs become quiet ones.
            #expect(buffer.view[Int(pattern)].isNaN)
            different += 1
        }
        // 2 signs times the signalling fractions: 2^6 - 1 of bfloat16, 2^9 - 1 of half.
        #expect(different == 0 || different == 2 * (type == .bfloat16 ? 63 : 511))
    }
}
