import Checkpointing
import Foundation
import Testing

@Suite("Errors in words that people can use")
struct ErrorTextTests {
    private struct Inner: Codable { var count: Int }
    private struct Outer: Codable {
        var name: String
        var inner: [Inner]
    }

    private static let refused = [
        "Swift.", "DecodingError", "NSCocoaErrorDomain", "CodingKeys", "dataCorrupted",
        "Optional(", "The operation could not be completed",
    ]

    @Test(
        "JSON that cannot be read is reported with its place and what belongs there",
        arguments: [
            ("", "it is not JSON ("), ("{\"name\"", "it is not JSON ("),
            ("\u{1}", "it is not JSON ("),
            ("[]", "the value is not an object"),
            ("{}", "the value has no key \"name\""),
            ("{\"name\": 3, \"inner\": []}", "\"name\" is not text"),
            ("{\"name\": null, \"inner\": []}", "\"name\" is null; expected text"),
            ("{\"name\": \"a\", \"inner\": {}}", "\"inner\" is not a list"),
            ("{\"name\": \"a\", \"inner\": [{}]}", "\"inner[0]\" has no key \"count\""),
            ("{\"name\": \"a\", \"inner\": [{\"count\": \"x\"}]}", "\"inner[0].count\" is not a"),
        ]
    )
    func json(_ text: String, _ expected: String) throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "record.json")
        try Data(text.utf8).write(to: file)
        let error = #expect(throws: DamagedFile.self) {
            _ = try InputFile.json(Outer.self, at: file, expected: "a record; make it again")
        }
        let words = try #require(error.map { "\($0)" })
        #expect(words.hasPrefix("\(file.path()) is damaged: \(expected)"), "\(words)")
        #expect(words.hasSuffix("; expected a record; make it again"))
        for word in Self.refused { #expect(!words.contains(word), "\(words)") }
    }

    @Test("a file that cannot be read is reported with its path and a remedy")
    func reading() throws {
        let folder = try TemporaryFolder()
        func message(_ url: URL) -> String {
            do {
                _ = try InputFile.data(at: url)
                return ""
            } catch {
                return ErrorText.text(of: error)
            }
        }
        let missing = folder.url.appending(path: "none.json")
        #expect(
            message(missing)
                == "cannot read \(missing.path()): No such file or directory; check the path"
        )
        #expect(message(folder.url).contains("is a folder; expected a file"))
        let file = folder.url.appending(path: "file")
        try Data([0xFF]).write(to: file)
        #expect(message(file.appending(path: "below")).contains("a part of the path is a file"))
        let long = folder.url.appending(path: String(repeating: "x", count: 300))
        #expect(message(long).contains("File name too long; choose a shorter name"))
        #expect {
            _ = try InputFile.text(at: file)
        } throws: {
            "\($0)" == "\(file.path()) is not UTF-8; expected a text file"
        }
        let pipe = folder.url.appending(path: "pipe")
        #expect(mkfifo(pipe.path(), 0o600) == 0)
        #expect(message(pipe).contains("is a special file; expected a file"))
    }

    @Test("a folder whose path leads through a file is refused by the name of the file")
    func folders() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "file")
        try Data().write(to: file)
        for path in ["file", "file/below", "file/below/more"] {
            #expect {
                try Folder.make(at: folder.url.appending(path: path))
            } throws: {
                "\($0)" == "\(file.path()) is a file; expected a folder"
            }
        }
        #expect {
            _ = try Folder.names(in: file)
        } throws: {
            "\($0)".hasPrefix("cannot list \(file.path()): Not a directory")
        }
        #expect {
            try AtomicFile.write(Data(), to: file.appending(path: "below"))
        } throws: {
            "\($0)" == "\(file.path()) is a file; expected a folder"
        }
    }

    @Test("errors of Foundation keep their file and get our words")
    func foundation() throws {
        let folder = try TemporaryFolder()
        let long = folder.url.appending(path: String(repeating: "y", count: 300))
        var errors: [any Error] = []
        for work in [
            { _ = try Data(contentsOf: long) }, { try Data().write(to: long) },
            { _ = try String(contentsOf: long, encoding: .utf8) },
            {
                try FileManager.default.createDirectory(at: long, withIntermediateDirectories: true)
            },
            { try FileManager.default.removeItem(at: long) },
            { try FileManager.default.moveItem(at: long, to: folder.url.appending(path: "z")) },
            { try FileManager.default.copyItem(at: long, to: folder.url.appending(path: "z")) },
        ] as [() throws -> Void] {
            do { try work() } catch { errors.append(error) }
        }
        #expect(errors.count == 7)
        for error in errors {
            let words = ErrorText.text(of: error)
            #expect(words.contains("yyyyyy"), "\(words)")
            for word in Self.refused { #expect(!words.contains(word), "\(words)") }
        }
        let posix = POSIXError(.EROFS)
        #expect(
            ErrorText.text(of: posix, path: "/a")
                == "cannot use /a: Read-only file system; choose a folder that can be written"
        )
    }

    @Test("lines that are cut at the end are passed over, others are named")
    func lines() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "lines.jsonl")
        #expect(try RecordedLines.decode(Inner.self, at: file) == nil)
        try Data("{\"count\":1}\n{\"count\":2}\n{\"cou".utf8).write(to: file)
        #expect(try RecordedLines.decode(Inner.self, at: file)?.map(\.count) == [1, 2])
        try Data("{\"count\":1}\n{\"coun\n{\"count\":3}\n".utf8).write(to: file)
        #expect {
            _ = try RecordedLines.decode(Inner.self, at: file)
        } throws: {
            "\($0)".hasPrefix("\(file.path()) is damaged: line 2: it is not JSON")
        }
    }

    @Test("a file of lines goes on behind its last whole line")
    func lineFile() throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "log.jsonl")
        try LineFile(at: url).append(Inner(count: 1), encoder: JSONEncoder())
        try Data("{\"count\":1}\n{\"cou".utf8).write(to: url)
        let log = try LineFile(at: url)
        try log.append(Inner(count: 2), encoder: JSONEncoder())
        try log.synchronize()
        let text = try String(contentsOf: url, encoding: .utf8)
        #expect(text == "{\"count\":1}\n{\"count\":2}\n")
        #expect(throws: FolderError.self) { _ = try LineFile(at: folder.url) }
    }
}

@Suite("Unfinished files and folders")
struct UnfinishedItemTests {
    @Test("removing takes it away, and forgetting leaves it")
    func item() throws {
        let folder = try TemporaryFolder()
        let inside = folder.url.appending(path: "work/inside")
        try FileManager.default.createDirectory(at: inside, withIntermediateDirectories: true)
        let item = UnfinishedItem(at: folder.url.appending(path: "work"))
        item.forget()
        #expect(FileManager.default.fileExists(atPath: inside.path()))
        item.remove()
        #expect(!FileManager.default.fileExists(atPath: item.path))
        item.remove()
    }
}
