import Foundation
import Testing
import Transformer

/// Model folders that this project did not train, made for a test.
struct ForeignFolder {
    let url: URL
    /// What the weights are.
    let model: TransformerModel

    /// A folder with fresh weights and a tokenizer of the Llama kind that has 320 pieces, no
    /// beginning, no end and no chat symbols.
    init(
        rows: Int = 320,
        positions: Int = 64,
        change: (TransformerModel) throws -> Void = { _ in }
    ) throws {
        var configuration = ModelConfiguration(
            vocabularySize: rows,
            modelWidth: 32,
            layerCount: 2,
            headCount: 4,
            keyValueHeadCount: 2,
            hiddenWidth: 48
        )
        configuration.maximumPositions = positions
        configuration.initializerRange = 0.3
        configuration.beginningOfSequence = nil
        configuration.endsOfSequence = []
        model = TransformerModel(configuration: configuration, seed: 5)
        try change(model)
        url = try Program.temporaryFolder().appending(path: "model")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        try model.write(to: url)
        try FileManager.default.copyItem(
            at: Program.root.appending(path: "Tests/TokenizationTests/Fixtures/foreign.model"),
            to: url.appending(path: "tokenizer.model")
        )
    }

    /// Removes the folder.
    func remove() { try? FileManager.default.removeItem(at: url.deletingLastPathComponent()) }

    /// Writes a JSON file into the folder.
    func write(_ object: [String: Any], to file: String) throws {
        try JSONSerialization.data(withJSONObject: object).write(to: url.appending(path: file))
    }
}

/// The JSON object on the last line of an output.
private func object(_ ending: Program.Ending) throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: Data(ending.lastLine.utf8))
    return try #require(object as? [String: Any])
}

@Suite("Models of other projects")
struct ForeignModelTests {
    @Test("a model without beginning, end and chat symbols goes on with a text and answers")
    func withoutSymbols() throws {
        let folder = try ForeignFolder()
        defer { folder.remove() }
        let text = try Program.run("generate", folder.url.path, "Tim has", "--max-tokens", "5")
        #expect(text.status == 0, "\(text.errors)")
        #expect(text.errors.contains("5 tokens"))
        #expect(!text.errors.contains("chat symbols"))
        let reply = try Program.run(
            "generate",
            folder.url.path,
            "How many?",
            "--chat",
            "--max-tokens",
            "5",
            "--json"
        )
        #expect(reply.status == 0, "\(reply.errors)")
        #expect(reply.errors.contains("the tokenizer has no chat symbols"))
        #expect(try object(reply)["form"] as? String == "plain")
        // Nothing to go on from: no beginning of sequence and no word.
        let nothing = try Program.run("generate", folder.url.path, "")
        #expect(nothing.status == 1)
        #expect(nothing.errors.contains("has no tokens"))
        #expect(nothing.output == "")
    }

    @Test("the largest number of tokens means: to the last position")
    func largestNumber() throws {
        let folder = try ForeignFolder()
        defer { folder.remove() }
        let ending = try Program.run(
            "generate",
            folder.url.path,
            "Tim",
            "--max-tokens",
            "9223372036854775807",
            "--top-k",
            "9223372036854775807",
            "--temperature",
            "1",
            "--json"
        )
        #expect(ending.status == 0, "\(ending.errors)")
        #expect((try object(ending)["tokens"] as? Int ?? 0) > 50)
    }

    @Test("a prompt that leaves no room for a reply is an error with both numbers")
    func tooLong() throws {
        let folder = try ForeignFolder(positions: 16)
        defer { folder.remove() }
        let words = Array(repeating: "apples", count: 40).joined(separator: " ")
        for more in [[], ["--chat"]] {
            let ending = try Program.start(["generate", folder.url.path, words] + more).end()
            #expect(ending.status == 1)
            #expect(ending.output == "")
            #expect(ending.errors.contains("the model 16 positions"), "\(ending.errors)")
            #expect(ending.errors.contains("shorten the text"))
        }
    }

    @Test("a model with NaN is refused by the name of its tensor, in every verb that reads it")
    func notFinite() throws {
        let name = "model.layers.0.self_attn.o_proj.weight"
        let folder = try ForeignFolder { $0.parameters(named: name)?[3] = .nan }
        defer { folder.remove() }
        for arguments in [
            ["generate", folder.url.path, "Tim"],
            ["evaluate", folder.url.path, "--recipe", "Recipes/tiny.yaml"],
        ] {
            let ending = try Program.start(arguments).end()
            #expect(ending.status == 1)
            #expect(ending.output == "")
            #expect(ending.errors.contains("'\(name)' holds nan at element 3"), "\(ending.errors)")
            #expect(ending.errors.contains(folder.url.path))
        }
    }

