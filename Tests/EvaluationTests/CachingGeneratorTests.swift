import Evaluation
import Synchronization
import Testing
import Transformer

/// Counts the prompts that a model is asked.
private final class CountingGenerator: ReplyGenerator {
    let model: TextGenerator
    let asked = Mutex(0)

    init(_ model: TextGenerator) { self.model = model }

    func replies(
        to prompts: [[Int32]],
        settings: ReplySettings,
        assistant: (@Sendable (Int, [Int32]) -> [Int32])?
    ) throws -> [[Int32]] {
        asked.withLock { $0 += prompts.count }
        return try model.replies(to: prompts, settings: settings, assistant: assistant)
    }
}

@Suite("Remembering generator")
struct CachingGeneratorTests {
    private let prompts = (0..<24).map { index in (0...(index % 5)).map { Int32($0 * 7 + index) } }
    private let settings = ReplySettings(maximumNewTokens: 12, stopTokens: [2], batchSize: 5)

    private func models() -> (plain: TextGenerator, counting: CountingGenerator) {
        let model = Fixture.model(vocabularySize: 64)
        let generator = TextGenerator(model: model, threadCount: 2)
        return (generator, CountingGenerator(generator))
    }

    @Test(
        "an assisted reply is what the model writes with the assistant, asked again or not",
        arguments: [1, 2, 5]
    )
    func assisted(length: Int) throws {
        let (plain, counting) = models()
        let remembering = CachingGenerator(counting)
        let replies = try plain.replies(to: prompts, settings: settings, assistant: nil)
        #expect(Set(replies).count > 5, "the fixture must not repeat one reply")
        // Behind a token divisible by three some tokens are forced: for even prompts those that the
        // model wrote itself, for odd ones others.
        let assistant: @Sendable (Int, [Int32]) -> [Int32] = { index, tokens in
            guard let last = tokens.last, last % 3 == 0 else { return [] }
            let own = replies[index].dropFirst(tokens.count).prefix(length)
            if index % 2 == 0, replies[index].starts(with: tokens) { return Array(own) }
            return Array(repeating: (last + 1) % 64 == 2 ? 5 : (last + 1) % 64, count: length)
        }
        #expect(
            try remembering.replies(to: prompts, settings: settings, assistant: nil) == replies
        )
        #expect(counting.asked.withLock { $0 } == prompts.count)
        let expected = try plain.replies(to: prompts, settings: settings, assistant: assistant)
        #expect(expected != replies)
        var other = settings
        other.batchSize = 3
        let got = try remembering.replies(to: prompts, settings: other, assistant: assistant)
        #expect(got == expected)
        let again = counting.asked.withLock { $0 } - prompts.count
        #expect(again > 0 && again <= prompts.count / 2)
    }

    @Test("a reply that ends where the assistant would go on is asked again")
    func ended() throws {
        let (plain, counting) = models()
        let remembering = CachingGenerator(counting)
        var short = settings
        short.maximumNewTokens = 3
        let first = try plain.replies(to: prompts, settings: short, assistant: nil)
        // The stop token is the one that every reply would write next.
        let stop = try #require(first.first { $0.count == 3 })[2]
        var ending = settings
        ending.stopTokens = [stop]
        let replies = try remembering.replies(to: prompts, settings: ending, assistant: nil)
        let forcing: @Sendable (Int, [Int32]) -> [Int32] = { index, tokens in
            tokens.count == replies[index].count ? [9, 8] : []
        }
        let expected = try plain.replies(to: prompts, settings: ending, assistant: forcing)
        #expect(expected != replies)
        #expect(
            try remembering.replies(to: prompts, settings: ending, assistant: forcing) == expected
        )
    }

    @Test("another length of reply is another question")
    func otherSettings() throws {
        let (plain, counting) = models()
        let remembering = CachingGenerator(counting)
        _ = try remembering.replies(to: prompts, settings: settings, assistant: nil)
        var longer = settings
        longer.maximumNewTokens = 14
        #expect(
            try remembering.replies(to: prompts, settings: longer, assistant: nil)
                == plain.replies(to: prompts, settings: longer, assistant: nil)
        )
        #expect(counting.asked.withLock { $0 } == 2 * prompts.count)
    }
}
