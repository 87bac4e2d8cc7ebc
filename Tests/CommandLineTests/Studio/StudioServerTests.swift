import Foundation
import Testing

@Suite("The server of Studio", .serialized)
struct StudioServerTests {
    /// A layer swap as a page sends it.
    static let swap = #"{"method": "layer-swap", "bottom": 1, "top": 1}"#

    @Test("only the page of this server is answered: token, host and origin must be right")
    func refusals() throws {
        let studio = try RunningStudio(TinyRun.folder)
        #expect(studio.token.count == 32 && studio.address.hasPrefix("http://127.0.0.1:"))
        #expect(try studio.get("api/studio").status == 200)
        // Without the token, with a part of it, and with another of the same length.
        let half = String(studio.token.prefix(16))
        for token in ["", half, half + half, studio.token + "0"] where token != studio.token {
            var request = studio.request("api/studio")
            request.path = "/\(token)/api/studio"
            let answer = try request.send()
            #expect(answer.status == 403 && answer.body.isEmpty, "\(token)")
        }
        // Another name that leads here, another port, and no port. A page of that name sends no
        // origin with what it reads.
        for host in ["evil.example:\(studio.port)", "127.0.0.1:1", "127.0.0.1"] {
            var request = studio.request("api/studio")
            request.headers = ["Host": host]
            #expect(try request.send().status == 403, "\(host)")
        }
        var plain = studio.request("api/studio")
        plain.headers["Origin"] = nil
        #expect(try plain.send().status == 200)
        #expect(
            try studio.request(
                "api/studio",
                headers: [
                    "Host": "localhost:\(studio.port)",
                    "Origin": "http://localhost:\(studio.port)",
                ]
            ).send().status == 200
        )
        for origin in ["http://evil.example", "null", "https://127.0.0.1:\(studio.port)"] {
            let answer = try studio.request("api/studio", headers: ["Origin": origin]).send()
            #expect(answer.status == 403, "\(origin)")
        }
    }

    @Test("every answer forbids scripts and data from elsewhere, and paths lead nowhere")
    func page() throws {
        let studio = try RunningStudio(TinyRun.folder)
        let page = try studio.get("")
        #expect(page.status == 200 && page.headers["content-type"] == "text/html; charset=utf-8")
        for answer in [page, try studio.get("api/studio"), try studio.get("none.js")] {
            let policy = try #require(answer.headers["content-security-policy"])
            #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe"))
            #expect(answer.headers["x-content-type-options"] == "nosniff")
        }
        #expect(try studio.get("shared.css").body.contains("--page"))
        for path in [
            "none.js", "modules/none.js", "../../etc/passwd", "%2e%2e/%2e%2e/etc/passwd",
            "modules/..%2f..%2fREADME.md", "run.db", "api/none",
        ] {
            let answer = try studio.get(path)
            #expect(answer.status == 404 || answer.status == 403, "\(path)")
            #expect(!answer.body.contains("root:"))
        }
    }

    @Test("a body that is no JSON, lacks something or is too long is refused with words")
    func bodies() throws {
        let studio = try RunningStudio(TinyRun.folder)
        func problem(_ path: String, _ body: String) throws -> (status: Int, words: String) {
            let answer = try studio.post(path, body)
            let error = try answer.object()["error"] as? [String: Any]
            return (answer.status, error?["problem"] as? String ?? "")
        }
        let broken = try problem("api/plan", "{")
        #expect(broken.status == 400 && broken.words.contains("no JSON"))
        let empty = try problem("api/plan", "{}")
        #expect(empty.status == 400 && empty.words.contains("lacks \"setting\""))
        let misspelt = try problem("api/plan", #"{"setting": {"method": "layer-swop"}}"#)
        #expect(misspelt.status == 422 && misspelt.words.contains("did you mean \"layer-swap\"?"))
        let wide = try problem(
            "api/plan",
            #"{"setting": {"method": "layer-swap", "bottom": 9, "top": 9}}"#
        )
        #expect(wide.status == 422 && wide.words.contains("4 layers"), "\(wide.words)")
        let long = String(repeating: " ", count: 70_000)
        #expect(try problem("api/plan", long).status == 413)
        let many = try studio.post("api/evaluate", #"{"model": "base", "problems": 501}"#).events
        #expect(many.map(\.name) == ["failed"])
        #expect((many.first?.data["problem"] as? String)?.contains("10 to 500") == true)
        let unknown = try studio.post("api/evaluate", #"{"model": "bse", "problems": 50}"#).events
        #expect((unknown.last?.data["problem"] as? String)?.contains("'base'") == true)
    }

    @Test("a plan names the source of every part")
    func plan() throws {
        let studio = try RunningStudio(TinyRun.folder)
        let answer = try studio.post("api/plan", #"{"setting": \#(Self.swap)}"#)
        let sources = try #require(try answer.object()["sources"] as? [String: Any])
        let layers = try #require(sources["layers"] as? [[String: [String: Any]]])
        func formulas(_ half: String) -> [String] {
            layers.map { $0[half]?["formula"] as? String ?? "" }
        }
        let expected = ["language", "0.500 language + 0.500 math", "math", "language"]
        #expect(formulas("attention") == expected && formulas("mlp") == expected)
        #expect((sources["embeddings"] as? [String: Any])?["formula"] as? String == "language")
        #expect((try answer.object()["yaml"] as? String)?.contains("bottom: 1\n") == true)
    }

    @Test("answers come in order, are scored, and are compared with what was asked before")
    func evaluation() throws {
        let studio = try RunningStudio(TinyRun.folder)
        let base = try studio.post("api/evaluate", #"{"model": "base", "problems": 50}"#).events
        #expect(base.first?.name == "merged" && base.last?.name == "done")
        let swap = try studio.post(
            "api/evaluate",
            #"{"setting": \#(Self.swap), "problems": 50}"#
        ).events
        for language in ["target", "english"] {
            var count = 0
            for event in swap where event.name == "answers" {
                guard event.data["language"] as? String == language else { continue }
                #expect(event.data["start"] as? Int == count)
                count += (event.data["answers"] as? [Any])?.count ?? 0
            }
            #expect(count == 50)
            let score = try #require(
                swap.first { $0.name == "score" && $0.data["language"] as? String == language }
            )
            let exact = try #require(score.data["exact"] as? [String: Any])
            #expect(exact["of"] as? Int == 50)
            let differences = try #require(score.data["differences"] as? [[String: Any]])
            #expect(differences.map { $0["to"] as? String } == ["base"])
        }
        // The second time nothing is asked, and the answers are the same.
        let again = try studio.post(
            "api/evaluate",
            #"{"setting": \#(Self.swap), "problems": 50}"#
        ).events
        #expect(!again.contains { $0.name == "merged" })
        let list = try studio.get("api/problems?count=50").object()
        #expect((list["target"] as? [Any])?.count == 50)
    }

    @Test("a page that goes away ends its work, and ten pages get theirs")
    func pages() async throws {
        let studio = try RunningStudio(TinyRun.folder)
        func map(_ weight: Int) -> RawRequest {
            let setting = """
                {"method": "layer-swap", "bottom": 1, "top": 1, "transition": "constant 0.\(weight)"}
                """
            return studio.request("api/map", post: "{\"setting\": \(setting), \"problems\": 100}")
        }
        let mapped = ContinuousClock.now
        #expect(try map(31).send().events.last?.name == "done")
        let time = mapped.duration(to: .now)
        // Hangs up after the first bytes, and leaves time for three whole maps.
        _ = try map(32).send(upTo: 1)
        try await Task.sleep(for: time * 3)
        let last = """
            {"method": "layer-swap", "bottom": 0, "top": 3, "transition": "constant 0.32"}
            """
        let asked = try studio.post(
            "api/evaluate",
            "{\"setting\": \(last), \"problems\": 100}"
        )
        // The last cell was never asked, so that it has to be merged now.
        #expect(asked.events.contains { $0.name == "merged" })
        let started = ContinuousClock.now
        try await withThrowingTaskGroup(of: [String].self) { group in
            for bottom in 0..<10 {
                let request = studio.request(
                    "api/evaluate",
                    post: """
                        {"setting": {"method": "layer-swap", "bottom": \(bottom % 3), "top": 1, \
                        "transition": "constant 0.\(bottom + 1)"}, "problems": 50}
                        """
                )
                group.addTask { try request.send().events.map(\.name) }
            }
            for try await names in group {
                #expect(names.last == "done" && names.filter { $0 == "score" }.count == 2)
            }
        }
        #expect(started.duration(to: .now) < .seconds(60))
    }

    @Test("a variant stays in the database, is compared, removed, and no name is taken twice")
    func variants() throws {
        let place = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: place) }
        let run = try TinyRun.copy(in: place)
        do {
            let studio = try RunningStudio(run)
            func name(_ name: String) throws -> RawRequest.Answer {
                try studio.post(
                    "api/variants/name",
                    #"{"name": "\#(name)", "setting": \#(Self.swap), "problems": 50}"#
                )
            }
            _ = try studio.post("api/evaluate", #"{"setting": \#(Self.swap), "problems": 50}"#)
            let first = try name("narrow")
            #expect(first.status == 200, "\(first.body)")
            let scores = try first.object()["scores"] as? [String: [String: Any]]
            #expect(scores?["target"]?["of"] as? Int == 50)
            #expect(try name("narrow").status == 409 && name("math").status == 409)
            for wrong in ["", "../x", "a/b", "a b", String(repeating: "a", count: 41)] {
                #expect(try name(wrong).status == 422, "\(wrong)")
            }
            let compared = try studio.post(
                "api/compare",
                #"{"first": {"variant": "narrow"}, "second": {"model": "base"}, "problems": 50}"#
            ).events
            #expect(compared.filter { $0.name == "comparison" }.count == 2)
            #expect(compared.last?.name == "done")
        }
        let again = try RunningStudio(run)
        let list = try JSONSerialization.jsonObject(with: Data(again.get("api/variants").body.utf8))
        #expect((list as? [[String: Any]])?.map { $0["name"] as? String } == ["narrow"])
        let shown = try Program.run("runs", "show", run.path)
        #expect(shown.output.contains("narrow"), "\(shown.output)")
        let removed = try again.post("api/variants/remove", #"{"name": "narrow"}"#)
        #expect(removed.body == "[]")
        #expect(try again.post("api/variants/remove", #"{"name": "narrow"}"#).status == 404)
    }

    @Test("a merge leaves as a recipe, as a file of mergekit, as a checkpoint and as GGUF")
    func export() throws {
        let place = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: place) }
        let run = try TinyRun.copy(in: place)
        let studio = try RunningStudio(run)
        func export(_ form: String) throws -> RawRequest.Answer {
            try studio.post(
                "api/export",
                #"{"setting": \#(Self.swap), "form": "\#(form)", "name": "mine"}"#
            )
        }
        let recipe = try #require(try export("recipe").object()["text"] as? String)
        #expect(recipe.contains("merges:\n  mine:\n    method: layer-swap"), "\(recipe)")
        let mergekit = try #require(try export("mergekit").object()["text"] as? String)
        #expect(mergekit.contains("merge_method: linear"), "\(mergekit)")
        let checkpoint = try export("checkpoint")
        #expect(checkpoint.status == 200, "\(checkpoint.body)")
        let folder = run.appending(path: "studio/mine")
        // The same merge by hand has the same bytes.
        let other = place.appending(path: "by-hand")
        let merged = try Program.run(
            "merge",
            "--math",
            run.appending(path: "math").path,
            "--language",
            run.appending(path: "language").path,
            "--bottom",
            "1",
            "--top",
            "1",
            "--to",
            other.path
        )
        #expect(merged.status == 0, "\(merged.errors)")
        let weights = "model.safetensors"
        #expect(
            try Data(contentsOf: folder.appending(path: weights))
                == Data(contentsOf: other.appending(path: weights))
        )
        #expect(try export("checkpoint").status == 422)
        let file = try export("gguf")
        #expect(file.status == 200, "\(file.body)")
        let names = try FileManager.default.contentsOfDirectory(
            atPath: run.appending(path: "studio").path
        )
        #expect(Set(names) == ["mine", "mine.gguf"])
    }

    @Test("what is asked is answered word by word, and a token is looked at layer by layer")
    func asking() throws {
        let studio = try RunningStudio(TinyRun.folder)
        let drawn = try studio.post("api/draw", #"{"language": "target"}"#).object()
        let question = try #require(drawn["question"] as? String)
        #expect(drawn["translation"] is String)
        let body = try JSONSerialization.data(withJSONObject: [
            "models": ["base", "math"], "question": question,
            "answer": try #require(drawn["answer"] as? String),
            "setting": ["method": "average"],
        ])
        let events = try studio.post("api/ask", String(decoding: body, as: UTF8.self)).events
        let replies = events.filter { $0.name == "reply" }
        #expect(replies.map { $0.data["model"] as? String } == ["merge", "base", "math"])
        for reply in replies {
            let pieces = events.filter {
                $0.name == "text" && $0.data["model"] as? String == reply.data["model"] as? String
            }
            let text = pieces.compactMap { $0.data["text"] as? String }.joined()
            #expect(text == reply.data["text"] as? String)
            // Judged as the squares are: by the number behind the mark.
            let isRight = text.contains("#### \(drawn["answer"] ?? "")")
            #expect(reply.data["right"] as? Bool == isRight)
        }
        let lens = try studio.post(
            "api/lens",
            String(
                decoding: JSONSerialization.data(withJSONObject: [
                    "model": "base", "question": question, "tokens": [Int](),
                ]),
                as: UTF8.self
            )
        ).object()
        let layers = try #require(lens["layers"] as? [[String: Any]])
        #expect(layers.count == 5)
        // The last place is the model's own choice.
        let base = try #require(replies.first { $0.data["model"] as? String == "base" })
        let token = (base.data["tokens"] as? [[String: Any]])?.first?["text"] as? String
        let top = (layers.last?["top"] as? [[String: Any]])?.first?["text"] as? String
        if let token { #expect(token == top) }
        let foreign = try studio.post(
            "api/lens",
            #"{"model": "base", "question": "x", "tokens": [999999999]}"#
        )
        #expect(foreign.status == 400)
    }

    @Test("maps and searches tell of each setting, and the best of a search is its end")
    func searching() throws {
        let studio = try RunningStudio(TinyRun.folder)
        let map = try studio.post("api/map", #"{"setting": \#(Self.swap), "problems": 10}"#).events
        #expect(map.first?.name == "grid" && map.last?.name == "done")
        // Every b and u that leave one of the four layers to the transition.
        #expect(map.filter { $0.name == "cell" }.count == 10)
        let search = try studio.post(
            "api/search",
            """
            {"setting": \(Self.swap), "search": {"strategy": "greedy", "budget": 5}, "problems": 10}
            """
        ).events
        let candidates = search.filter { $0.name == "candidate" }
        #expect(candidates.count == 5 && search.last?.name == "done")
        let scores = candidates.compactMap { $0.data["score"] as? Double }
        #expect(search.last?.data["score"] as? Double == scores.max())
        let best = try #require(candidates.last { $0.data["best"] as? Bool == true })
        func setting(_ data: [String: Any]) throws -> Data {
            let setting = try #require(data["setting"])
            return try JSONSerialization.data(withJSONObject: setting, options: .sortedKeys)
        }
        #expect(try setting(best.data) == setting(#require(search.last).data))
        let wrong = try studio.post("api/map", #"{"setting": {"method": "average"}}"#).events
        #expect(wrong.map(\.name) == ["failed"])
    }

    @Test("Ctrl-C ends it at once, and a port that is taken is an error")
    func ending() throws {
        let studio = try RunningStudio(TinyRun.folder)
        let second = try Program.run("studio", TinyRun.folder.path, "--port", "\(studio.port)")
        #expect(second.status == 1 && second.errors.contains("\(studio.port)"), "\(second.errors)")
        let started = ContinuousClock.now
        studio.program.send(SIGINT)
        let ending = try studio.program.end()
        #expect(ending.status == 130 && started.duration(to: .now) < .seconds(5))
    }
}
