import Foundation
import Testing

@Suite("Verbs")
struct VerbTests {
    private static let verbs = [
        "run", "data", "tokenizer", "train", "evaluate", "merge", "convert", "generate", "chat",
        "inspect", "validate", "show-recipe", "list", "copy", "runs", "analyze", "report", "studio",
        "check", "doctor", "benchmark", "help",
    ]

    @Test("the first help screen names every verb")
    func help() throws {
        let ending = try Program.run("--help")
        #expect(ending.status == 0)
        #expect(ending.output.hasPrefix("OVERVIEW: Train two experts from one base model"))
        let verbs = ending.output.split(separator: "\n")
            .drop { !$0.hasPrefix("SUBCOMMANDS") }.dropFirst().prefix { $0.hasPrefix("  ") }
            .filter { !$0.hasPrefix("   ") && !$0.hasPrefix("  See") }
            .compactMap { $0.split(separator: " ").first.map(String.init) }
        #expect(verbs == Self.verbs)
    }

    @Test("every verb explains itself", arguments: verbs)
    func verbHelp(_ verb: String) throws {
        let ending = try Program.run(verb, "--help")
        #expect(ending.status == 0)
        #expect(ending.output.hasPrefix("OVERVIEW: "))
        #expect(ending.output.contains("USAGE: layerswap \(verb)"))
    }

    @Test("help explains verbs and the keys of recipes")
    func helpVerb() throws {
        #expect(try Program.run("help").output == Program.run("--help").output)
        for path in [["merge"], ["data", "show"]] {
            let words = try Program.start(["help"] + path).end()
            #expect(try words.output == Program.start(path + ["--help"]).end().output)
            #expect(words.status == 0)
        }
        let overview = try Program.run("help", "recipe")
        let stage = "training, stages.NAME:\n    checkpoint, from, seeds, oracle,"
        #expect(overview.output.contains(stage))
        let key = try Program.run("help", "recipe", "stages.math.warmup")
        #expect(key.status == 0)
        for line in [
            "warmup: Share of the steps over which", "    type:     number", "    default:  0.05",
            "    range:    from 0 to 1", "    written:  training.warmup, stages.NAME.warmup",
            "    example:  warmup: 0.05",
        ] { #expect(key.output.contains(line), "\(key.output)") }
        let page = try Program.run("help", "recipe", "--markdown").output
        #expect(page.hasPrefix("# Recipe reference\n") && page.contains("| `ties` |"))
    }

    @Test("the help of run lists what all long verbs share")
    func runHelp() throws {
        let output = try Program.run("run", "--help").output
        for option in ["--set", "--seed", "--threads", "--quiet", "--json", "--force"] {
            #expect(output.contains(option), "\(option)")
        }
    }

    @Test(
        "wrong usage ends with 2, an error with 1 and one message on standard error",
        arguments: [
            (["fly"], 2, "has no verb 'fly'; known: run, data"),
            (["run"], 2, "missing expected argument '<recipe>'"),
            (["list", "birds"], 2, "'recipes', 'runs', 'methods' or 'languages'"),
            (
                ["run", "Recipes/tiny.yaml", "--threads", "0"], 2,
                "expected a number from 1 to"
            ),
            (["merge", "--math", "a", "--language", "b"], 2, "add --to FOLDER, or --plan"),
            (["merge"], 2, "add --math FOLDER and --language FOLDER, or a file"),
            (["merge", "a.yaml", "--math", "b"], 2, "the file describes the merge"),
            (["merge", "--verify", "a", "--plan"], 2, "leave the rest out"),
            (["merge", "none.yaml"], 1, "none.yaml: there is no readable file"),
            (["merge", "--verify", "Recipes"], 1, "provenance.json"),
            (["run", "Recipes/merge-huggingface.yaml"], 1, "do it with 'layerswap merge"),
            (["run", "Recipes/none.yaml"], 1, "Recipes/none.yaml: there is no readable file"),
            (["validate", "Recipes/tiny.yaml", "--set", "sed=3"], 1, "did you mean \"seed\"?"),
            (
                [
                    "validate", "Recipes/tiny.yaml", "--set",
                    "sweep={stages: {maths: {steps: [1]}}}",
                ],
                1, "did you mean \"math\"?"
            ),
            (
                ["validate", "Recipes/tiny.yaml", "--set", "sweep={languages: {target: [xx]}}"],
                1, "there is no language pack with the code \"xx\""
            ),
            (["help", "mrge"], 2, "'layerswap' has no verb 'mrge', nearest known: 'merge'"),
            (["help", "recipes"], 2, "nearest known: 'recipe'"),
            (["help", "data", "shw"], 2, "'layerswap data' has no verb 'shw'"),
            (["help", "merge", "--markdown"], 2, "--markdown prints the reference of recipes"),
            (["help", "recipe", "lerning_rate"], 1, "nearest known: \"learning_rate\""),
            (["help", "recipe", "stages.math.stps"], 1, "nearest known: \"stages.math.steps\""),
            (["inspect", "Package.swift"], 1, "Package.swift"),
            (["generate", "Recipes", "text"], 1, "Recipes"),
        ]
    )
    func exitCodes(_ arguments: [String], _ status: Int32, _ message: String) throws {
        let ending = try Program.start(arguments).end()
        #expect(ending.status == status)
        #expect(ending.errors.contains(message), "\(ending.errors)")
        #expect(ending.output == "")
    }

    @Test("an output folder with something else in it is refused and left alone")
    func foreignFolder() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data("mine".utf8).write(to: folder.appending(path: "thesis.txt"))
        let ending = try Program.run("run", "Recipes/tiny.yaml", "--set", "output=\(folder.path)")
        #expect(ending.status == 1)
        #expect(ending.errors.contains("holds no run of a recipe"))
        #expect(FileManager.default.fileExists(atPath: folder.appending(path: "thesis.txt").path))
    }

