import Checkpointing
import Foundation
import Testing

@Suite("Files and folders that are complete or absent")
struct AtomicTests {
    struct Failure: Error {}

    private func text(_ url: URL) throws -> String { try String(contentsOf: url, encoding: .utf8) }

    private func fill(_ folder: URL, _ text: String) throws {
        let inner = folder.appending(path: "training")
        try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: folder.appending(path: "a.txt"))
        try Data(text.utf8).write(to: inner.appending(path: "b.txt"))
    }

    @Test("A folder appears when it is built, with everything in it")
    func created() throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "deep/run", directoryHint: .isDirectory)
        try AtomicFolder.create(at: url) { partial in
            #expect(partial.deletingLastPathComponent().lastPathComponent == "deep")
            try fill(partial, "new")
            #expect(!FileManager.default.fileExists(atPath: url.path()))
        }
        #expect(try text(url.appending(path: "training/b.txt")) == "new")
        let parent = folder.url.path() + "deep"
        #expect(try FileManager.default.contentsOfDirectory(atPath: parent) == ["run"])
    }

    @Test("A build that fails leaves nothing, and what was there stays")
    func failing() throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "run")
        #expect(throws: Failure.self) {
            try AtomicFolder.create(at: url) {
                try fill($0, "half")
                throw Failure()
            }
        }
        #expect(try folder.names() == [])
        try AtomicFolder.create(at: url) { try fill($0, "old") }
        #expect(throws: Failure.self) {
            try AtomicFolder.create(at: url, replacing: true) {
                try fill($0, "half")
                throw Failure()
            }
        }
        #expect(try text(url.appending(path: "a.txt")) == "old")
        #expect(try folder.names() == ["run"])
    }

    @Test("An existing folder is refused before anything is built, even an empty one")
    func existing() throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "run")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        let error = #expect(throws: FolderError.self) {
            try AtomicFolder.create(at: url) { _ in Issue.record("built") }
        }
        #expect(error == .exists(path: url.path()))
    }

    @Test("A folder that comes into being while another is built is not overwritten")
    func race() throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "run")
        #expect(throws: FolderError.self) {
            try AtomicFolder.create(at: url) { partial in
                try fill(partial, "second")
                try AtomicFolder.create(at: url) { try fill($0, "first") }
            }
        }
        #expect(try text(url.appending(path: "a.txt")) == "first")
        #expect(try folder.names() == ["run"])
    }

    @Test("Replacing keeps the old folder until the new one is complete, then only the new")
    func replaced() throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "run", directoryHint: .isDirectory)
        try AtomicFolder.create(at: url, replacing: true) { try fill($0, "old") }
        try AtomicFolder.create(at: url, replacing: true) {
            try Data("new".utf8).write(to: $0.appending(path: "c.txt"))
            #expect(try text(url.appending(path: "a.txt")) == "old")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: url.path()) == ["c.txt"])
        #expect(try folder.names() == ["run"])
    }

    @Test("A folder does not replace a file, nor a file a folder")
    func kinds() throws {
        let folder = try TemporaryFolder()
        let file = try folder.file("file", Data("x".utf8))
        #expect(throws: FolderError.self) {
            try AtomicFolder.create(at: file, replacing: true) { _ in }
        }
        let inner = folder.url.appending(path: "inner")
        try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: false)
        #expect(throws: FileError.self) { try AtomicFile.write(Data(), to: inner) }
        #expect(try text(file) == "x")
        #expect(try folder.names() == ["file", "inner"])
    }

    @Test("What a killed process left is swept away; what a living one builds is not")
    func sweep() throws {
        let folder = try TemporaryFolder()
        let dead = folder.url.appending(path: ".old.layerswap-partial-1x")
        try FileManager.default.createDirectory(at: dead, withIntermediateDirectories: false)
        try fill(dead, "half")
        _ = try folder.file(".state.json.layerswap-partial-2y", Data("{".utf8))
        _ = try folder.file(".other", Data())
        try AtomicFolder.create(at: folder.url.appending(path: "run")) { partial in
            #expect(try folder.names().filter { $0.contains("partial") }.count == 1)
            try AtomicFile.write(Data("{}".utf8), to: folder.url.appending(path: "state.json"))
            try fill(partial, "new")
        }
        #expect(try folder.names() == [".other", "run", "state.json"])
    }

    @Test("A replacement cut off between its two steps is taken back")
    func recovery() throws {
        let folder = try TemporaryFolder()
        let previous = folder.url.appending(path: ".run.layerswap-previous")
        try FileManager.default.createDirectory(at: previous, withIntermediateDirectories: false)
        try fill(previous, "old")
        let url = folder.url.appending(path: "run")
        #expect(throws: FolderError.self) { try AtomicFolder.create(at: url) { _ in } }
        #expect(try text(url.appending(path: "a.txt")) == "old")
        #expect(try folder.names() == ["run"])
    }

    @Test("A file is replaced whole")
    func file() throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "results.json")
        try AtomicFile.write(Data("old".utf8), to: url)
        #expect(throws: Failure.self) {
            try AtomicFile.write(to: url, replacing: true) { file in
                try file.write(Data("half".utf8))
                throw Failure()
            }
        }
        #expect(try text(url) == "old")
        try AtomicFile.write(Data("new".utf8), to: url)
        #expect(try text(url) == "new")
        #expect(try folder.names() == ["results.json"])
    }

    @Test("A full disk says so, and removes the partial")
    func fullDisk() throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "run")
        let error = #expect(throws: FileError.self) {
            try AtomicFolder.create(at: url) { partial in
                try fill(partial, "half")
                try OutputFile(opening: "/dev/full").write(Data("more".utf8))
            }
        }
        #expect(error?.code == ENOSPC)
        #expect(error?.description.contains("No space left on device; free some space") == true)
        #expect(try folder.names() == [])
        let hidden = #expect(throws: FileError.self) {
            try AtomicFolder.create(at: url) { _ in throw CocoaError(.fileWriteOutOfSpace) }
        }
        #expect(hidden?.code == ENOSPC)
    }

    @Test("Moving and removing what is not there names the path")
    func missing() throws {
        let folder = try TemporaryFolder()
        let missing = folder.url.appending(path: "missing")
        let error = #expect(throws: FileError.self) { try FileMove.remove(missing) }
        #expect(error?.code == ENOENT && error?.path.hasSuffix("missing") == true)
    }
}
