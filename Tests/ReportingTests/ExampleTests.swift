import Testing

@Suite("Examples in a report")
struct ExampleTests {
    /// A reply as an evaluation keeps it: right, of a right equation, or of a wrong one.
    private enum Reply { case right, slip, astray }

    private func line(_ id: String, _ kind: String, _ reply: Reply, _ text: String) -> String {
        """
        {"calculator":false,"equation_correct":\(reply != .astray),"equations":[],"flexible":"7",\
        "flexible_correct":\(reply == .right),"gold":"7","gold_equations":[],"id":"\(id)",\
        "kind":"\(kind)","language":"sw","prompt":"\(id) <b>?","reply":"\(text)",\
        "strict":"7","strict_correct":\(reply == .right),"task":"target_math","truncated":false,\
        "unknown_words":null,"version":1}

        """
    }

    /// The section about some problems, with the replies of swap, math and language to each.
    private func section(_ problems: [(kind: String, replies: [Reply])]) throws -> String? {
        let folder = try ReportFolder()
        for (place, model) in ["swap", "math", "language"].enumerated() {
            let lines = problems.enumerated().map { number, problem in
                line("p\(number)", problem.kind, problem.replies[place], "\(model) & 7")
            }
            try folder.write(lines.joined(), to: "evaluation-\(model)/target_math.jsonl")
        }
        return try folder.section("examples")
    }

    @Test("what the swap alone solves stands beside what it loses, with texts escaped")
    func both() throws {
        #expect(try ReportFolder().section("examples") == nil)
        let section = try #require(
            try section([
                ("two_steps", [.right, .astray, .slip]), ("gain", [.right, .right, .astray]),
                ("gain", [.slip, .astray, .right]), ("gain", [.slip, .slip, .slip]),
            ])
        )
        #expect(
            section.contains(
                "Of 4 problems in Swahili swap solves 1 that neither math nor language solves, and "
                    + "leaves 1 that at least one of math and language solves."
            )
        )
        #expect(section.components(separatedBy: "<article").count == 3)
        let parts = section.components(separatedBy: "<h3>Lost by swap</h3>")
        try #require(parts.count == 2)
        for text in [
            "<h3>Solved by swap alone</h3>", "p0 &lt;b&gt;?", "swap &amp; 7",
            "two steps; the answer is 7", "<strong>swap</strong> (right): ",
            "<strong>math</strong> (wrong equation): ",
            "<strong>language</strong> (right equation, wrong result): ",
        ] { #expect(parts[0].contains(text), "\(text)") }
        #expect(parts[1].contains("p2 &lt;b&gt;?") && !parts[1].contains("p3"))
    }

    @Test("examples differ in what went wrong and in their kind, before any is like another")
    func different() throws {
        let alike = (kind: "gain", replies: [Reply.right, .slip, .slip])
        let section = try #require(
            try section(
                Array(repeating: alike, count: 6)
                    + [("gain", [.right, .astray, .slip]), ("lose", [.right, .slip, .slip])]
            )
        )
        let shown = section.matches(of: /class="question">(p\d)/).map { String($0.1) }
        #expect(shown == ["p0", "p6", "p7"])
    }

    @Test("where nothing is won or lost there is no word about a choice")
    func none() throws {
        let section = try #require(try section([("gain", [.right, .right, .right])]))
        #expect(section.contains("solves 0 that neither") && !section.contains("were chosen"))
    }
}
