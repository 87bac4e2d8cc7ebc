import Foundation
import Testing

@Suite("Studio and analyses ask as the run does", .serialized)
struct StudioQuestionTests {
    @Test("worked examples of the recipe stand before the problems everywhere")
    func examples() throws {
        let place = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: place) }
        let file = place.appending(path: "examples.jsonl")
        try Data(
            """
            {"lang": "en", "question": "2 + 3?", "answer": 5, "equation_solution": "2 + 3 = 5."}

            """.utf8
        ).write(to: file)
        let run = try TinyRun.copy(in: place)
        // The split that Studio asks, so that both ask the same problems.
        let ending = try Program.run(
            "run",
            "Recipes/tiny.yaml",
            "--set",
            "output=\(run.path)",
            "--set",
            "data.folder=\(place.path)",
            "--set",
            "evaluation.split=development",
            "--set",
            "evaluation.examples={file: examples.jsonl, count: 1}"
        )
        try #require(ending.status == 0, "\(ending.errors)")
        let records = run.appending(path: "evaluation-base/target_math.jsonl")
        let expected = try String(contentsOf: records, encoding: .utf8).split(separator: "\n").map {
            let row = try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
            return row?["reply"] as? String
        }
        #expect(expected.count == 16)
        func replies(_ run: URL) throws -> [String?] {
            try RunningStudio(run).post("api/evaluate", #"{"model": "base", "problems": 16}"#)
                .events.filter { $0.data["language"] as? String == "target" }
                .flatMap { $0.data["answers"] as? [[String: Any]] ?? [] }
                .map { $0["reply"] as? String }
        }
        #expect(try replies(run) == expected)
        let first = try #require(
            try String(contentsOf: records, encoding: .utf8).split(separator: "\n").first
        )
        let row = try JSONSerialization.jsonObject(with: Data(first.utf8)) as? [String: Any]
        let question = try #require(row?["prompt"] as? String)
        let ask = String(
            decoding: try JSONSerialization.data(withJSONObject: [
                "models": ["base"], "question": question, "language": "target",
            ]),
            as: UTF8.self
        )
        let asked = try RunningStudio(run).post("api/ask", ask).events
        let reply = asked.first { $0.name == "reply" }
        #expect(reply?.data["text"] as? String == expected[0], "\(asked)")
        let arguments = [
            "analyze", "line", run.path, "--problems", "10", "--texts", "2", "--weights", "0",
            "0.5", "1", "--json",
        ]
        #expect(try Program.start(arguments).end().status == 0)
        // What cannot be asked as the run asked is not asked otherwise. A model of a few steps may
        // reply alike with and without examples, so that this shows who reads them.
        let studio = try RunningStudio(run)
        try FileManager.default.removeItem(at: file)
        let events = try studio.post("api/evaluate", #"{"model": "base", "problems": 10}"#).events
        #expect(events.last?.name == "failed", "\(events)")
        #expect("\(events)".contains("examples.jsonl"), "\(events)")
        let words = #""question": "2 + 2?", "language": "english""#
        let asking = try studio.post("api/ask", #"{"models": ["base"], \#(words)}"#).events
        #expect(asking.last?.name == "failed", "\(asking)")
        #expect("\(asking)".contains("examples.jsonl"), "\(asking)")
        let lens = #"{"model": "base", \#(words), "tokens": []}"#
        #expect(try studio.post("api/lens", lens).status != 200)
        let missing = try Program.start(arguments).end()
        #expect(missing.status == 1 && missing.errors.contains("examples.jsonl"))
    }
}
