import Foundation
import Yams

/// YAML of people we do not know, read within bounds.
///
/// A file of some hundred bytes can stand for billions of values when aliases repeat aliases, and
/// the library hashes keys as deep as they go. Nesting is bounded by the library itself (1,000
/// levels).
package enum BoundedYAML {
    /// The most bytes of a text.
    package static let maximumBytes = 8 << 20
    /// The most values after all aliases have been written out.
    package static let maximumNodes = 1 << 20
    /// So many aliases may stand in a text whose keys are collections or aliases.
    private static let aliasesBesideDeepKeys = 15

    /// A text beyond the bounds.
    package struct Excess: Error, Hashable, Sendable, CustomStringConvertible {
        /// What was found, and the bound.
        package let description: String
    }

    /// The bytes of a file, which may be a pipe; nil when it cannot be read.
    ///
    /// - Throws: `Excess` when there are more than `maximumBytes`; the rest is not read.
    package static func data(of url: URL) throws -> Data? {
        guard let file = try? FileHandle(forReadingFrom: url) else { return nil }
        defer { try? file.close() }
        let data: Data
        do { data = try file.read(upToCount: maximumBytes + 1) ?? Data() } catch { return nil }
        guard data.count <= maximumBytes else {
            throw Excess(description: "it has more than \(maximumBytes) bytes")
        }
        return data
    }

    /// The value of a text with one document; nil for an empty one.
    ///
    /// - Throws: `Excess`, and `YamlError` for what is not YAML.
    package static func compose(_ text: String) throws -> Node? {
        guard text.utf8.count <= maximumBytes else {
            throw Excess(description: "it has more than \(maximumBytes) bytes")
        }
        try checkKeys(of: text)
        let node = try Yams.compose(yaml: text)
        if let node {
            var room = maximumNodes
            count(node, &room)
            guard room >= 0 else {
                throw Excess(
                    description: "its aliases stand for more than \(maximumNodes) values; write "
                        + "less of it with aliases"
                )
            }
        }
        return node
    }

    /// Subtracts the values of a tree from what may come, and stops below zero.
    private static func count(_ node: Node, _ room: inout Int) {
        room -= 1
        guard room >= 0 else { return }
        switch node {
        case .mapping(let mapping):
            for (key, value) in mapping where room >= 0 {
                count(key, &room)
                count(value, &room)
            }
        case .sequence(let sequence):
            for element in sequence where room >= 0 { count(element, &room) }
        case .scalar, .alias:
            break
        }
    }

    /// Refuses keys that may stand for very much: hashing one can take for ever.
    private static func checkKeys(of text: String) throws {
        let bytes = Array(text.utf8)
        var aliases = 0
        var hasDeepKey = false
        for place in bytes.indices {
            switch bytes[place] {
            case UInt8(ascii: "*") where isTokenStart(place, bytes): aliases += 1
            case UInt8(ascii: "?") where isTokenStart(place, bytes): hasDeepKey = true
            case UInt8(ascii: ":") where endsCollectionOrAlias(place, bytes): hasDeepKey = true
            default: break
            }
        }
        guard hasDeepKey, aliases > aliasesBesideDeepKeys else { return }
        throw Excess(
            description: "it has \(aliases) aliases and keys that are lists, mappings or aliases; "
                + "expected plain words as keys"
        )
    }

    private static func isTokenStart(_ place: Int, _ bytes: [UInt8]) -> Bool {
        place == 0 || " \t\r\n,[{-:?".utf8.contains(bytes[place - 1])
    }

    /// Whether a colon ends a key that is a list, a mapping or an alias.
    private static func endsCollectionOrAlias(_ colon: Int, _ bytes: [UInt8]) -> Bool {
        var place = colon - 1
        while place >= 0, bytes[place] == 0x20 || bytes[place] == 0x09 { place -= 1 }
        guard place >= 0 else { return false }
        if bytes[place] == UInt8(ascii: "]") || bytes[place] == UInt8(ascii: "}") { return true }
        while place >= 0, !" \t\r\n,[]{}".utf8.contains(bytes[place]) { place -= 1 }
        return place + 1 < colon && bytes[place + 1] == UInt8(ascii: "*")
    }
}
