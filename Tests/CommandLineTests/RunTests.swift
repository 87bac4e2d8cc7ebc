import Foundation
import Testing

@Suite("A whole run", .serialized)
struct RunTests {
    @Test("the tiny recipe runs to its table, which is the last line of standard output")
    func table() throws {
        let ending = TinyRun.ending
        try #require(ending.status == 0, "\(ending.errors)")
        let lines = ending.output.split(separator: "\n")
        #expect(lines.count == 1)
        let results = try ResultsObject(Data(ending.lastLine.utf8))
        #expect(results.seeds == 1)
        #expect(results.rows.map(\.model) == ["base", "math", "language", "soup", "swap"])
        let metrics: Set = [
            "target_math", "english_math", "target_equation", "english_equation",
            "target_bits_per_byte", "english_bits_per_byte",
        ]
        for row in results.rows {
            #expect(Set(row.metrics.keys.filter { !$0.contains("/") }) == metrics)
            for part in ["steps/1", "kind/gain", "vocabulary/unknown_words"] {
                let count = try #require(row.metrics["target_math/\(part)"]?.n)
                #expect(count > 0 && count < 16)
            }
            #expect(row.metrics["target_math"]?.n == 16)
            let bits = try #require(row.metrics["target_bits_per_byte"])
            #expect(bits.n == 8 && bits.value > 0 && bits.value < 10)
        }
        #expect(Set(results.tests.map(\.a)) == ["swap"])
        #expect(Set(results.tests.map(\.b)) == ["base", "math", "language", "soup"])
        #expect(Set(results.tests.map(\.metric)) == metrics)
        let file = try Data(contentsOf: TinyRun.folder.appending(path: "results.json"))
        let stored = try JSONSerialization.jsonObject(with: file) as? NSDictionary
        let printed = try JSONSerialization.jsonObject(with: Data(ending.lastLine.utf8))
        #expect(stored == printed as? NSDictionary)
    }

    @Test(
        "progress says what will be done, each model's size, and step lines of at most 120 columns"
    )
    func progress() {
        let errors = TinyRun.ending.errors
        for part in [
            "plan\n  tokenizer            run  new", "52,512 parameters", "products by",
            "30 steps of 512 tokens", "verified equal to their source", "model      target math",
            "swap − soup",
        ] {
            #expect(errors.contains(part), "\(part) is not in:\n\(errors)")
        }
        let steps = errors.split(separator: "\n").filter { $0.contains("tok/s") }
        #expect(steps.count >= 3)
        for line in steps {
            #expect(line.count <= 120)
            #expect(line.contains(#/step +\d+/\d+ +\d+\.\d% +loss \d+\.\d{3} \(avg \d+\.\d{3}\)/#))
            #expect(line.contains(#/norm .* lr \d\.\de[-+]\d\d .* ms .* tok/s .* [MG]B  eta /#))
        }
    }

    @Test("the folder of a run holds what its page says")
    func folder() throws {
        for path in [
            "recipe.yaml", "results.json", "runs.sqlite", "events.jsonl",
            "tokenizer/tokenizer.model",
            "base/config.json", "base/model.safetensors", "base/tokenizer.model",
            "base/metrics.jsonl", "base/provenance.json", "swap/provenance.json",
            "evaluation-swap/target_math.jsonl", "evaluation-swap/english_bits_per_byte.jsonl",
            "swap/stage.json",
        ] {
            let file = TinyRun.folder.appending(path: path)
            #expect(FileManager.default.fileExists(atPath: file.path), "\(path)")
        }
        let events = try String(
            contentsOf: TinyRun.folder.appending(path: "events.jsonl"),
            encoding: .utf8
        )
        #expect(events.contains("\"event\":\"finished\""))
        for line in events.split(separator: "\n") {
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
        }
    }

    @Test("a second run does nothing but print the table")
    func again() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = try TinyRun.copy(in: folder)
        let before = try weightsAndDates(output)
        let ending = try Program.run("run", "Recipes/tiny.yaml", "--set", "output=\(output.path)")
        #expect(ending.status == 0)
        #expect(ending.output.hasPrefix("Nothing to do: all 12 stages"))
        #expect(ending.output.contains("\nmodel      target math"))
        #expect(!ending.output.contains("tok/s"))
        #expect(try weightsAndDates(output) == before)
    }

    private func weightsAndDates(_ output: URL) throws -> [String: Date] {
        let names = ["base", "math", "language", "soup", "swap"].map { "\($0)/model.safetensors" }
        return try Dictionary(
            uniqueKeysWithValues: (names + ["results.json", "tokenizer/tokenizer.model"]).map {
                let path = output.appending(path: $0).path
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                return ($0, attributes[.modificationDate] as? Date ?? .distantPast)
            }
        )
    }

    @Test("quiet prints the table alone")
    func quiet() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = try TinyRun.copy(in: folder)
        let ending = try Program.run(
            "run",
            "Recipes/tiny.yaml",
            "--set",
            "output=\(output.path)",
            "--quiet"
        )
        #expect(ending.status == 0)
        #expect(ending.errors == "")
        #expect(ending.output.trimmingPrefix("\n").hasPrefix("model "))
    }

    @Test("changed settings rebuild what depends on them and keep the old; force rebuilds")
    func change() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = try TinyRun.copy(in: folder)
        let swap = output.appending(path: "swap/model.safetensors")
        let old = try Data(contentsOf: swap)
        let set = "output=\(output.path)"
        let other = try Program.run(
            "run",
            "Recipes/tiny.yaml",
            "--set",
            set,
            "--set",
            "merges.swap.bottom=2",
            "--set",
            "merges.swap.bottom_transition=0"
        )
        #expect(other.status == 0, "\(other.errors)")
        #expect(other.output.contains("bottom was 1, is 2"))
        #expect(other.output.contains(#/base +reuse/#))
        #expect(try Data(contentsOf: swap) != old)
        let back = try Program.run("run", "Recipes/tiny.yaml", "--set", set)
        #expect(back.output.contains(#/swap +bring back/#))
        #expect(try Data(contentsOf: swap) == old)
        let forced = try Program.run(
            "train",
            "Recipes/tiny.yaml",
            "--stage",
            "math",
            "--set",
            set,
            "--force"
        )
        #expect(forced.status == 0)
        #expect(forced.output.contains(#/math +run +--force/#))
        #expect(forced.output.contains(#/base +reuse/#))
    }

    @Test("a result whose bytes were changed is made again")
    func damage() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = try TinyRun.copy(in: folder)
        let soup = output.appending(path: "soup/model.safetensors")
        let good = try Data(contentsOf: soup)
        var bad = good
        bad[bad.count - 1] ^= 1
        try bad.write(to: soup)
        let ending = try Program.run("run", "Recipes/tiny.yaml", "--set", "output=\(output.path)")
        #expect(ending.output.contains(#/soup +run +its files were changed/#))
        #expect(try Data(contentsOf: soup) == good)
    }
}
