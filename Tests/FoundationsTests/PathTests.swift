import Foundation
import Foundations
import Testing

@Suite("Paths")
struct PathTests {
    @Test("the folders above a file end below the root, and a path from nowhere has none")
    func above() throws {
        let above = URL(filePath: "/a/b/c.yaml").foldersAbove.map(\.plainPath)
        #expect(above == ["/a/b", "/a"])
        #expect(URL(filePath: "/c.yaml").foldersAbove.isEmpty)
        let nowhere = try #require(URL(string: "c.yaml"))
        #expect(nowhere.foldersAbove.isEmpty)
    }
}
