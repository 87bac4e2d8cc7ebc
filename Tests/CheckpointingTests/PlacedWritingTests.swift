import Checkpointing
import Foundation
import Testing

@Suite("Writing and copying at a place")
struct PlacedWritingTests {
    @Test("A file of a given length is filled in any order")
    func places() throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "file")
        let file = try OutputFile(creating: url.path, byteCount: 10)
        try Data([7, 8, 9]).withUnsafeBytes { try file.write($0, at: 7) }
        try Data([1, 2]).withUnsafeBytes { try file.write($0, at: 0) }
        #expect(try Data(contentsOf: url) == Data([1, 2, 0, 0, 0, 0, 0, 7, 8, 9]))
        #expect(throws: FileError.self) { try OutputFile(creating: url.path, byteCount: 1) }
    }

    @Test("More room than the disk has is refused before anything is written")
    func noRoom() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: FileError.self) {
            try OutputFile(
                creating: folder.url.appending(path: "file").path,
                byteCount: 1 << 60
            )
        }
        #expect(error?.code == ENOSPC)
    }

    @Test("Parts of a tensor are copied from file to file")
    func copies() throws {
        let folder = try TemporaryFolder()
        let source = folder.url.appending(path: "source.safetensors")
        let tensor = try TensorDescription(name: "t", elementType: .uint8, shape: [100_000])
        let contents = Data((0..<100_000).map { UInt8(truncatingIfNeeded: $0 * 31) })
        try SafetensorsWriter.write([tensor], to: source) { _, emit in
            try contents.withUnsafeBytes { try emit($0) }
        }
        let url = folder.url.appending(path: "copy")
        let file = try OutputFile(creating: url.path, byteCount: 100_003)
        let opened = try SafetensorsFile(at: source)
        for part in [50_001..<100_000, 0..<50_001] {
            try opened.copyBytes(of: "t", part, to: file, at: 3 + part.lowerBound)
        }
        #expect(try Data(contentsOf: url) == Data(count: 3) + contents)
        #expect(throws: SafetensorsError.self) {
            try opened.copyBytes(of: "other", 0..<1, to: file, at: 0)
        }
    }

    @Test("The first element that is not finite is found, in every type that can hold one")
    func notFinite() {
        func first<Bits: FixedWidthInteger>(_ bits: [Bits], _ type: ElementType) -> Int? {
            bits.withUnsafeBytes { ElementScan.firstNotFinite(in: $0, as: type) }
        }
        let single = [Float](repeating: .greatestFiniteMagnitude, count: 10_000).map(\.bitPattern)
        #expect(first(single, .float32) == nil)
        for (place, value) in [(0, Float.nan), (4_096, .infinity), (9_999, -.infinity)] {
            var bits = single
            bits[place] = value.bitPattern
            #expect(first(bits, .float32) == place)
        }
        #expect(first([0x7f7f, 0xff80, 0x7fc0] as [UInt16], .bfloat16) == 1)
        #expect(first([0x7bff, 0x7f7f] as [UInt16], .float16) == 1)
        #expect(first([Double.pi.bitPattern, Double.nan.bitPattern], .float64) == 1)
        #expect(first([UInt32.max], .int32) == nil)
    }
}
