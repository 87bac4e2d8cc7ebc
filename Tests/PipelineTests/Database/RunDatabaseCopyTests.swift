import Foundation
import RunRecords
import Testing

@Suite("A database in a folder that cannot be written")
struct RunDatabaseCopyTests {
    @Test("a copy holds what the file and its log hold, and nothing is written beside them")
    func copy() throws {
        let folder = try DatabaseFolder()
        let database = try folder.open()
        _ = try database.begin(Example.facts)
        _ = try database.store(Example.evaluation("a"))
        // Open still, so that the rows are in the log.
        let before = try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
        #expect(before.contains("runs.sqlite-wal"))
        let copy = try RunDatabase(copying: folder.file)
        #expect(try copy.runs() == database.runs())
        #expect(try copy.evaluations() == database.evaluations())
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() == before
        )
    }

    @Test("a copy of a database of an older version is brought up to date; the file stays")
    func older() throws {
        let folder = try DatabaseFolder()
        let fixture = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures/first-tables.sqlite")
        try FileManager.default.copyItem(at: fixture, to: folder.file)
        let before = try Data(contentsOf: folder.file)
        let copy = try RunDatabase(copying: folder.file)
        #expect(try !copy.runs().isEmpty)
        #expect(try Data(contentsOf: folder.file) == before)
    }

    @Test("a damaged file is named as itself and not as its copy")
    func damaged() throws {
        let folder = try DatabaseFolder()
        try Data(String(repeating: "a thesis ", count: 500).utf8).write(to: folder.file)
        #expect {
            _ = try RunDatabase(copying: folder.file)
        } throws: {
            "\($0)".hasPrefix("\(folder.file.path) is damaged (")
        }
    }
}
