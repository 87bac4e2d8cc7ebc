import Foundation
import Testing

/// What the program says where newcomers stumble.
@Suite("First steps")
struct NewcomerTests {
    /// A folder with `Recipes`, packs and a finished run, as the package has them, and a folder
    /// without anything beside it.
    private func inPackage(_ body: (_ package: URL, _ elsewhere: URL) throws -> Void) throws {
        let manager = FileManager.default
        let folder = try Program.temporaryFolder().resolvingSymlinksInPath()
        defer { try? manager.removeItem(at: folder) }
        let (package, elsewhere) = (
            folder.appending(path: "package"), folder.appending(path: "elsewhere")
        )
        for path in ["package/Data", "package/Recipes", "package/Checkpoints", "elsewhere"] {
            try manager.createDirectory(
                at: folder.appending(path: path),
                withIntermediateDirectories: true
            )
        }
        try manager.copyItem(
            at: Program.root.appending(path: "Data/Languages"),
            to: package.appending(path: "Data/Languages")
        )
        try manager.copyItem(
            at: Program.root.appending(path: "Recipes/tiny.yaml"),
            to: package.appending(path: "Recipes/tiny.yaml")
        )
        try manager.copyItem(at: TinyRun.folder, to: package.appending(path: "Checkpoints/tiny"))
        try body(package, elsewhere)
    }

    @Test("in a working folder that was removed, a name that is not found is an error")
    func removedFolder() throws {
        let folder = try Program.temporaryFolder()
        let errors = Pipe()
        let shell = Process()
        shell.executableURL = URL(filePath: "/bin/sh")
        // The way up from no folder had no end.
        let script = #"cd "$1" && rmdir "$1" && exec timeout 30 "$2" run missing"#
        shell.arguments = ["-c", script, "sh", folder.path, Program.url.path]
        shell.standardError = errors
        try shell.run()
        let data = errors.fileHandleForReading.readDataToEndOfFile()
        shell.waitUntilExit()
        let text = String(decoding: data, as: UTF8.self)
        #expect(shell.terminationStatus == 1, "\(shell.terminationStatus) \(text)")
        #expect(text.contains("missing"), "\(text)")
    }

    @Test("a run ends with the commands that come next, and a JSON object stands alone")
    func nextSteps() throws {
        try inPackage { package, _ in
            let ending = try Program.run("run", "tiny", in: package)
            #expect(ending.status == 0, "\(ending.errors)")
            #expect(ending.output.contains("\nNext:\n    layerswap report Checkpoints/tiny "))
            #expect(ending.output.contains("\n    layerswap analyze Checkpoints/tiny "))
            #expect(ending.output.contains("\n    layerswap chat Checkpoints/tiny/swap "))
            let json = try Program.run("run", "tiny", "--json", in: package)
            #expect(!(json.output + json.errors).contains("Next:"))
            let quiet = try Program.run("run", "tiny", "--quiet", in: package)
            #expect(!(quiet.output + quiet.errors).contains("Next:"))
            let merge = try Program.run(
                "merge",
                "--math",
                "tiny/math",
                "--language",
                "tiny/language",
                "--to",
                "my model",
                in: package
            )
            #expect(merge.output.contains("\n    layerswap chat 'my model' "), "\(merge.errors)")
            #expect(merge.output.contains("\n    layerswap merge --verify 'my model' "))
        }
    }

    @Test(
        "a recipe is found by its name, and the nearest one is suggested",
        arguments: [
            (["tiny"], "Recipes/tiny.yaml: valid\n", ""),
            (["tiny.yaml"], "Recipes/tiny.yaml: valid\n", ""),
            (["Recipes/tiny"], "Recipes/tiny.yaml: valid\n", ""),
            (
                ["Recipes/tinny.yaml"], "",
                "Recipes/tinny.yaml: there is no readable file here; "
                    + "did you mean Recipes/tiny.yaml?\n"
            ),
            (
                ["tinny"], "",
                "tinny: there is no readable file here; did you mean Recipes/tiny.yaml"
            ),
        ]
    )
    func recipeNames(_ words: [String], _ output: String, _ errors: String) throws {
        try inPackage { package, _ in
            let ending = try Program.start(["validate"] + words, in: package).end()
            #expect(ending.output == output)
            #expect(ending.errors.contains(errors) || errors.isEmpty, "\(ending.errors)")
            for verb in [["show-recipe"], ["run"], ["copy"]] where output.isEmpty {
                let more = verb == ["copy"] ? ["Recipes/new.yaml"] : []
                let ending = try Program.start(verb + words + more, in: package).end()
                #expect(ending.status == 1 && ending.output.isEmpty)
                #expect(ending.errors.hasPrefix("layerswap: error: \(errors)"), "\(ending.errors)")
            }
        }
    }

