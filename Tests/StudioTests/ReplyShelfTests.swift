import Datasets
import Evaluation
import Foundation
import RecipeTestSupport
import Recipes
import Studio
import Testing

@Suite("The replies that Studio keeps")
struct ReplyShelfTests {
    /// Merges that differ in what plays a part.
    private static func settings(_ count: Int) throws -> [Subject] {
        let merge = try #require(RecipeSupport.tiny().merges["soup"]?.points.first)
        return (0..<count).map { number in
            var merge = merge
            merge.inputs["math"] = "math-\(number)"
            return .merge(merge)
        }
    }

    /// As many replies.
    private static func replies(_ count: Int) throws -> [MathRecord] {
        let row = """
            {"task": "target_math", "version": 1, "id": "a", "language": "sw", "kind": "", \
            "prompt": "?", "reply": "1", "gold": "1", \
            "strict_correct": true, "flexible_correct": true, "equations": [], \
            "gold_equations": [], "truncated": false, "calculator": false}
            """
        let record = try JSONDecoder().decode(MathRecord.self, from: Data(row.utf8))
        return Array(repeating: record, count: count)
    }

    @Test("a setting that is looked at again stays, and the one that was left longest goes")
    func recent() throws {
        let settings = try Self.settings(ReplyShelf.capacity + 1)
        var shelf = ReplyShelf()
        for setting in settings.dropLast() {
            shelf.keep(try Self.replies(10), of: setting, .target, named: [])
        }
        // A page goes back to the first one, and meanwhile another page adds one.
        #expect(shelf.records(of: settings[0], .target).count == 10)
        shelf.keep(try Self.replies(10), of: settings[ReplyShelf.capacity], .target, named: [])
        #expect(shelf.records(of: settings[0], .target).count == 10)
        #expect(shelf.records(of: settings[1], .target).isEmpty)
        #expect(shelf.records(of: settings[2], .target).count == 10)
    }

    @Test("the replies of settings with a name stay, and fewer never replace more")
    func named() throws {
        let settings = try Self.settings(2 * ReplyShelf.capacity)
        var shelf = ReplyShelf()
        for setting in settings {
            shelf.keep(try Self.replies(10), of: setting, .english, named: [settings[0]])
        }
        #expect(shelf.records(of: settings[0], .english).count == 10)
        #expect(shelf.records(of: settings[0], .target).isEmpty)
        #expect(shelf.records(of: settings[1], .english).isEmpty)
        shelf.keep(try Self.replies(4), of: settings[0], .english, named: [settings[0]])
        #expect(shelf.records(of: settings[0], .english).count == 10)
        shelf.keep(try Self.replies(24), of: settings[0], .english, named: [settings[0]])
        #expect(shelf.records(of: settings[0], .english).count == 24)
    }
}