    @Test("a model whose sums overflow is refused at the token where they do")
    func overflow() throws {
        let folder = try ForeignFolder { $0.parameters(named: "model.norm.weight")?.fill(3e38) }
        defer { folder.remove() }
        let ending = try Program.run("generate", folder.url.path, "Tim")
        #expect(ending.status == 1)
        #expect(ending.errors.contains("of prompt 1 are not finite numbers"), "\(ending.errors)")
        #expect(ending.errors.contains("checkpoint"))
    }

    @Test(
        "rows beyond the tokenizer are taken and never chosen; pieces beyond the rows are refused"
    )
    func padded() throws {
        // The 16 rows without a piece have by far the largest logits.
        let folder = try ForeignFolder(rows: 336) { model in
            guard let table = model.parameters(named: "model.embed_tokens.weight") else { return }
            for index in 320 * 32..<336 * 32 { table[index] *= 40 }
        }
        defer { folder.remove() }
        for temperature in ["0", "1"] {
            let ending = try Program.run(
                "generate",
                folder.url.path,
                "Tim has",
                "--temperature",
                temperature,
                "--max-tokens",
                "40"
            )
            #expect(ending.status == 0, "\(ending.errors)")
            // A row without a piece would read as the unknown one.
            #expect(!ending.output.contains("\u{2047}"))
            #expect(ending.errors.contains("40 tokens"))
        }
        for rows in [300, 700] {
            let other = try ForeignFolder(rows: rows)
            defer { other.remove() }
            let refused = try Program.run("generate", other.url.path, "Tim")
            #expect(refused.status == 1)
            let problem = "the tokenizer has 320 pieces and the model \(rows) rows"
            #expect(refused.errors.contains(problem), "\(refused.errors)")
        }
    }

    @Test("generation_config.json ends a text at any of its tokens, which are not shown")
    func ends() throws {
        let folder = try ForeignFolder()
        defer { folder.remove() }
        func reply() throws -> (text: String, tokens: Int) {
            let ending = try Program.run(
                "generate",
                folder.url.path,
                "Tim has",
                "--max-tokens",
                "12",
                "--json"
            )
            #expect(ending.status == 0, "\(ending.errors)")
            let reply = try object(ending)
            return (reply["text"] as? String ?? "", reply["tokens"] as? Int ?? 0)
        }
        let free = try reply()
        #expect(free.tokens == 12)
        // Every token ends a text.
        try folder.write(["eos_token_id": Array(0..<320)], to: "generation_config.json")
        #expect(try reply() == ("", 0))
        try folder.write(["eos_token_id": [7, 320]], to: "generation_config.json")
        let wrong = try Program.run("generate", folder.url.path, "Tim has")
        #expect(wrong.status == 1)
        #expect(wrong.errors.contains("generation_config.json: 'eos_token_id' is 320"))
    }

