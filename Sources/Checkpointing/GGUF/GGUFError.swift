/// Why a GGUF file is refused, or cannot be written.
package struct GGUFError: Error, Hashable, CustomStringConvertible {
    /// The file.
    package let path: String
    /// The byte of the file at which the defect was seen, when there is one.
    package let position: Int?
    /// What was found, with the key or the tensor that it concerns.
    package let found: String
    /// What would have been right, and what to do.
    package let expected: String

    /// Describes a defect.
    package init(path: String, position: Int? = nil, found: String, expected: String) {
        self.path = path
        self.position = position
        self.found = found
        self.expected = expected
    }

    /// Path, byte position, what was found and what was expected, in one line.
    package var description: String {
        let place = position.map { "\(path), byte \($0)" } ?? path
        return "\(place): \(found); expected \(expected)"
    }
}
