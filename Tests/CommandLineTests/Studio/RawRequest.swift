import Foundation

/// A request written byte by byte, so that a test can say what no client library would.
struct RawRequest {
    /// What came back.
    struct Answer {
        var status: Int
        var headers: [String: String]
        var body: String

        /// The body as JSON.
        func object() throws -> [String: Any] {
            try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any] ?? [:]
        }

        /// The events of a stream by name, in order.
        var events: [(name: String, data: [String: Any])] {
            body.components(separatedBy: "\n\n").compactMap { block in
                let lines = block.split(separator: "\n")
                guard let name = lines.first(where: { $0.hasPrefix("event: ") }),
                    let data = lines.first(where: { $0.hasPrefix("data: ") }),
                    let value = try? JSONSerialization.jsonObject(
                        with: Data(data.dropFirst(6).utf8)
                    ) as? [String: Any]
                else { return nil }
                return (String(name.dropFirst(7)), value)
            }
        }
    }

    struct Unreachable: Error {}

    var port: Int
    var method = "GET"
    var path: String
    var headers: [String: String]
    var body = ""

    /// Sends it and reads until the server closes.
    ///
    /// - Parameter bytes: Stops reading, and hangs up, after so many bytes.
    /// - Returns: What came back.
    /// - Throws: `Unreachable`.
    func send(upTo bytes: Int = .max) throws -> Answer {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Unreachable() }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Unreachable() }
        var head = "\(method) \(path) HTTP/1.1\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        if !body.isEmpty || method == "POST" { head += "Content-Length: \(body.utf8.count)\r\n" }
        head += "Connection: close\r\n\r\n"
        let text = Array((head + body).utf8)
        guard write(descriptor, text, text.count) == text.count else { throw Unreachable() }
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while received.count < bytes {
            let count = read(descriptor, &buffer, buffer.count)
            guard count > 0 else { break }
            received += buffer.prefix(count)
        }
        return Self.parsed(received)
    }

    private static func parsed(_ bytes: [UInt8]) -> Answer {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else {
            return Answer(status: 0, headers: [:], body: text)
        }
        let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
        let words = lines.first?.split(separator: " ") ?? []
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = line[line.index(after: colon)...]
                .trimmingCharacters(in: .whitespaces)
        }
        let rest = Array(text[end.upperBound...].utf8)
        let isChunked = headers["transfer-encoding"] == "chunked"
        return Answer(
            status: words.count > 1 ? Int(words[1]) ?? 0 : 0,
            headers: headers,
            body: String(decoding: isChunked ? unchunked(rest) : rest, as: UTF8.self)
        )
    }

    /// The body of a chunked answer, as far as it came.
    private static func unchunked(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: 13) {
            let size = Int(String(decoding: rest[..<end], as: UTF8.self), radix: 16) ?? 0
            guard size > 0 else { break }
            rest = rest[(end + 2)...]
            result += rest.prefix(size)
            guard rest.count > size + 2 else { break }
            rest = rest.dropFirst(size + 2)
        }
        return result
    }
}
