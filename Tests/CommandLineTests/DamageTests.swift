import Foundation
import Testing

@Suite("Damaged, missing and misplaced files", .serialized)
struct DamageTests {
    /// Words of the system's libraries that say nothing to people.
    private static let refused = [
        "NSCocoaErrorDomain", "DecodingError", "Swift.", "The operation could not", "CodingKeys",
        "dataCorrupted(", "Error Domain", "Fatal error",
    ]

    /// No crash, no words of libraries, and where it failed the file is named.
    private func check(_ ending: Program.Ending, _ what: String, names file: String?) {
        #expect([0, 1, 2].contains(ending.status), "\(what): \(ending.status) \(ending.errors)")
        for word in Self.refused {
            #expect(!ending.errors.contains(word), "\(what): \(ending.errors)")
        }
        if ending.status != 0, let file {
            let told = ending.errors + ending.output
            #expect(told.contains(file), "\(what): \(ending.errors)")
        }
    }

    /// What a file can hold instead of what it should.
    private static let damages: [(name: String, change: @Sendable (Data) -> Data?)] = [
        ("empty", { _ in Data() }), ("cut", { $0.prefix(max(1, $0.count / 2)) }),
        ("text", { _ in Data(String(repeating: "This is a thesis.\n", count: 20).utf8) }),
        ("other types", { _ in Data("{\"recipe\":3,\"rows\":{},\"vocab_size\":\"x\"}\n".utf8) }),
        ("bytes", { _ in Data(repeating: 0xFE, count: 200) }), ("a folder", { _ in nil }),
    ]

    /// Records of a run, and verbs that read them.
    static let records: [(file: String, verbs: [String])] = [
        ("run.json", ["show", "list", "report"]), ("results.json", ["report", "check"]),
        ("recipe.yaml", ["report", "change"]),
        ("runs.sqlite", ["show", "list", "compare", "export", "report"]),
        ("base/stage.json", ["change", "show"]), ("analysis/change.json", ["report"]),
        ("analysis/localize.json", ["report"]), ("analysis/intervene.json", ["report"]),
        ("analysis/representations.json", ["report"]), ("base/metrics.jsonl", ["report"]),
        ("evaluation-swap/target_math.jsonl", ["report"]),
        ("swap/config.json", ["generate", "inspect"]),
        ("swap/model.safetensors", ["generate", "inspect", "verify"]),
        ("swap/tokenizer.model", ["generate"]), ("swap/provenance.json", ["verify"]),
        ("math/config.json", ["merge"]), ("math/model.safetensors", ["merge"]),
        ("math/tokenizer.model", ["merge"]), ("math/adapter_config.json", ["merge"]),
    ]

    private static func words(_ verb: String, _ run: String, _ other: String) -> [String] {
        switch verb {
        case "show": ["runs", "show", run]
        case "list": ["runs", "list", "--folder", run]
        case "compare": ["runs", "compare", run, "swap", "soup"]
        case "export": ["runs", "export", run]
        case "report": ["report", run, "--output", other + "/page.html"]
        case "check": ["check", run, "--against", run + "/results.json"]
        case "change": ["analyze", "change", run, "--output", other + "/change.json"]
        case "generate": ["generate", run + "/swap", "Juma", "--max-tokens", "2"]
        case "inspect": ["inspect", run + "/swap"]
        case "verify": ["merge", "--verify", run + "/swap"]
        default:
            [
                "merge", "--math", run + "/math", "--language", run + "/language", "--to",
                other + "/merged",
            ]
        }
    }

    @Test("a damaged record is named by every verb that reads it", arguments: records)
    func damaged(_ record: (file: String, verbs: [String])) throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let run = try TinyRun.copy(in: folder)
        let file = run.appending(path: record.file)
        let other = folder.appending(path: "other")
        let whole = (try? Data(contentsOf: file)) ?? Data("{}".utf8)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        for damage in Self.damages {
            try? FileManager.default.removeItem(at: file)
            if let data = damage.change(whole) {
                try data.write(to: file)
            } else {
                try FileManager.default.createDirectory(
                    at: file,
                    withIntermediateDirectories: false
                )
            }
            for verb in record.verbs {
                let ending = try Program.start(Self.words(verb, run.path, other.path)).end()
                let what = "\(record.file), \(damage.name), \(verb)"
                // With this file beside it a model is an adapter, which is what is reported then.
                let isAdapter = record.file == "math/adapter_config.json"
                check(ending, what, names: isAdapter ? "math" : file.lastPathComponent)
                if damage.name == "text", verb != "list", verb != "show" {
                    // These are read by nobody then: the database shows, or the analysis is made
                    // again.
                    let isUnread = ["run.json", "base/stage.json"].contains(record.file)
                    #expect(ending.status != 0 || isUnread, "\(what) passed")
                }
                try? FileManager.default.removeItem(at: other)
            }
        }
    }

    @Test("a damaged analysis is an error of the report, and not an analysis that was not made")
    func analysis() throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let run = try TinyRun.copy(in: folder)
        let record = run.appending(path: "analysis/localize.json")
        try? FileManager.default.createDirectory(
            at: record.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data("{\"analysis\": \"localize\"".utf8).write(to: record)
        let ending = try Program.run("report", run.path)
        #expect(ending.status == 1)
        #expect(
            ending.errors.contains("localize.json is no record of this analysis (it is not JSON")
        )
        #expect(ending.errors.contains("make it again with --force"))
    }

    /// Verbs with a place for a path that is not what they expect.
    static let places: [[String]] = [
        ["run", "PATH"], ["train", "PATH"], ["validate", "PATH"], ["show-recipe", "PATH"],
        ["copy", "PATH", "x.yaml"], ["evaluate", "PATH", "--recipe", "Recipes/tiny.yaml"],
        ["evaluate", "Recipes", "--recipe", "PATH"], ["generate", "PATH", "text"],
        ["chat", "PATH"], ["inspect", "PATH"], ["inspect", "PATH", "--norms"], ["merge", "PATH"],
        ["merge", "--math", "PATH", "--language", "PATH", "--to", "OUT"],
        ["merge", "--verify", "PATH"], ["tokenizer", "show", "PATH"], ["data", "check", "PATH"],
        ["runs", "show", "PATH"], ["runs", "compare", "PATH", "a", "b"],
        ["runs", "export", "PATH"],
        ["report", "PATH"], ["check", "PATH", "--against", "PATH"], ["analyze", "change", "PATH"],
        ["analyze", "localize", "--checkpoint", "PATH", "--samples", "en=a,b", "--output", "OUT"],
        ["benchmark", "generate", "PATH"], ["benchmark", "peer", "PATH"],
    ]

    @Test("a path of the wrong kind is named", arguments: places)
    func misplaced(_ words: [String]) throws {
        let folder = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "some-file.yaml")
        try Data("thesis: 1\n".utf8).write(to: file)
        let inner = folder.appending(path: "some-folder.yaml")
        try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: false)
        let paths = [
            file.path, inner.path, folder.path + "/missing.yaml", file.path + "/below.yaml",
            folder.path + "/" + String(repeating: "n", count: 300) + ".yaml", "",
        ]
        for path in paths {
            let arguments = words.map {
                $0 == "PATH" ? path : $0 == "OUT" ? folder.path + "/out" : $0
            }
            let ending = try Program.start(arguments).end()
            let name = path.isEmpty ? nil : String(path.split(separator: "/").last ?? "")
            #expect(ending.status != 0, "\(arguments)")
            check(ending, "\(arguments)", names: name.map { String($0.prefix(20)) })
        }
    }
}
