import Foundation
import Testing

@Suite("Counts of data")
struct DataCountTests {
    private func rows(_ count: Int, long: Int) -> String {
        (0..<count).map { number in
            let padding = number < long ? String(repeating: "very ", count: 300) : ""
            return "{\"id\": \"p\(number)\", \"question\": \"Juma has \(padding)\(number) mangoes. "
                + "He gets 2. How many?\", \"answer\": \(number + 2), "
                + "\"equation_solution\": \"\(number)+2=\(number + 2)\"}"
        }.joined(separator: "\n")
    }

    private func arguments(_ verb: [String], _ folder: URL, _ settings: [String]) -> [String] {
        let all = [
            "data.folder=\(folder.path)", "output=\(folder.appending(path: "run").path)",
            "stages.math.mixture.english-problems.file=p.jsonl",
            "stages.math.mixture.english-problems.format=gsm8k", "stages.base.steps=2",
            "stages.math.steps=2",
        ]
        return verb + (all + settings).flatMap { ["--set", $0] }
    }

    @Test("validate refuses a recipe whose files are not there, unless nothing reads them")
    func missing() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        func validate(_ settings: [String]) throws -> Program.Ending {
            try Program.start(arguments(["validate", "Recipes/tiny.yaml"], folder, settings)).end()
        }
        let missing = try validate([])
        #expect(missing.status == 1 && !missing.output.contains("valid"), "\(missing.output)")
        #expect(missing.errors.contains("the recipe reads \"p.jsonl\", and there is no such file"))
        let nowhere = try validate(["data.folder=\(folder.path)/none"])
        #expect(nowhere.status == 1 && nowhere.errors.contains("and there is no such folder"))
        let unread = [
            "stages.math.mixture.english-problems.weight=0",
            "stages.math.mixture.sums={source: arithmetic}",
        ]
        let valid = try validate(unread)
        #expect(valid.status == 0, "\(valid.errors)")
    }

    @Test("a stage for which nothing fits is refused before any stage is trained")
    func refused() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(rows(200, long: 200).utf8).write(to: folder.appending(path: "p.jsonl"))
        let ending = try Program.start(arguments(["run", "Recipes/tiny.yaml"], folder, [])).end()
        #expect(ending.status != 0)
        #expect(ending.errors.contains("fits into sequence_length 128"), "\(ending.errors)")
        #expect(ending.errors.contains("p.jsonl") && !ending.errors.contains("tok/s"))
        let base = folder.appending(path: "run/base")
        #expect(!FileManager.default.fileExists(atPath: base.path))
    }

    @Test("what is left out is counted on the screen, in the record and by validate")
    func counted() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(rows(200, long: 50).utf8).write(to: folder.appending(path: "p.jsonl"))
        let checked = try Program.start(arguments(["validate", "Recipes/tiny.yaml"], folder, []))
            .end()
        #expect(checked.status == 0, "\(checked.errors)")
        #expect((checked.errors + checked.output).contains("200 rows"), "\(checked.errors)")
        let ending = try Program.start(
            arguments(["train", "Recipes/tiny.yaml", "--stage", "math"], folder, [])
        ).end()
        #expect(ending.status == 0, "\(ending.errors)")
        for part in [
            "200 rows", "longer than 128 tokens left out", "warning: math/english-problems",
        ] {
            #expect((ending.errors + ending.output).contains(part), "\(ending.output)")
        }
        let record = try String(
            contentsOf: folder.appending(path: "run/math/stage.json"),
            encoding: .utf8
        )
        #expect(record.contains("\"tooLong\""))
        try Data(rows(1, long: 0).utf8).write(to: folder.appending(path: "p.jsonl"))
        let empty = try Program.start(arguments(["validate", "Recipes/tiny.yaml"], folder, []))
            .end()
        #expect(empty.status == 1 && empty.errors.contains("1 row, in the "), "\(empty.errors)")
    }
}
