import Checkpointing
import Foundation

extension TransformerModel {
    /// The names of all tensors, in the order of the model from input to output.
    public var tensorNames: [String] { layout.entries.map(\.name) }

    /// The numbers of a tensor, row by row.
    ///
    /// - Parameter name: The name as in a checkpoint, such as `model.norm.weight`.
    /// - Returns: Nil when the model has no such tensor.
    public func values(of name: String) -> [Float]? {
        layout.entry(named: name).map { withFloats(of: $0) { $0.array() } }
    }

    /// Saves the model as a checkpoint folder, which appears when it is complete.
    ///
    /// It holds the configuration and the weights, and no tokenizer.
    ///
    /// - Parameter folder: The folder, which must not exist yet; folders above it are created.
    /// - Throws: An error when the folder exists or cannot be written, and for a configuration that
    ///   no model can have.
    public func save(to folder: URL) throws {
        try configuration.check()
        try AtomicFolder.create(at: folder) { try write(to: $0) }
    }

    /// Refuses tokens that are not in the vocabulary.
    ///
    /// - Throws: `TokenError`.
    package static func check(_ tokens: [Int32], vocabularySize: Int) throws(TokenError) {
        guard let token = tokens.first(where: { $0 < 0 || $0 >= vocabularySize }) else { return }
        throw TokenError(token: token, vocabularySize: vocabularySize)
    }
}

/// A token that a model has no embedding for.
package struct TokenError: Error, Hashable, CustomStringConvertible {
    /// The token.
    package let token: Int32
    /// The size of the vocabulary.
    package let vocabularySize: Int

    package var description: String {
        "the token \(token) is not in the model's vocabulary of \(vocabularySize); expected 0 to "
            + "\(vocabularySize - 1): use the model's own tokenizer"
    }
}
