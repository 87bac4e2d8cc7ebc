import Foundation

/// Errors of the system and of decoders in words that people can use.
///
/// Our own errors describe themselves. Those of Foundation have words that leave out the file, or
/// print a value of the language.
package enum ErrorText {
    /// An error as one sentence.
    ///
    /// - Parameters:
    ///   - error: Any error.
    ///   - path: The file that it is about, for errors that do not know it.
    /// - Returns: What is wrong; with the file, where it is known.
    package static func text(of error: any Error, path: String? = nil) -> String {
        if let decoding = error as? DecodingError { return text(of: decoding) }
        if let encoding = error as? EncodingError { return text(of: encoding) }
        guard isFoundations(error) else { return String(describing: error) }
        let found = filePath(in: error) ?? path
        if let code = code(of: error) {
            guard let found else { return String(cString: strerror(code)) }
            return FileError(operation: operation(of: error), path: found, code: code).description
        }
        let words = (error as NSError).localizedDescription
        return found.map { "cannot use \($0): \(words)" } ?? words
    }

    /// The system's number for what an error of Foundation is about; nil for others.
    static func code(of error: any Error) -> Int32? {
        if let posix = error as? POSIXError { return posix.code.rawValue }
        let cocoa = error as NSError
        if cocoa.domain == NSPOSIXErrorDomain { return Int32(cocoa.code) }
        if let hidden = cocoa.userInfo[NSUnderlyingErrorKey] as? any Error,
            let code = code(of: hidden)
        {
            return code
        }
        guard let code = (error as? CocoaError)?.code else { return nil }
        switch code {
        case .fileNoSuchFile, .fileReadNoSuchFile: return ENOENT
        case .fileReadNoPermission, .fileWriteNoPermission: return EACCES
        case .fileReadInvalidFileName, .fileWriteInvalidFileName: return ENAMETOOLONG
        case .fileWriteOutOfSpace: return ENOSPC
        case .fileWriteVolumeReadOnly: return EROFS
        case .fileWriteFileExists: return EEXIST
        case .fileReadTooLarge: return EFBIG
        case .fileReadInapplicableStringEncoding, .fileReadCorruptFile: return EILSEQ
        default: return nil
        }
    }

    /// The file that an error of Foundation is about, when it says so.
    static func filePath(in error: any Error) -> String? {
        let values = (error as NSError).userInfo
        let path = values[NSFilePathErrorKey] as? String
        return path ?? (values[NSURLErrorKey] as? URL)?.path(percentEncoded: false)
            ?? (values[NSUnderlyingErrorKey] as? any Error).flatMap(filePath)
    }

    /// Whether an error has no words of ours.
    static func isFoundations(_ error: any Error) -> Bool {
        error is CocoaError || error is POSIXError || error is URLError
            || type(of: error) == NSError.self
    }

    private static func operation(of error: any Error) -> String {
        guard let cocoa = error as? CocoaError else { return "use" }
        return (512..<768).contains(cocoa.code.rawValue) ? "write" : "read"
    }

    // MARK: JSON

    private static func text(of error: DecodingError) -> String {
        switch error {
        case .typeMismatch(let type, let context):
            "\(place(context.codingPath)) is not \(kind(of: type))"
        case .valueNotFound(let type, let context):
            "\(place(context.codingPath)) is null; expected \(kind(of: type))"
        case .keyNotFound(let key, let context):
            "\(place(context.codingPath)) has no key \"\(key.stringValue)\""
        case .dataCorrupted(let context):
            damage(context)
        @unknown default: "it cannot be decoded"
        }
    }

    private static func damage(_ context: DecodingError.Context) -> String {
        guard context.codingPath.isEmpty else {
            return "\(place(context.codingPath)): \(context.debugDescription)"
        }
        let hidden = context.underlyingError.map { ($0 as NSError) }
        let details =
            (hidden?.userInfo[NSDebugDescriptionErrorKey] as? String) ?? context.debugDescription
        return "it is not JSON (\(details.trimmingCharacters(in: ["."])))"
    }

    private static func text(of error: EncodingError) -> String {
        guard case .invalidValue(let value, let context) = error else {
            return "it cannot be written as JSON"
        }
        return "\(place(context.codingPath)) is \(value), which JSON cannot hold"
    }

    private static func place(_ path: [any CodingKey]) -> String {
        guard !path.isEmpty else { return "the value" }
        let words = path.map { key in key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)" }
        return "\"\(words.joined().drop { $0 == "." })\""
    }

    /// A type as people who write JSON know it.
    private static func kind(of type: Any.Type) -> String {
        switch type {
        case is String.Type, is Substring.Type: "text"
        case is Bool.Type: "true or false"
        case is any BinaryInteger.Type: "a whole number"
        case is any BinaryFloatingPoint.Type: "a number"
        case is any JSONObjectLike.Type: "an object"
        case is any JSONListLike.Type: "a list"
        default: "what belongs there"
        }
    }
}

/// Types that JSON writes as objects, to find them without their keys and values.
private protocol JSONObjectLike {}
extension Dictionary: JSONObjectLike {}
/// Types that JSON writes as lists.
private protocol JSONListLike {}
extension Array: JSONListLike {}
