import Foundation

/// One event of a stream, as server-sent events have them: a name and a line of JSON.
package struct StreamEvent: Sendable {
    /// The name.
    package let name: String
    /// The JSON.
    package let data: String

    init(_ name: String, _ message: some Encodable) throws {
        self.name = name
        data = String(decoding: try StudioJSON.data(of: message), as: UTF8.self)
    }

    /// The bytes on the wire.
    var text: String { "event: \(name)\ndata: \(data)\n\n" }
}

/// Passes an event on to a page.
package typealias EventSink = @Sendable (StreamEvent) -> Void

/// JSON as pages get it.
enum StudioJSON {
    /// Keys are sorted, so that equal messages have equal texts.
    static func data(of message: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(message)
    }
}
