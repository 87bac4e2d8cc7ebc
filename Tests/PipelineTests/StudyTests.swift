import Datasets
import Foundation
import Pipeline
import RecipeTestSupport
import Recipes
import Testing

@Suite("Studies: seeds and grids")
struct StudyTests {
    /// The tiny recipe with experts of several seeds and a grid.
    private func recipe(_ change: (String) -> String = { $0 }) throws -> Recipe {
        var text = try RecipeSupport.tinyText()
        text = text.replacing(
            "  math:\n    steps: 15",
            with: "  math:\n    seeds: 3\n    steps: 15"
        )
        text = text.replacing(
            "  language:\n    steps: 15",
            with: "  language:\n    seeds: 2\n    steps: 15"
        )
        text = text.replacing(
            "  swap: {method: layer-swap}",
            with: "  swap: {method: layer-swap}\n  grid: {method: layer-swap, bottom: [0, 1], "
                + "top: [0, 1], bottom_transition: 0, top_transition: 0}"
        )
        text = text.replacing(
            "  split: test",
            with: "  split: test\n  development: {problems: 8}"
        )
        return try RecipeSupport.load(change(text))
    }

    @Test("every expert has its name and every pair its place")
    func replicas() throws {
        let recipe = try recipe()
        #expect(recipe.replicas(of: "math") == ["math-1", "math-2", "math-3"])
        #expect(recipe.replicas(of: "base") == ["base"])
        #expect(recipe.beginning(of: "language-2") == "base")
        let soup = recipe.specifications(of: "soup")
        #expect(soup.count == 1)
        #expect(
            soup[0].map(\.replicate) == [
                "language-1 math-1", "language-2 math-1", "language-1 math-2",
                "language-2 math-2", "language-1 math-3", "language-2 math-3",
            ]
        )
        let grid = recipe.specifications(of: "grid")
        #expect(grid.count == 4)
        #expect(grid.allSatisfy { $0.count == 6 })
        #expect(Set(grid.joined().map(\.source)).count == 24)
    }

    @Test("a stage begins with the replica of its number of the stage before")
    func chains() throws {
        let recipe = try recipe { text in
            text.replacing(
                "merges:\n",
                with: "  both: {from: math, seeds: 4, steps: 3, "
                    + "mixture: {translation: {source: translation}}}\n\nmerges:\n"
            )
        }
        #expect(
            recipe.replicas(of: "both").map(recipe.beginning)
                == ["math-1", "math-2", "math-3", "math-1"]
        )
        let graph = try StageGraph(
            Experiment(LoadedRecipe(at: RecipeSupport.url("tiny.yaml")))
        )
        #expect(graph.stages.map(\.name).contains("evaluation-swap"))
    }

    @Test("a list of settings reads back as it was written")
    func roundTrip() throws {
        let recipe = try recipe()
        let again = try RecipeSupport.load(recipe.yaml())
        #expect(again.merges == recipe.merges)
        #expect(again.stages == recipe.stages)
    }

    @Test(
        "what no study can have is refused with a reason",
        arguments: [
            ("  development: {problems: 8}", "", "chosen on development problems"),
            (
                "grid: {method: layer-swap,", "grid: {method: layer-swap, write: true,",
                "write: true"
            ),
            ("    seeds: 3\n", "    seeds: 0\n", "from 1 to"),
            ("    seeds: 3\n", "    from: bas\n", "did you mean \"base\"?"),
            (
                "      target-text: {weight: 1, source: text, language: target}\n",
                "      p: {source: problems, language: target}\n", "oracle: true"
            ),
            ("  soup: {method", "  tokenizer: {method", "needed for something else"),
            ("  base:\n", "  bse:\n", "did you mean \"base\"?"),
            (
                "  split: test\n", "  split: test\n  compare: [swap, gird]\n",
                "did you mean \"grid\"?"
            ),
            (
                "  split: test\n", "  split: test\n  primary: [base, sop]\n",
                "evaluation.primary: there is no model \"sop\""
            ),
            (
                "  split: test\n", "  split: test\n  compare: [swap]\n  primary: [swap]\n",
                "\"swap\" is compared itself"
            ),
            // It is trained once, so that there is no best of it.
            ("  split: test\n", "  split: test\n  compare: [base (best)]\n", "no model"),
        ]
    )
    func refusals(_ original: String, _ written: String, _ expected: String) throws {
        let message = RecipeSupport.message {
            try recipe { text in
                #expect(text.contains(original))
                let place = text.range(of: original)
                return place.map { text.replacingCharacters(in: $0, with: written) } ?? text
            }
        }
        #expect(message.contains(expected), "\(message)")
    }

    @Test("the models that are compared may be the best of their experts")
    func compared() throws {
        let recipe = try recipe { text in
            text.replacing("  split: test\n", with: "  split: test\n  compare: [grid (best)]\n")
        }
        #expect(recipe.comparedModels == ["grid (best)"])
    }

    @Test("what is made from an oracle is an upper bound, and no primary question")
    func bounds() throws {
        func bounded(_ primary: String) throws -> Recipe {
            try recipe { text in
                text.replacing(
                    "merges:\n",
                    with: "  told: {oracle: true, steps: 3, mixture: "
                        + "{p: {source: problems, language: target}}}\n"
                        + "  later: {from: told, steps: 3, mixture: {t: {source: translation}}}\n\n"
                        + "merges:\n  both: {method: layer-swap, language: later, write: false}\n"
                ).replacing("  split: test\n", with: "  split: test\n  primary: [\(primary)]\n")
            }
        }
        #expect(try bounded("base").comparisonPlan.bounds == ["told", "later", "both"])
        #expect(try bounded("base").comparisonPlan.primary == ["base"])
        #expect(RecipeSupport.message { try bounded("told") }.contains("is an upper bound"))
    }

    @Test("a poor language takes from the base what it says, and nothing from English")
    func resource() throws {
        let plain = try RecipeSupport.tiny()
        let poor = try RecipeSupport.tiny(
            "resource.text=0.5",
            "resource.parallel=0.25",
            "resource.lexicon=0.4"
        )
        let before = try #require(plain.effective(stage: "base")?.mixture)
        let after = try #require(poor.effective(stage: "base")?.mixture)
        #expect(after["target-text"]?.weight == 0.5 * (before["target-text"]?.weight ?? 0))
        #expect(after["english-text"] == before["english-text"])
        #expect(poor.effective(stage: "language") == plain.effective(stage: "language"))
        #expect(poor.world.familiarNounShare == 0.4 && poor.world.familiarVerbShare == 0.4)
    }

    @Test("questions of events are a source like questions, and grow rarer with them")
    func events() throws {
        let text = try RecipeSupport.tinyText().replacing(
            "      target-text:",
            with: "      target-events: {weight: 4, source: events, language: target, "
                + "reply: english}\n      target-text:"
        )
        let plain = try RecipeSupport.load(text)
        let source = try #require(plain.effective(stage: "base")?.mixture?["target-events"])
        #expect(source.kind == .events && source.reply == .english && source.weight == 4)
        let poor = try RecipeSupport.load(text + "\nresource: {text: 0.5}\n")
        #expect(poor.effective(stage: "base")?.mixture?["target-events"]?.weight == 2)
        let lines = try LeakCheck.lines(
            for: "language",
            of: Experiment(LoadedRecipe(at: RecipeSupport.url("paper-swahili.yaml")))
        )
        #expect(lines.contains { $0.source == "crossed-events" })
    }
}

