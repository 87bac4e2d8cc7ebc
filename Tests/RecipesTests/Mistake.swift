import Foundation
import RecipeTestSupport
import Testing

/// One mistake in the tiny recipe and what must be said about it.
struct Mistake: CustomTestStringConvertible, Sendable {
    var testDescription: String
    /// What stands in the recipe.
    var original: String
    /// What is written in its place.
    var written: String
    /// What the message must hold.
    var expected: [String]
    /// A part of the line that the message must name; nil when no line can be named.
    var line: String?

    init(
        _ name: String,
        _ original: String,
        _ written: String,
        line: String?,
        _ expected: String...
    ) {
        testDescription = name
        self.original = original
        self.written = written
        self.line = line
        self.expected = expected
    }

    /// Makes the mistake in the tiny recipe and reads what is said about it.
    func verify() throws {
        let tiny = try RecipeSupport.tinyText()
        try #require(tiny.contains(original))
        let start = try #require(tiny.range(of: original))
        let text = tiny.replacingCharacters(in: start, with: written)
        let message = RecipeSupport.message { try RecipeSupport.load(text) }
        #expect(message.contains("changed.yaml"), "\(message)")
        for part in expected { #expect(message.contains(part), "\(message)") }
        if let line {
            let number = RecipeSupport.line(of: line, in: text)
            #expect(message.contains("changed.yaml:\(number): "), "line \(number): \(message)")
        }
    }
}
