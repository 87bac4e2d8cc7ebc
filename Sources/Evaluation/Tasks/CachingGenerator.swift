import Synchronization

/// A model that remembers what it replied, so that a calculator costs only what it changes.
///
/// Decoding is greedy and no reply depends on another, so a reply in which the assistant would have
/// forced just the tokens that stand there is what the model replies with that assistant too. Only
/// the other prompts are asked again.
package final class CachingGenerator<Model: ReplyGenerator>: ReplyGenerator {
    private struct Question: Hashable {
        var prompt: [Int32]
        var settings: ReplySettings
    }

    package var maximumPositions: Int { model.maximumPositions }

    private let model: Model
    private let plain = Mutex<[Question: [Int32]]>([:])

    /// Remembers the replies of `model` that nobody assisted.
    package init(_ model: Model) { self.model = model }

    package func replies(
        to prompts: [[Int32]],
        settings: ReplySettings,
        assistant: (@Sendable (Int, [Int32]) -> [Int32])?
    ) throws -> [[Int32]] {
        // The same reply at any batch size.
        var key = settings
        key.batchSize = 0
        let known = plain.withLock { plain in
            prompts.map { plain[Question(prompt: $0, settings: key)] }
        }
        let open = prompts.indices.filter { index in
            guard let reply = known[index] else { return true }
            guard let assistant else { return false }
            return !Self.isKept(reply, most: settings.maximumNewTokens) { assistant(index, $0) }
        }
        var replies = known.map { $0 ?? [] }
        guard !open.isEmpty else { return replies }
        var helper: (@Sendable (Int, [Int32]) -> [Int32])?
        if let assistant {
            helper = { place, tokens in assistant(open[place], tokens) }
        }
        let asked = try model.replies(
            to: open.map { prompts[$0] },
            settings: settings,
            assistant: helper
        )
        // A wrong count is the caller's to report.
        guard asked.count == open.count else { return asked }
        for (index, reply) in zip(open, asked) { replies[index] = reply }
        if assistant == nil {
            plain.withLock { plain in
                for index in open {
                    plain[Question(prompt: prompts[index], settings: key)] = replies[index]
                }
            }
        }
        return replies
    }

    /// Whether an assistant forces nothing but what a reply holds anyway.
    private static func isKept(
        _ reply: [Int32],
        most: Int,
        assistant: ([Int32]) -> [Int32]
    ) -> Bool {
        var count = 1
        while count <= reply.count, count < most {
            let forced = assistant(Array(reply[..<count])).prefix(most - count)
            guard reply[count...].starts(with: forced) else { return false }
            // Behind forced tokens the assistant is asked again only at the last of them.
            count += max(1, forced.count)
        }
        return true
    }
}
