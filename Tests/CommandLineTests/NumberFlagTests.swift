import Foundation
import Testing

@Suite("Numbers and verbs on the command line")
struct NumberFlagTests {
    @Test(
        "a number that cannot be is reported with the reason",
        arguments: [
            (
                ["run", "Recipes/tiny.yaml", "--seed", "-1"],
                "found -1, expected a whole number from 0"
            ),
            (
                ["run", "Recipes/tiny.yaml", "--seed", "x"],
                "found x, expected a whole number from 0"
            ),
            (
                ["run", "Recipes/tiny.yaml", "--seed", "1e400"],
                "found 1e400, expected a whole number"
            ),
            (
                ["run", "Recipes/tiny.yaml", "--threads", "-2"],
                "found -2, expected a number from 1"
            ),
            (
                ["run", "Recipes/tiny.yaml", "--threads", "1.5"],
                "found 1.5, expected a whole number"
            ),
            (
                ["run", "Recipes/tiny.yaml", "--threads", "1000"],
                "found 1000, expected a number from"
            ),
            (["generate", "m", "t", "--seed", "-1"], "found -1, expected a whole number from 0"),
            (
                ["generate", "m", "t", "--temperature", "hot"],
                "found hot, expected a number such as"
            ),
            (["generate", "m", "t", "--max-tokens", "-1"], "--max-tokens: found -1, expected"),
            (["generate", "m", "t", "--maximum-new-tokens", "-1"], "--max-tokens: found -1"),
            (["generate", "m", "t", "--temperature", "-1"], "--temperature: found -1.0, expected"),
            (["chat", "m", "--top-k", "-1"], "--top-k: found -1, expected a number from 0"),
            (
                ["generate", "m", "t", "--top-p", "2"],
                "--top-p: found 2.0, expected a number above"
            ),
            (
                ["evaluate", "m", "--mgsm", "f", "--max-tokens", "0"],
                "--maximum-new-tokens: found 0"
            ),
            (["data", "show", "--language", "sw", "--count", "-3"], "found -3, expected a number"),
            (["benchmark", "train", "--rows", "many"], "found many, expected a whole number"),
            (
                ["check", "r", "--against", "x", "--tolerance", "-1"],
                "found -1.0, expected a number"
            ),
        ]
    )
    func reason(_ words: [String], _ expected: String) throws {
        let ending = try Program.start(words).end()
        #expect(ending.status == 2, "\(ending.errors)")
        #expect(ending.errors.contains(expected), "\(ending.errors)")
    }

    @Test(
        "a word that is no verb gets a suggestion when one is near",
        arguments: [
            (["trian"], "'layerswap' has no verb 'trian', nearest known: 'train'; known: run,"),
            (["fly"], "'layerswap' has no verb 'fly'; known: run, data"),
            (["runs", "shwo"], "'layerswap runs' has no verb 'shwo', nearest known: 'show'"),
            (
                ["benchmark", "philosophy"],
                "'layerswap benchmark' has no verb 'philosophy'; known:"
            ),
            (
                ["tokenizer", "trian", "x"],
                "'layerswap tokenizer' has no verb 'trian', nearest known: 'train'"
            ),
        ]
    )
    func verbs(_ words: [String], _ expected: String) throws {
        let ending = try Program.start(words).end()
        #expect(ending.status == 2)
        #expect(ending.errors.hasPrefix("layerswap: error: \(expected)"), "\(ending.errors)")
    }

    @Test("whole numbers may be written with an exponent")
    func exponent() throws {
        let ending = try Program.run(
            "show-recipe",
            "Recipes/tiny.yaml",
            "--seed",
            "1e3",
            "--set",
            "world.seed=2e3"
        )
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(ending.output.contains("seed: 1000\n"))
    }

    @Test("a value over two lines is refused and not joined with a space")
    func lineBreak() throws {
        let ending = try Program.run("show-recipe", "Recipes/tiny.yaml", "--set", "output=a\nb")
        #expect(ending.status == 1)
        #expect(ending.errors.contains("a\\nb\": the value has a line break"))
    }
}

@Suite("Work that does not fit in memory")
struct MemoryTests {
    @Test(
        "is refused before anything starts",
        arguments: [
            ["--set", "model.width=65536", "--set", "model.layers=1024"],
            [
                "--set", "training.sequence_length=1048576", "--set",
                "training.tokens_per_batch=1048576",
            ]
                + ["--set", "model.width=8192", "--set", "model.heads=2"],
        ]
    )
    func run(_ settings: [String]) throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = folder.appending(path: "run")
        let ending = try Program.start(
            ["run", "Recipes/tiny.yaml", "--set", "output=\(output.path)"] + settings
        ).end()
        #expect(ending.status == 1, "\(ending.errors)")
        #expect(ending.errors.contains("of memory, and "), "\(ending.errors)")
        #expect(ending.errors.contains("are available here; "))
        #expect(!FileManager.default.fileExists(atPath: output.path))
        let validated = try Program.start(["validate", "Recipes/tiny.yaml"] + settings).end()
        #expect(validated.status == 0)
        #expect(validated.errors.hasPrefix("Warning: Recipes/tiny.yaml: training "))
    }

    @Test(
        "is refused by measurements too",
        arguments: [
            ["train", "--rows", "100000000"], ["train", "--rows", "9000000000000000000"],
            ["train", "--width", "1000000", "--heads", "4"],
            ["generate", "--width", "1000000", "--heads", "4"],
            ["kernels", "--tokens", "1000000000"],
        ]
    )
    func benchmark(_ words: [String]) throws {
        let ending = try Program.start(["benchmark"] + words).end()
        #expect(ending.status == 1, "\(ending.status) \(ending.errors)")
        #expect(ending.errors.contains("are available here; "), "\(ending.errors)")
    }
}
