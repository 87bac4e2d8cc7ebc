/// Why a file is refused as safetensors.
package struct SafetensorsError: Error, Hashable, CustomStringConvertible {
    /// The kinds of defects.
    package enum Kind: String, Hashable, Sendable {
        /// The file is shorter than its own header says.
        case truncated
        /// The length of the header is impossible.
        case headerLength
        /// The header is not UTF-8.
        case encoding
        /// The header is not the JSON that the format asks for.
        case syntax
        /// A name occurs twice.
        case duplicate
        /// The element type is unknown, or not one that the caller can use.
        case elementType
        /// The extents are impossible.
        case shape
        /// A range of bytes runs backwards or past the end of the data.
        case range
        /// The range of bytes does not have the size that shape and element type ask for.
        case byteCount
        /// Two tensors share bytes.
        case overlap
        /// Bytes belong to no tensor.
        case gap
        /// A tensor is not in the file.
        case missingTensor
        /// What the caller wants to write cannot be written.
        case content
    }

    /// The kind of the defect.
    package let kind: Kind
    /// The file.
    package let path: String
    /// The byte of the file at which the defect was seen, when there is one.
    package let position: Int?
    /// What was found.
    package let found: String
    /// What would have been right.
    package let expected: String

    /// Path, byte position, what was found and what was expected, in one line.
    package var description: String {
        let place = position.map { "\(path), byte \($0)" } ?? path
        return "\(place): \(found); expected \(expected)"
    }
}