    @Test("an error that begins with a path keeps its capital")
    func capital() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = folder.appending(path: "Foo")
        try FileManager.default.createDirectory(at: output, withIntermediateDirectories: false)
        try Data("mine".utf8).write(to: output.appending(path: "thesis.txt"))
        let recipe = Program.root.appending(path: "Recipes/tiny.yaml").path
        let ending = try Program.run("run", recipe, "--set", "output=Foo", in: folder)
        #expect(ending.status == 1)
        #expect(ending.errors.hasPrefix("layerswap: error: Foo exists"), "\(ending.errors)")
    }

    @Test("validate checks many recipes, show-recipe prints one that loads again")
    func recipes() throws {
        let valid = try Program.run("validate", "Recipes/tiny.yaml", "Recipes/quickstart.yaml")
        #expect(valid.status == 0)
        #expect(valid.output == "Recipes/tiny.yaml: valid\nRecipes/quickstart.yaml: valid\n")
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let shown = try Program.run("show-recipe", "Recipes/tiny.yaml", "--seed", "77")
        let file = folder.appending(path: "shown.yaml")
        try Data(shown.output.utf8).write(to: file)
        let again = try Program.run("show-recipe", file.path)
        #expect(again.output == shown.output)
        #expect(shown.output.contains("\nseed: 77\n"))
        let json = try Program.run("show-recipe", "Recipes/tiny.yaml", "--json")
        let object = try JSONSerialization.jsonObject(with: Data(json.lastLine.utf8))
        #expect((object as? [String: Any])?["name"] as? String == "tiny")
    }

    @Test("list knows recipes, methods and languages")
    func lists() throws {
        #expect(try Program.run("list", "recipes").output.contains("Recipes/quickstart.yaml  "))
        let methods = try Program.run("list", "methods").output
        for name in ["layer-swap", "average", "task-arithmetic", "ties", "dare"] {
            #expect(
                methods.split(separator: "\n").contains { $0.hasPrefix("\(name)  ") },
                "\(name)"
            )
        }
        #expect(try Program.run("list", "languages").output.contains("sw  Kiswahili"))
        #expect(try Program.run("list", "runs").status == 0)
    }

    @Test("doctor names kernel and rates")
    func doctor() throws {
        let ending = try Program.run("doctor", "--json")
        #expect(ending.status == 0)
        let object = try JSONSerialization.jsonObject(with: Data(ending.lastLine.utf8))
        let report = try #require(object as? [String: Any])
        #expect((report["gigaflops"] as? Double ?? 0) > 0)
        #expect(report["kernel"] as? String != "")
        #expect(ending.errors.contains("GFLOP/s on one core"))
        #expect(["tiles", "openblas"].contains(report["products"] as? String))
        #expect((report["gigaflopsOfAllThreads"] as? Double ?? 0) > 0)
        // Either there is bf16 or a reason why not.
        #expect((report["bfloat16"] == nil) == (report["bfloat16Problem"] != nil))
    }
}

@Suite("Verbs on models", .serialized)
struct ModelVerbTests {
    private func path(_ model: String) -> String { TinyRun.folder.appending(path: model).path }

