/// One unit of training text.
package enum Document: Hashable, Sendable {
    /// Running text: every token is predicted.
    case text(String)
    /// A question and its reply in the chat form: by default only the reply is predicted.
    case chat(prompt: String, response: String)
}

/// An indexed, repeatable supply of documents.
///
/// The document at an index depends on the index and on the source's own settings alone.
package protocol DocumentSource: Sendable {
    /// How many documents there are, or nil when the supply has no end (generated ones).
    var count: Int? { get }
    /// A text that changes whenever the documents would, for the hash of a stage.
    var fingerprint: String { get }
    /// The rows of the file that the documents come from; nil when there is none.
    var rows: RowCounts? { get }
    /// The document at `index`: below `count`, or any number from zero when there is no end.
    func document(at index: Int) throws -> Document
}

extension DocumentSource {
    /// Nil: most sources are generated.
    package var rows: RowCounts? { nil }
}
