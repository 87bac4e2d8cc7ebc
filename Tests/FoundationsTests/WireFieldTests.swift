import Foundations
import Testing

@Suite("Fields of Protocol Buffers messages")
struct WireFieldTests {
    @Test("numbers, fixed numbers and bytes are read in order, with the place behind them")
    func fields() throws {
        // 1: 300, 2: "hi", 3: four bytes, 4: eight bytes.
        let message: [UInt8] = [
            0x08, 0xAC, 0x02, 0x12, 2, 0x68, 0x69, 0x1D, 1, 2, 0, 0, 0x21, 3, 0, 0, 0, 0, 0, 0, 1,
        ]
        let fields = try WireField.all(of: message[...])
        #expect(fields.map(\.number) == [1, 2, 3, 4])
        #expect(
            fields.map(\.content) == [
                .number(300), .bytes([0x68, 0x69]), .fixed(513), .fixed(3 + 1 << 56),
            ]
        )
        #expect(fields.map(\.end) == [3, 7, 12, 21])
        #expect(fields.map(\.value) == [300, 0, 513, 3 + 1 << 56])
        #expect(try WireField.all(of: []).isEmpty)
    }

    @Test(
        "what is cut off or no message is refused with its place",
        arguments: [
            ([0x08], 1), ([0x12, 5, 1], 2), ([0x1D, 1, 2], 1), ([0x0B, 0], 1), ([0x00, 0], 1),
            ([0x08] + Array(repeating: 0xFF, count: 12), 11),
        ] as [([UInt8], Int)]
    )
    func malformed(message: [UInt8], offset: Int) {
        let error = #expect(throws: WireField.Malformed.self) {
            try WireField.all(of: message[...])
        }
        #expect(error?.offset == offset && error?.count == message.count)
    }
}
