import Checkpointing
import Foundation
import TestSupport
import Testing

@Suite("Where outputs may be written")
struct OutputPlaceTests {
    private let folder: TemporaryFolder
    private let manager = FileManager.default

    init() throws {
        folder = try TemporaryFolder()
        for name in ["models/math", "models/language", "hub/blobs", "hub/snapshot", "empty"] {
            try manager.createDirectory(at: url(name), withIntermediateDirectories: true)
        }
        try Data("weights".utf8).write(to: url("models/math/model.safetensors"))
        try Data("blob".utf8).write(to: url("hub/blobs/1234"))
        for (link, target) in [
            ("hub/snapshot/model.safetensors", "../blobs/1234"), ("to-math", "models/math"),
            ("to-models", "models"), ("to-nothing", "models/math/new"), ("circle", "circle"),
        ] {
            try manager.createSymbolicLink(
                atPath: url(link).path,
                withDestinationPath: target
            )
        }
    }

    private func url(_ path: String) -> URL { folder.url.appending(path: path) }

    private func place(
        _ path: String,
        inputs: [String] = ["models/math"],
        kind: OutputPlace.Kind = .folder,
        replaces: Bool = true
    ) -> OutputPlace {
        OutputPlace(
            URL(filePath: folder.url.path(percentEncoded: false) + path),
            kind: kind,
            inputs: inputs.map { .init("the expert", url($0)) },
            mark: .folder("a merged model", stage: "merge", companions: ["README.md"]),
            replaces: replaces,
            remedy: "name another folder"
        )
    }

    private func overlap(_ place: OutputPlace) -> OutputError.Overlap? {
        do { try place.check() } catch OutputError.overlaps(_, let overlap, _, _, _) {
            return overlap
        } catch {}
        return nil
    }

    /// An output and how it lies to what is read.
    struct Case: CustomTestStringConvertible, Sendable {
        var output: String
        var input = "models/math"
        var overlap: OutputError.Overlap?
        var testDescription: String { "\(output) beside \(input)" }
    }

    private static let cases = [
        Case(output: "models/math", overlap: .same),
        Case(output: "models/math/", overlap: .same),
        Case(output: "models/../models/math", overlap: .same),
        Case(output: "to-math", overlap: .same),
        Case(output: "to-models/math", overlap: .same),
        Case(output: "models/math", input: "to-math", overlap: .same),
        Case(output: "models/math", input: "to-models/math", overlap: .same),
        Case(output: "models", overlap: .contains),
        Case(output: "to-models", overlap: .contains),
        Case(output: "models", input: "to-math", overlap: .contains),
        Case(output: "models/math/merged", overlap: .inside),
        Case(output: "models/math/not/there/yet", overlap: .inside),
        Case(output: "to-math/merged/deep", overlap: .inside),
        Case(output: "to-nothing", overlap: .inside),
        Case(output: "to-nothing/deeper", overlap: .inside),
        Case(output: "models/math/merged", input: "to-models/math", overlap: .inside),
        // What a link in the input leads to is read too.
        Case(output: "hub/blobs", input: "hub/snapshot", overlap: .contains),
        Case(output: "hub/blobs/1234", input: "hub/snapshot", overlap: .same),
        // An input that is not there is distinguished by its path.
        Case(output: "models/none", input: "models/none", overlap: .same),
        Case(output: "models/maths"), Case(output: "models/language/new"),
        Case(output: "new/models/math"), Case(output: "to-models/new"),
    ]

    @Test(
        "an output is no input, holds none and lies in none, whatever links there are",
        arguments: cases
    )
    func overlaps(_ example: Case) throws {
        #expect(overlap(place(example.output, inputs: [example.input])) == example.overlap)
        let file = place(example.output, inputs: [example.input], kind: .file)
        #expect(overlap(file) == example.overlap)
    }

    @Test("a refusal names the output, the input and what to do")
    func words() throws {
        let error = #expect(throws: OutputError.self) { try place("to-math").check() }
        let text = "\(try #require(error))"
        for part in [
            "to-math", "is the expert", "models/math", "nothing was changed; name another",
        ] {
            #expect(text.contains(part), "\(text)")
        }
    }

    /// Writes a folder as a merge leaves it.
    private func merged(_ name: String, tool: String = "LayerSwap", stage: String = "merge") throws
    {
        let target = url(name)
        try manager.createDirectory(at: target, withIntermediateDirectories: true)
        let weights = target.appending(path: "model.safetensors")
        try Data("merged".utf8).write(to: weights)
        try Data("card".utf8).write(to: target.appending(path: "README.md"))
        try Provenance(
            tool: tool,
            version: "1",
            stage: stage,
            inputs: [],
            outputs: [
                .init(
                    name: "model.safetensors",
                    path: "model.safetensors",
                    hash: ContentHash.of(file: weights)
                )
            ]
        ).write(in: target)
    }

    private func fill(_ place: OutputPlace) throws {
        try place.createFolder { try Data("new".utf8).write(to: $0.appending(path: "new")) }
    }

    @Test("replacing takes an empty folder and one of our own, and says which")
    func own() throws {
        #expect(throws: OutputError.self) { try place("empty", replaces: false).check() }
        #expect(try place("empty").check()?.contains("empty") == true)
        try fill(place("empty"))
        #expect(try manager.contentsOfDirectory(atPath: url("empty").path) == ["new"])
        try merged("out")
        #expect(throws: OutputError.self) { try place("out", replaces: false).check() }
        #expect(try place("out").check()?.contains("a merged model of 3 files") == true)
        try fill(place("out"))
        #expect(try manager.contentsOfDirectory(atPath: url("out").path) == ["new"])
        #expect(try place("fresh").check() == nil)
    }