@Suite("Proof that no expert reads target-language mathematics")
struct LeakCheckTests {
    @Test("the experts of the shipped recipes read none")
    func shipped() throws {
        let experiment = try Experiment(LoadedRecipe(at: RecipeSupport.url("quickstart.yaml")))
        let lines = try LeakCheck.lines(for: "language", of: experiment)
        #expect(Set(lines.map(\.source)).count == 4)
        #expect(lines.allSatisfy { $0.documents == LeakCheck.documentsPerSource })
        #expect(try LeakCheck.lines(for: "math", of: experiment).isEmpty)
        // Every document is made from these, so that what is looked at is no sample of the claim.
        let pack = try LanguagePack(
            at: RecipeSupport.root.appending(path: "Data/Languages/swahili.yaml")
        )
        #expect(lines.allSatisfy { $0.patterns == pack.generalPatterns.count })
        #expect(pack.generalPatterns.count > 50)
    }

    @Test(
        "one document of a file with mathematics is found, wherever it stands",
        arguments: ["Jumla ni 3 + 4 = 7.", "Jibu: 12 = 3 * 4", "#### 7", "౩ + ౪ = ౭"]
    )
    func planted(_ text: String) throws {
        let root = RecipeSupport.root.appending(path: "Checkpoints/test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: root) }
        let written = "target-text: {weight: 1, source: text, language: target}\n\nmerges"
        let recipe = try RecipeSupport.tinyText().replacing(
            written,
            with: written.replacing("target}", with: "target, file: texts.jsonl}")
        )
        let url = root.appending(path: "filed.yaml")
        try Data(recipe.utf8).write(to: url)
        func lines(planting text: String?) throws -> [LeakCheck.Line] {
            var texts = (0..<2_500).map { "Juma ana maembe \($0)." }
            if let text { texts[2_400] = text }
            let rows = texts.map { "{\"text\": \"\($0)\"}\n" }.joined()
            try Data(rows.utf8).write(to: root.appending(path: "texts.jsonl"))
            let loaded = try LoadedRecipe(at: url, overrides: ["data.folder=\(root.path)"])
            return try LeakCheck.lines(for: "language", of: Experiment(loaded))
        }
        #expect(try lines(planting: "Tuma neno kwenda #### kabla ya saa 7.").count == 3)
        let filed = try #require(try lines(planting: nil).first { $0.source == "target-text" })
        #expect(filed.patterns == nil)
        #expect {
            _ = try lines(planting: text)
        } throws: {
            ($0 as? LeakCheck.Failure)?.text.contains(text) ?? false
        }
    }