    @Test(
        "merge shows the source of every tensor, writes what the recipe's merge wrote, and never over it"
    )
    func merge() throws {
        let inputs = ["--math", path("math"), "--language", path("language")]
        let plan = try Program.start(["merge", "--plan"] + inputs).end()
        #expect(plan.status == 0, "\(plan.errors)")
        for line in [
            #/model\.embed_tokens\.weight +language +copied/#,
            #/model\.layers\.2\.mlp\.up_proj\.weight +math +copied/#,
            #/model\.norm\.weight +language +copied/#,
        ] {
            #expect(plan.output.contains(line), "\(plan.output)")
        }
        let structured = try Program.start(["merge", "--plan", "--json"] + inputs).end()
        struct Plan: Decodable {
            struct Tensor: Decodable {
                var tensor, source: String
                var models: [String]
                var copied: Bool
            }
            var tensors: [Tensor]
        }
        let tensors = try JSONDecoder().decode(Plan.self, from: Data(structured.lastLine.utf8))
            .tensors
        #expect(tensors.count == 38)
        let middle = tensors.first { $0.tensor == "model.layers.2.mlp.up_proj.weight" }
        #expect(middle?.source == "math" && middle?.models == ["math"] && middle?.copied == true)
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let merged = folder.appending(path: "merged")
        let shown = try Program.start(["merge", "--mergekit", "--to", merged.path] + inputs).end()
        #expect(shown.status == 0, "\(shown.errors)")
        #expect(shown.errors.contains("--mergekit prints and writes nothing to \(merged.path)"))
        #expect(!FileManager.default.fileExists(atPath: merged.path))
        let arguments = ["merge", "--to", merged.path] + inputs
        #expect(try Program.start(arguments).end().status == 0)
        #expect(
            try Data(contentsOf: merged.appending(path: "model.safetensors"))
                == Data(contentsOf: URL(filePath: path("swap/model.safetensors")))
        )
        let verified = try Program.start(["merge", "--verify", merged.path]).end()
        #expect(verified.status == 0, "\(verified.errors)")
        #expect(verified.output.contains("38 tensors are what the repeated merge gives"))
        let again = try Program.start(arguments).end()
        #expect(again.status == 1)
        #expect(again.errors.contains("exists already and is not overwritten"))
        #expect(try Program.start(arguments + ["--force"]).end().status == 0)
        let deep = try Program.start(["merge", "--plan", "--bottom", "9"] + inputs).end()
        #expect(deep.status == 1)
        #expect(deep.errors.contains("the zones do not fit"))
    }

    @Test("merge knows the variants of a swap and the methods that start from the base")
    func mergeMethods() throws {
        let inputs = ["merge", "--plan", "--math", path("math"), "--language", path("language")]
        let swap = try Program.start(
            inputs + ["--pattern", "alternating", "--direction", "math-outside"]
        ).end()
        #expect(swap.output.contains("input first:  MLML"), "\(swap.output)\(swap.errors)")
        let kinds = try Program.start(inputs + ["--tensors", "attention", "--seed", "1"]).end()
        #expect(kinds.status == 1)
        #expect(kinds.errors.contains("only a random pattern has a seed"), "\(kinds.errors)")
        let arc = try Program.start(inputs + ["--method", "slerp", "--dtype", "bfloat16"]).end()
        #expect(arc.output.contains("arc (0.500 math + 0.500 language)"), "\(arc.errors)")
        let type = try Program.start(inputs + ["--dtype", "half"]).end()
        #expect(type.status == 1 && type.errors.contains("expected float32, float16, bfloat16"))
        let ties = inputs + ["--method", "ties", "--density", "0.5", "--weights", "math=2"]
        let missing = try Program.start(ties).end()
        #expect(missing.status == 1)
        #expect(missing.errors.contains("the merge needs the model 'base'"), "\(missing.errors)")
        let plan = try Program.start(ties + ["--base", path("base"), "--lambda", "0.25"]).end()
        let line = "base + 0.250 TIES 0.500 (2.000 τ math)  computed"
        #expect(plan.output.contains(line), "\(plan.output)\(plan.errors)")
    }

    @Test("inspect shows tensors of folders and files, and norms on request")
    func inspect() throws {
        let folder = try Program.run("inspect", path("base"), "--norms")
        #expect(folder.output.contains(#/model\.norm\.weight +F32 +\[32\] +32 +\d+\.\d{4}/#))
        #expect(folder.output.contains("38 tensors, 52,512 elements, 210 kB"))
        #expect(folder.output.contains("layers: 4"))
        let file = try Program.run("inspect", path("base/model.safetensors"), "--json")
        let object = try JSONSerialization.jsonObject(with: Data(file.lastLine.utf8))
        #expect((object as? [String: Any])?["elements"] as? Int == 52_512)
    }

    @Test("generate gives the same text for the same seed, within the tokens allowed")
    func generate() throws {
        let arguments = [
            "generate", path("base"), "Juma", "--max-tokens", "9", "--temperature", "1", "--seed",
            "3", "--json",
        ]
        let first = try Program.start(arguments).end()
        #expect(first.status == 0, "\(first.errors)")
        struct Reply: Decodable {
            var text: String
            var tokens: Int
        }
        let reply = try JSONDecoder().decode(Reply.self, from: Data(first.lastLine.utf8))
        #expect((0...9).contains(reply.tokens))
        let second = try Program.start(arguments).end()
        let other = try JSONDecoder().decode(Reply.self, from: Data(second.lastLine.utf8))
        #expect(other.text == reply.text)
    }

    @Test("evaluate measures a model as the run did")
    func evaluate() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let records = folder.appending(path: "records")
        let ending = try Program.run(
            "evaluate",
            path("soup"),
            "--recipe",
            "Recipes/tiny.yaml",
            "--records",
            records.path,
            "--set",
            "evaluation.batch_size=3",
            "--threads",
            "1"
        )
        #expect(ending.status == 0, "\(ending.errors)")
        for name in [
            "target_math", "english_math", "target_bits_per_byte", "english_bits_per_byte",
        ] {
            let own = try Data(contentsOf: records.appending(path: "\(name).jsonl"))
            let run = URL(filePath: path("evaluation-soup/\(name).jsonl"))
            #expect(try own == Data(contentsOf: run), "\(name)")
        }
    }

    @Test("evaluate --limit asks the first of each set, and says so wherever it is read")
    func limitedEvaluation() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let records = folder.appending(path: "records")
        let arguments = [
            "evaluate", path("soup"), "--recipe", "Recipes/tiny.yaml", "--limit", "3",
            "--threads", "1",
        ]
        let ending = try Program.start(arguments + ["--records", records.path, "--json"]).end()
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(ending.errors.contains("this is not the whole evaluation"), "\(ending.errors)")
        let object = try JSONSerialization.jsonObject(with: Data(ending.lastLine.utf8))
        let summary = try #require(object as? [String: Any])
        #expect(summary["limit"] as? Int == 3)
        let metrics = try #require(summary["metrics"] as? [String: [String: Any]])
        for name in ["target_math", "english_math", "target_bits_per_byte"] {
            #expect(metrics[name]?["n"] as? Int == 3, "\(name)")
            let lines = try String(
                contentsOf: records.appending(path: "first-3-\(name).jsonl"),
                encoding: .utf8
            ).split(separator: "\n")
            #expect(lines.count == 3, "\(name)")
        }
        // It is no table that a run could be checked against.
        let summaryFile = folder.appending(path: "limited.json")
        try Data(ending.lastLine.utf8).write(to: summaryFile)
        let refused = try Program.run(
            "check",
            TinyRun.folder.path,
            "--against",
            summaryFile.path
        )
        #expect(refused.status == 1 && refused.errors.contains("is no table of results"))
    }

    @Test("an empty name of a model is refused, and does not mean the working folder")
    func emptyNames() throws {
        for words in [
            ["chat", ""], ["generate", "", "text"], ["inspect", ""], ["convert", "", "a.gguf"],
            ["evaluate", "", "--recipe", "Recipes/tiny.yaml"], ["tokenizer", "show", ""],
        ] {
            let ending = try Program.start(words).end()
            #expect(ending.status == 1 && ending.output.isEmpty, "\(words)")
            #expect(
                ending.errors.hasPrefix("layerswap: error: the name of a model is empty"),
                "\(words): \(ending.errors)"
            )
        }
        let target = try Program.run("convert", path("soup"), "")
        #expect(target.status != 0 && target.errors.contains("<destination>: found an empty path"))
    }

    @Test("an experiment of a run without a sweep is refused, and why is said")
    func noSweep() throws {
        let ending = try Program.run("analyze", "change", TinyRun.folder.path, "--cell", "3")
        #expect(ending.status == 1)
        #expect(
            ending.errors.contains("has no experiment \"3\": its recipe has no sweep"),
            "\(ending.errors)"
        )
    }

    @Test("tokenizer show cuts a text")
    func tokenizer() throws {
        let ending = try Program.run("tokenizer", "show", path("tokenizer"), "12")
        #expect(ending.status == 0)
        #expect(ending.output.contains(#/\d+  1\n *\d+  2\n/#))
    }
}