    @Test("evaluate asks in plain words, counts what does not fit, and says both")
    func evaluation() throws {
        let folder = try ForeignFolder(positions: 48)
        defer { folder.remove() }
        let ending = try Program.run(
            "evaluate",
            folder.url.path,
            "--recipe",
            "Recipes/tiny.yaml",
            "--json"
        )
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(ending.errors.contains("the tokenizer has no chat symbols"))
        let result = try object(ending)
        #expect(result["prompt_form"] as? String == "plain")
        #expect((result["metrics"] as? [String: Any])?["target_math"] != nil)
        let notes = try #require(result["notes"] as? [String: [String]])
        let note = try #require(notes["target_math"]?.first)
        #expect(
            note.hasSuffix("of 16 prompts do not fit the model's 48 positions and count as wrong")
        )
        #expect(ending.errors.contains("target math: \(note)"))
    }

    @Test("evaluate compares choices and asks MGSM without a recipe")
    func files() throws {
        let folder = try ForeignFolder(positions: 96)
        defer { folder.remove() }
        let data = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: data) }
        let choices = data.appending(path: "choices.jsonl")
        try Data(#"{"context": "Tim has", "choices": ["3", "three apples"], "label": 0}"#.utf8)
            .write(to: choices)
        let mgsm = data.appending(path: "mgsm.tsv")
        try Data("Tim has 3 apples. How many?\t3\nAnd 4 more?\t7\n".utf8).write(to: mgsm)
        let verb = ["evaluate", folder.url.path]
        let files = ["--choice", choices.path, "--choice-format", "choices", "--mgsm", mgsm.path]
        let records = data.appending(path: "records")
        let ending = try Program.start(
            verb + files + ["--maximum-new-tokens", "8", "--records", records.path, "--json"]
        ).end()
        #expect(ending.status == 0, "\(ending.errors)")
        let metrics = try #require(try object(ending)["metrics"] as? [String: Any])
        #expect(
            Set(metrics.keys) == [
                "english_choice", "english_choice_normalized", "english_mgsm",
                "english_mgsm_strict",
            ]
        )
        let lines = try String(
            contentsOf: records.appending(path: "english_mgsm.jsonl"),
            encoding: .utf8
        ).split(separator: "\n")
        #expect(lines.count == 2 && lines[0].contains(#""form":"direct""#))
        let recipe = [
            "--recipe", "Recipes/tiny.yaml", "--json", "--set", "data.folder=\(data.path)",
            "--set", "evaluation.choice={english: {file: choices.jsonl, format: choices}}",
            "--set", "evaluation.mgsm={english: mgsm.tsv, maximum_new_tokens: 8}",
        ]
        let whole = try Program.start(verb + recipe).end()
        #expect(whole.status == 0, "\(whole.errors)")
        let all = try #require(try object(whole)["metrics"] as? [String: Any])
        #expect(Set(metrics.keys).isSubset(of: all.keys) && all["target_math"] != nil)
        for (flags, expected) in [
            ([], "name either a --recipe, or files"),
            (files + ["--recipe", "Recipes/tiny.yaml"], "name either a --recipe, or files"),
            (files + ["--seed", "3"], "belong to --recipe"),
            (files + ["--limit", "0"], "--limit: found 0"),
            (["--mgsm", choices.path], "expected a question, one tab, and a number"),
        ] {
            let refused = try Program.start(verb + flags).end()
            #expect(refused.status != 0 && refused.errors.contains(expected), "\(refused.errors)")
        }
    }
}

@Suite("A real model of another project", .enabled(if: RealModel.isThere))
struct RealModelTests {
    @Test("it goes on with a story, word for word as in llama2.c's own documentation")
    func story() throws {
        let ending = try Program.run(
            "generate",
            RealModel.folder.path,
            "Once upon a time",
            "--max-tokens",
            "40"
        )
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(
            ending.output.hasPrefix(", there was a little girl named Lily."),
            "\(ending.output)"
        )
    }

    @Test("every verb that reads a checkpoint works with it")
    func verbs() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let inspection = try Program.run("inspect", RealModel.folder.path)
        #expect(inspection.status == 0, "\(inspection.errors)")
        let reply = try Program.run(
            "generate",
            RealModel.folder.path,
            "Who is Lily?",
            "--chat",
            "--max-tokens",
            "30"
        )
        #expect(reply.status == 0, "\(reply.errors)")
        #expect(!reply.output.contains("Question:"))
        let evaluation = try Program.run(
            "evaluate",
            RealModel.folder.path,
            "--recipe",
            "Recipes/tiny.yaml",
            "--json"
        )
        #expect(evaluation.status == 0, "\(evaluation.errors)")
        #expect(try object(evaluation)["prompt_form"] as? String == "plain")
        var files: [String] = []
        for (name, text) in [("mathematics", "Tim has 3 apples."), ("other", "Tim was happy.")] {
            let file = folder.appending(path: "\(name).jsonl")
            let lines = (0..<12).map { "{\"text\": \"\(text) And \($0) more.\"}\n" }
            try Data(lines.joined().utf8).write(to: file)
            files.append(file.path)
        }
        let samples = files.joined(separator: ",")
        let localize = try Program.run(
            "analyze",
            "localize",
            "--checkpoint",
            RealModel.folder.path,
            "--samples",
            "en=\(samples)",
            "--samples",
            "sw=\(samples)",
            "--count",
            "12",
            "--groups",
            "2",
            "--draws",
            "2",
            "--output",
            folder.appending(path: "localize.json").path
        )
        #expect(localize.status == 0, "\(localize.errors)")
        #expect(localize.output.contains("en–sw"))
    }
}

/// The model of `shared/models`, where there is one beside the project.
enum RealModel {
    static let folder = Program.root.deletingLastPathComponent()
        .appending(path: "shared/models/stories260K")
    static let isThere = FileManager.default.fileExists(
        atPath: folder.appending(path: "model.safetensors").path
    )
}