    @Test("copy and show-recipe take a name too, and a name finds what the program came with")
    func otherVerbs() throws {
        try inPackage { package, elsewhere in
            let copy = try Program.run("copy", "tiny", "Recipes/mine.yaml", in: package)
            #expect(copy.output.contains("layerswap run Recipes/mine.yaml"), "\(copy.errors)")
            let shown = try Program.run("show-recipe", "tiny", in: elsewhere)
            #expect(shown.output.contains("name: tiny"), "\(shown.errors)")
            let listed = try Program.run("list", "recipes", in: elsewhere)
            #expect(listed.output.contains("/Recipes/tiny.yaml  "), "\(listed.output)")
        }
    }

    @Test("runs and models are found by name, from a folder inside the package too")
    func runNames() throws {
        try inPackage { package, _ in
            let inside = package.appending(path: "Recipes")
            for name in ["tiny", "Checkpoints/tiny"] {
                let ending = try Program.run("runs", "show", name, in: inside)
                #expect(ending.status == 0, "\(ending.errors)")
                #expect(ending.output.contains("\(package.path)/Checkpoints/tiny"))
            }
            let report = try Program.run("report", "tiny", in: inside)
            #expect(report.output.hasPrefix("\(package.path)/Checkpoints/tiny/report.html\n"))
            let list = try Program.run("runs", "list", in: inside)
            #expect(list.output.contains("\(package.path)/Checkpoints/tiny"))
            let change = try Program.run("analyze", "change", "tiny", in: inside)
            #expect(change.status == 0, "\(change.errors)")
            let inspected = try Program.run("inspect", "tiny/math", in: inside)
            #expect(inspected.output.contains("38 tensors"), "\(inspected.errors)")
            let wrong = try Program.run("report", "tinny", in: inside)
            #expect(wrong.status == 1)
            #expect(
                wrong.errors.contains(
                    "there is no run \"tinny\" in \(package.path)/Checkpoints"
                ),
                "\(wrong.errors)"
            )
            #expect(wrong.errors.contains("nearest known: 'tiny'"))
            let model = try Program.run("chat", "tiny/maths", in: package)
            #expect(model.errors.contains("did you mean Checkpoints/tiny/math?"), "\(model.errors)")
        }
    }

    @Test("a recipe outside of a package says where packs were looked for")
    func packs() throws {
        try inPackage { package, elsewhere in
            let recipe = elsewhere.appending(path: "mine.yaml")
            try FileManager.default.copyItem(
                at: package.appending(path: "Recipes/tiny.yaml"),
                to: recipe
            )
            let ending = try Program.run("run", "mine.yaml", in: elsewhere)
            #expect(ending.status == 1 && ending.output.isEmpty)
            #expect(
                ending.errors.contains(
                    "looked for a folder Data/Languages above \(recipe.path) or in the working "
                        + "folder \(elsewhere.path); keep the recipe below a folder that has one, "
                        + "or start the program in one, such as "
                ),
                "\(ending.errors)"
            )
        }
    }

    @Test("a run in the place of a model suggests one of its models")
    func runAsModel() throws {
        try inPackage { package, _ in
            for (words, model) in [
                (["chat", "Checkpoints/tiny"], "math"), (["generate", "tiny", "x"], "math"),
                (["inspect", "Checkpoints/tiny"], "math"),
                (["evaluate", "tiny", "--recipe", "tiny"], "math"),
                (
                    [
                        "merge", "--plan", "--math", "Checkpoints/tiny", "--language",
                        "tiny/language",
                    ], "math"
                ),
                (["merge", "--plan", "--math", "tiny/math", "--language", "tiny"], "language"),
                (
                    [
                        "analyze", "localize", "--checkpoint", "tiny", "--samples", "en=a,b",
                        "--output", "record.json",
                    ], "base"
                ),
            ] {
                let ending = try Program.start(words, in: package).end()
                #expect(ending.status == 1 && ending.output.isEmpty, "\(words)")
                #expect(
                    ending.errors.contains(
                        "Checkpoints/tiny is the folder of a run and no model; did you mean "
                            + "Checkpoints/tiny/\(model)? Its models: base, "
                    ),
                    "\(words) \(ending.errors)"
                )
            }
        }
    }

    @Test("a language is given by code or name, and the nearest one is suggested")
    func languages() throws {
        try inPackage { package, _ in
            let near = "nearest known: 'Swahili (sw)'; known: Bengali (bn), "
            let copy = ["copy", "tiny", "Recipes/new.yaml", "--language"]
            for (words, status) in [(copy, 1), (["data", "show", "--language"], 2)] {
                let ending = try Program.start(words + ["Swahilli"], in: package).end()
                #expect(ending.status == Int32(status) && ending.output.isEmpty)
                #expect(ending.errors.contains(near), "\(ending.errors)")
            }
            let shown = try Program.run("data", "show", "--language", "swahili", in: package)
            #expect(shown.output.contains("\nsw        "), "\(shown.errors)")
            #expect(try Program.start(copy + ["Telugu"], in: package).end().status == 0)
            let recipe = package.appending(path: "Recipes/new.yaml")
            #expect(try String(contentsOf: recipe, encoding: .utf8).contains("target: te"))
            let set = try Program.run("run", "tiny", "--set", "languages.target=swa", in: package)
            #expect(set.errors.contains("nearest known: "), "\(set.errors)")
        }
    }

    @Test(
        "every error has one form",
        arguments: [
            (
                ["rnu", "Recipes/tiny.yaml"], "'layerswap' has no verb 'rnu', nearest known: 'run'",
                2
            ),
            (["help", "rnu"], "'layerswap' has no verb 'rnu', nearest known: 'run'", 2),
            (["analyze", "chnge", "x"], "'layerswap analyze' has no verb 'chnge', nearest", 2),
            (["run"], "missing expected argument '<recipe>'", 2),
            (
                ["run", "tiny", "--seeed", "3"], "unknown option '--seeed'. Did you mean '--seed'?",
                2
            ),
            (["merge"], "missing the experts: add --math FOLDER", 2),
            (["list", "birds"], "the value 'birds' is invalid for '<kind>'", 2),
            (["data", "show", "--language", "xx"], "--language: found \"xx\"", 2),
            (["run", "Recipes/none.yaml"], "Recipes/none.yaml: there is no readable file", 1),
        ]
    )
    func errors(_ words: [String], _ expected: String, _ status: Int32) throws {
        let ending = try Program.start(words).end()
        #expect(ending.status == status && ending.output.isEmpty)
        #expect(ending.errors.hasPrefix("layerswap: error: \(expected)"), "\(ending.errors)")
        #expect(!ending.errors.contains("Error:"))
    }

    @Test(
        "chat says how it ends before the first prompt of a terminal",
        .enabled(if: Self.hasScript)
    )
    func chat() throws {
        let model = TinyRun.folder.appending(path: "math").path
        let process = Process()
        process.executableURL = Self.script
        process.arguments = [
            "--quiet", "--command", "'\(Program.url.path)' chat '\(model)'", "/dev/null",
        ]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data("/quit\n".utf8))
        let text = String(
            decoding: try output.fileHandleForReading.readToEnd() ?? Data(),
            as: UTF8.self
        )
        process.waitUntilExit()
        try input.fileHandleForWriting.close()
        let words = try #require(text.range(of: "End with Ctrl-D, /quit or an empty line."))
        let prompt = try #require(text.range(of: "> "))
        #expect(words.upperBound < prompt.lowerBound)
        let piped = try Program.start(["chat", model]).end()
        #expect(piped.status == 0 && !piped.errors.contains("Ctrl-D"))
    }

    private static let script = URL(filePath: "/usr/bin/script")
    private static var hasScript: Bool {
        FileManager.default.isExecutableFile(atPath: script.path)
    }
}
