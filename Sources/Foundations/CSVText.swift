/// Tables as comma-separated values (RFC 4180).
package enum CSVText {
    /// The rows, each ended by CR and LF; fields with a comma, a quote or an end of line are
    /// quoted.
    package static func table(_ rows: [[String]]) -> String {
        rows.map { $0.map(field).joined(separator: ",") + "\r\n" }.joined()
    }

    /// Works on bytes: a quote with a combining mark, or CR and LF, would be one character.
    private static func field(_ text: String) -> String {
        let quote = UInt8(ascii: "\"")
        let special: Set = [quote, UInt8(ascii: ","), UInt8(ascii: "\r"), UInt8(ascii: "\n")]
        guard text.utf8.contains(where: special.contains) else { return text }
        let doubled = text.utf8.flatMap { $0 == quote ? [quote, quote] : [$0] }
        return String(decoding: [quote] + doubled + [quote], as: UTF8.self)
    }
}
