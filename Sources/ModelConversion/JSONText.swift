import Foundation

/// A value of JSON that is written with its keys in their order.
///
/// Foundation's writer puts keys into a dictionary of `String`, where two tokens that look alike
/// become one.
indirect enum JSONText {
    case null
    case flag(Bool)
    case integer(Int)
    case decimal(Double)
    case text(String)
    case list([JSONText])
    case object([(key: String, value: JSONText)])

    /// The text, each key of the outer levels on a line of its own.
    ///
    /// - Parameter levels: How many levels get lines; those below stay on one.
    /// - Returns: The bytes, in UTF-8.
    func data(levels: Int = 2) -> Data {
        var bytes: [UInt8] = []
        write(to: &bytes, indent: 0, levels: levels)
        bytes.append(UInt8(ascii: "\n"))
        return Data(bytes)
    }

    private func write(to bytes: inout [UInt8], indent: Int, levels: Int) {
        switch self {
        case .null: bytes += "null".utf8
        case .flag(let flag): bytes += (flag ? "true" : "false").utf8
        case .integer(let number): bytes += "\(number)".utf8
        case .decimal(let number): bytes += "\(number)".utf8
        case .text(let text): Self.write(text, to: &bytes)
        case .list(let values):
            Self.write(values, "[", "]", to: &bytes, indent, levels) { value, bytes in
                value.write(to: &bytes, indent: indent + 1, levels: levels - 1)
            }
        case .object(let pairs):
            Self.write(pairs, "{", "}", to: &bytes, indent, levels) { pair, bytes in
                Self.write(pair.key, to: &bytes)
                bytes += ": ".utf8
                pair.value.write(to: &bytes, indent: indent + 1, levels: levels - 1)
            }
        }
    }

    private static func write<Element>(
        _ elements: [Element],
        _ open: String,
        _ close: String,
        to bytes: inout [UInt8],
        _ indent: Int,
        _ levels: Int,
        _ one: (Element, inout [UInt8]) -> Void
    ) {
        let hasLines = levels > 0 && !elements.isEmpty
        let line = { (depth: Int) in "\n" + String(repeating: "  ", count: depth) }
        bytes += open.utf8
        for (place, element) in elements.enumerated() {
            if place > 0 { bytes += (hasLines ? "," : ", ").utf8 }
            if hasLines { bytes += line(indent + 1).utf8 }
            one(element, &bytes)
        }
        if hasLines { bytes += line(indent).utf8 }
        bytes += close.utf8
    }

    private static func write(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes += "\\\"".utf8
            case UInt8(ascii: "\\"): bytes += "\\\\".utf8
            case 0x0A: bytes += "\\n".utf8
            case 0x0D: bytes += "\\r".utf8
            case 0x09: bytes += "\\t".utf8
            case 0..<0x20:
                let digits = String(byte, radix: 16)
                bytes += ("\\u00" + (digits.count < 2 ? "0" : "") + digits).utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
