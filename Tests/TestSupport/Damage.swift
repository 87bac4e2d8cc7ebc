import Foundation
import Foundations

/// Damages bytes in ways that reach deep into a reader; the same generator damages in the same way.
package struct Damage {
    private static let numbers = [
        "0", "-1", "1", "7", "4294967296", "9007199254740993", "9223372036854775807",
        "9223372036854775808", "18446744073709551615", "18446744073709551616", "1e308", "0.5",
        "-0", "00", "1e999", "null", "[]", "true",
    ]
    private static let texts = [
        "../../outside.safetensors", "/outside", "", "\\u0000", "\\ud800", "F32", "I64",
        "__metadata__", "lm_head.weight", "model.layers.4294967296.mlp.up_proj.weight",
    ]

    /// Pieces with a meaning in some format, and characters that count as more than they look.
    private static let signs = [
        "\"", "'", "{", "}", "[", "]", ":", ",", "&a ", "*a", "<<: ", "!!binary ", "|\n", "---\n",
        "\t", "\r",
        "\u{0}", "\u{1B}[2J", "\u{FEFF}", "\u{2028}", "\u{202E}", "万", "十", "Ⅻ", "⑩", "½", "٣", "১",
        "e\u{301}",
        "<|user|>", "</s>", "####", "<<1+1=2>>", "\\frac{1}{0}", "1e400", ".nan", "-.inf", "~",
        String(repeating: "[", count: 3_000), String(repeating: "9", count: 400),
        String(repeating: "x", count: 70_000),
    ]

    private var chance: SeededGenerator

    /// Damages in the way of a case; the same seed and number damage in the same way.
    package init(seed: UInt64, number: Int) {
        chance = SeededGenerator(seed: seed, stream: "fuzz", indices: number)
    }

    private mutating func number(below bound: Int) -> Int {
        bound < 1 ? 0 : Int(chance.next() % UInt64(bound))
    }

    private mutating func choice<Element>(_ elements: [Element]) -> Element {
        elements[number(below: elements.count)]
    }

    /// Changes a file in the way that its name asks for.
    ///
    /// A safetensors file mostly keeps a length that fits its header; in a SentencePiece model
    /// fields are changed and cut, in a GGUF file counts and lengths; everything else is text, in
    /// which something often survives.
    package mutating func file(_ data: Data, named name: String) -> Data {
        if name.hasSuffix(".model") || name.hasSuffix(".gz") { return binary(data) }
        if name.hasSuffix(".gguf") { return number(below: 3) == 0 ? binary(data) : counted(data) }
        guard name.hasSuffix(".safetensors"), data.count >= 8 else { return text(data) }
        let length = data.prefix(8).enumerated().reduce(0) {
            $0 | Int($1.element) << (8 * $1.offset)
        }
        let end = min(data.count, 8 + length)
        switch number(below: 8) {
        case 0: return raw(data)
        case 1:
            let lengths: [UInt64] = [0, 1, 8, .max, 1 << 63, UInt64(data.count), 100_000_001]
            return withUnsafeBytes(of: choice(lengths).littleEndian) { Data($0) }
                + data.dropFirst(8)
        default:
            let header = text(Data(data[8..<end]))
            let claimed = UInt64(header.count + (number(below: 6) == 0 ? number(below: 9) : 0))
            return withUnsafeBytes(of: claimed.littleEndian) { Data($0) } + header + data[end...]
        }
    }

    /// Changes several places of a binary file.
    private mutating func binary(_ data: Data) -> Data {
        var data = Data(data)
        for _ in 0...number(below: 4) { data = raw(data) }
        return data
    }

    /// Puts numbers with a meaning over whole fields, mostly near the beginning, where the header
    /// lies.
    private mutating func counted(_ data: Data) -> Data {
        let numbers: [UInt64] = [
            0, 1, 2, 7, 8, 9, 12, 31, 255, 1 << 20, 1 << 31, 1 << 32, 1 << 61, 1 << 62, 1 << 63,
            .max,
        ]
        var bytes = Array(data)
        for _ in 0...number(below: 3) {
            let width = choice([1, 2, 4, 8])
            let end = number(below: 3) == 0 ? bytes.count : min(bytes.count, 6_000)
            let place = number(below: end - width)
            let value = choice(numbers)
            for byte in 0..<width where place + byte < bytes.count {
                bytes[place + byte] = UInt8(truncatingIfNeeded: value >> UInt64(8 * byte))
            }
        }
        return Data(bytes)
    }

    /// Changes JSON, YAML or lines, of which something often survives.
    private mutating func text(_ data: Data) -> Data {
        var data = Data(data)
        for _ in 0...number(below: 3) {
            switch number(below: 8) {
            case 0: data = raw(data)
            case 5: data = inserted(in: data, choice(Self.signs))
            case 6: data = removedLine(of: data)
            case 1, 2: data = replace(in: data, Self.numbers) { (48...57).contains($0) }
            case 3, 4:
                data = replace(in: data, Self.texts) {
                    $0 != 34 && $0 != 44 && $0 != 58 && $0 != 123 && $0 != 125
                }
            default: data = copied(data)
            }
        }
        return data
    }

    /// Changes, adds, takes out or cuts off bytes.
    private mutating func raw(_ data: Data) -> Data {
        var bytes = Array(data)
        let place = number(below: bytes.count)
        switch number(below: 4) {
        case 0 where !bytes.isEmpty: bytes[place] = UInt8(truncatingIfNeeded: chance.next())
        case 1: bytes.insert(UInt8(truncatingIfNeeded: chance.next()), at: place)
        case 2: bytes.removeSubrange(place..<min(bytes.count, place + number(below: 16)))
        default: bytes = Array(bytes.prefix(place))
        }
        return Data(bytes)
    }

    /// Puts something else in the place of a run of bytes.
    private mutating func replace(
        in data: Data,
        _ choices: [String],
        _ belongs: (UInt8) -> Bool
    ) -> Data {
        let bytes = Array(data)
        let starts = bytes.indices.filter {
            belongs(bytes[$0]) && ($0 == 0 || !belongs(bytes[$0 - 1]))
        }
        guard !starts.isEmpty else { return data }
        let start = choice(starts)
        let end = bytes[start...].firstIndex { !belongs($0) } ?? bytes.count
        return Data(bytes[..<start]) + Data(choice(choices).utf8) + Data(bytes[end...])
    }

    /// Repeats a piece between two commas, as a key that is there twice.
    private mutating func copied(_ data: Data) -> Data {
        let bytes = Array(data)
        let commas = bytes.indices.filter { bytes[$0] == 44 }
        guard commas.count > 1 else { return data }
        let first = number(below: commas.count - 1)
        let piece = bytes[commas[first]..<commas[first + 1]]
        let place = choice(commas)
        return Data(bytes[..<place]) + Data(piece) + Data(bytes[place...])
    }

    /// Puts a piece anywhere, also inside of a character.
    private mutating func inserted(in data: Data, _ piece: String) -> Data {
        let place = number(below: data.count + 1)
        return data.prefix(place) + Data(piece.utf8) + data.dropFirst(place)
    }

    /// Takes a line out, puts it elsewhere, or moves it to the right.
    private mutating func removedLine(of data: Data) -> Data {
        var lines = data.split(separator: 10, omittingEmptySubsequences: false)
        guard lines.count > 1 else { return data }
        let line = lines.remove(at: number(below: lines.count))
        switch number(below: 3) {
        case 0: break
        case 1: lines.insert(line, at: number(below: lines.count + 1))
        default: lines.insert(Data("  ".utf8) + line, at: number(below: lines.count + 1))
        }
        return Data(lines.joined(separator: [10]))
    }
}