    @Test(
        "a folder with anything that we did not write is left, and the thing is named",
        arguments: [
            "thesis.txt", ".hidden", "notes/", "changed", "link", "no record", "bad record",
            "other tool", "stage", "result",
        ]
    )
    func foreign(_ what: String) throws {
        try merged(
            "out",
            tool: what == "other tool" ? "mergekit" : "LayerSwap",
            stage: what == "stage" ? "base" : "merge"
        )
        let record = url("out/provenance.json")
        let expected: String
        switch what {
        case "changed":
            try Data("mine".utf8).write(to: url("out/model.safetensors"))
            expected = "model.safetensors in it was changed"
        case "link":
            try manager.removeItem(at: url("out/README.md"))
            try manager.createSymbolicLink(
                at: url("out/README.md"),
                withDestinationURL: url("models/math/model.safetensors")
            )
            expected = "README.md in it was not written by LayerSwap"
        case "no record":
            try manager.removeItem(at: record)
            expected = "no provenance.json of LayerSwap, and holds model.safetensors"
        case "bad record":
            try Data("{".utf8).write(to: record)
            expected = "provenance.json is no record"
        case "other tool": expected = "mergekit wrote it"
        case "stage": expected = "result of the stage base"
        case "result":
            try Data("{}".utf8).write(to: url("out/stage.json"))
            expected = "result of the stage"
        case "notes/":
            try manager.createDirectory(at: url("out/notes"), withIntermediateDirectories: true)
            expected = "notes in it was not written by LayerSwap"
        default:
            try Data("mine".utf8).write(to: url("out/\(what)"))
            expected = "\(what) in it was not written by LayerSwap"
        }
        let before = try manager.subpathsOfDirectory(atPath: folder.url.path).sorted()
        let error = #expect(throws: OutputError.self) { try fill(place("out")) }
        #expect("\(try #require(error))".contains(expected), "\(String(describing: error))")
        #expect(try manager.subpathsOfDirectory(atPath: folder.url.path).sorted() == before)
    }

    @Test("what is changed while the output is made is left as it is", arguments: [true, false])
    func race(_ isThere: Bool) throws {
        if isThere { try merged("out") }
        let error = #expect(throws: (any Error).self) {
            try place("out").createFolder { _ in
                try manager.createDirectory(at: url("out"), withIntermediateDirectories: true)
                try Data("mine".utf8).write(to: url("out/thesis.txt"))
            }
        }
        #expect(error is OutputError || error is FolderError)
        #expect(try String(contentsOf: url("out/thesis.txt"), encoding: .utf8) == "mine")
        #expect(manager.fileExists(atPath: url("out/README.md").path) == isThere)
        #expect(try !folder.names().contains { $0.contains("layerswap-partial") })
    }

    @Test("a file of our own is replaced, another file, a folder or a device is not")
    func files() throws {
        func place(_ url: URL) -> OutputPlace {
            OutputPlace(
                url,
                kind: .file,
                mark: .file("a list") { $0.starts(with: Data("list".utf8)) },
                replaces: true,
                remedy: "name another file"
            )
        }
        let file = try folder.file("own", Data("list 1".utf8))
        try place(file).writeFile(Data("list 2".utf8))
        #expect(try String(contentsOf: file, encoding: .utf8) == "list 2")
        let other = try folder.file("other", Data("mine".utf8))
        #expect(throws: OutputError.self) { try place(other).writeFile(Data()) }
        #expect(throws: FolderError.self) { try place(url("empty")).check() }
        #expect(throws: FolderError.self) { try place(URL(filePath: "/dev/null")).check() }
        #expect(throws: FolderError.self) { try place(url("circle")).check() }
        // Through a link the file itself is replaced, not the link.
        try manager.createSymbolicLink(at: url("to-own"), withDestinationURL: file)
        try place(url("to-own")).writeFile(Data("list 3".utf8))
        #expect(try String(contentsOf: file, encoding: .utf8) == "list 3")
        #expect((try? manager.destinationOfSymbolicLink(atPath: url("to-own").path)) != nil)
    }

    @Test("places that cannot be written are found before the work, and nothing is made")
    func unwritable() throws {
        _ = try folder.file("file", Data("x".utf8))
        let before = try folder.names()
        #expect(throws: FolderError.self) { try place("file").check() }
        #expect(throws: FolderError.self) { try place("file/below/it").check() }
        let long = String(repeating: "n", count: 256)
        #expect(throws: OutputError.self) { try place(long).check() }
        #expect(throws: OutputError.self) { try place("\(long)/out").check() }
        // The longest name that there is has room for no more beside it.
        let longest = String(repeating: "ä", count: 127)
        try place("new/deep").check()
        #expect(try folder.names() == before)
        try fill(place(longest))
        #expect(throws: FileError.self) {
            try OutputPlace(URL(filePath: "/proc/x"), kind: .folder, remedy: "").check()
        }
        for path in ["/", NSHomeDirectory(), manager.currentDirectoryPath] {
            #expect(throws: OutputError.self) {
                try OutputPlace(URL(filePath: path), kind: .folder, remedy: "").check()
            }
        }
    }

    @Test("a process that is killed at any change leaves the old folder or the new one")
    func killed() throws {
        for limit in 0..<40 {
            let name = "out-\(limit)"
            try merged(name)
            let isKilled = try KilledProcess(before: limit).run { try fill(place(name)) }
            let found = try manager.contentsOfDirectory(atPath: url(name).path).sorted()
            #expect(
                [["README.md", "model.safetensors", "provenance.json"], ["new"]].contains(found)
            )
            if !isKilled {
                #expect(limit > 2 && found == ["new"])
                return
            }
        }
        Issue.record("it never came to its end")
    }
}