    @Test(
        "a row in a target language is found in a file that the recipe calls English",
        arguments: ["sw", "SW", "sw-KE", "swa", "te_IN", "tel"]
    )
    func foreignRow(_ tag: String) throws {
        let root = RecipeSupport.root.appending(path: "Checkpoints/test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: root) }
        let written = "english-problems: {source: problems, language: english}"
        let recipe = try RecipeSupport.tinyText().replacing(
            written,
            with: written.replacing("english}", with: "english, file: all.jsonl, format: gsm8k}")
        ).replacing(
            "      translation: {weight: 2, source: translation}\n",
            with: "      translation: {weight: 2, source: translation}\n"
                + "      telugu: {weight: 1, source: text, language: target, target: te}\n"
        )
        let url = root.appending(path: "filed.yaml")
        try Data(recipe.utf8).write(to: url)
        func lines(swahiliFrom first: Int, _ change: String...) throws -> [LeakCheck.Line] {
            let rows = (1...60).map { row in
                """
                {"lang": "\(row < first ? "en" : tag)", "question": "\(row) + 1?", \
                "answer": \(row + 1), "equation_solution": "\(row) + 1 = \(row + 1)."}

                """
            }
            try Data(rows.joined().utf8).write(to: root.appending(path: "all.jsonl"))
            let loaded = try LoadedRecipe(
                at: url,
                overrides: ["data.folder=\(root.path)"] + change
            )
            return try LeakCheck.lines(for: "math", of: Experiment(loaded))
        }
        #expect(try lines(swahiliFrom: 61).isEmpty)
        #expect(try lines(swahiliFrom: 1, "stages.math.oracle=true").isEmpty)
        #expect {
            _ = try lines(swahiliFrom: 40)
        } throws: { error in
            guard let found = error as? LeakCheck.ForeignRow, let row = found.row else {
                return false
            }
            let words = "\(found)"
            // The first of them that is in the training split.
            return found.file == "all.jsonl" && (40...60).contains(row)
                && words.contains("row \(row) of all.jsonl has lang \"\(tag)\"")
                && words.contains("stage \"math\"") && words.contains("oracle: true")
        }
    }
}

@Suite("Recipes that extend others")
struct ExtendingTests {
    private func write(_ files: [String: String]) throws -> URL {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "layerswap-extending-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, text) in files {
            try Data(text.utf8).write(to: folder.appending(path: name))
        }
        return folder
    }

    @Test("a recipe says only what is different, and takes away with ~")
    func joining() throws {
        let folder = try write([
            "base.yaml": RecipeSupport.tinyText(),
            "child.yaml": """
            extends: base.yaml
            name: child
            seed: 7
            stages: {math: {steps: 3}}
            merges: {soup: ~}
            resource: 0.5
            """,
        ])
        defer { try? FileManager.default.removeItem(at: folder) }
        let recipe = try LoadedRecipe(at: folder.appending(path: "child.yaml")).recipe
        let tiny = try RecipeSupport.tiny()
        #expect(recipe.name == "child" && recipe.seed == 7)
        #expect(recipe.stages["math"]?.steps == 3)
        #expect(recipe.stages["math"]?.mixture == tiny.stages["math"]?.mixture)
        #expect(recipe.stages["language"] == tiny.stages["language"])
        #expect(recipe.stages.names == tiny.stages.names)
        #expect(recipe.merges.names == ["swap"])
        #expect(recipe.resource.text == 0.5 && recipe.resource.lexicon == 0.5)
    }

    @Test(
        "a recipe that cannot be extended is named",
        arguments: [
            ("extends: none.yaml", "no readable recipe"),
            ("extends: child.yaml", "leads back"),
            ("extends: [a]", "expected the file"),
        ]
    )
    func refusals(_ text: String, _ expected: String) throws {
        let folder = try write(["child.yaml": text + "\nname: child"])
        defer { try? FileManager.default.removeItem(at: folder) }
        let message = RecipeSupport.message {
            try LoadedRecipe(at: folder.appending(path: "child.yaml")).recipe
        }
        #expect(message.contains(expected), "\(message)")
        #expect(message.contains("child.yaml:1"), "\(message)")
    }

    @Test("a mistake in the child has its line")
    func lines() throws {
        let folder = try write([
            "base.yaml": RecipeSupport.tinyText(),
            "child.yaml": "extends: base.yaml\nname: child\nstages:\n  math: {stesp: 3}",
        ])
        defer { try? FileManager.default.removeItem(at: folder) }
        let message = RecipeSupport.message {
            try LoadedRecipe(at: folder.appending(path: "child.yaml")).recipe
        }
        #expect(message.contains("child.yaml:4"), "\(message)")
        #expect(message.contains("did you mean \"steps\"?"), "\(message)")
    }
}
