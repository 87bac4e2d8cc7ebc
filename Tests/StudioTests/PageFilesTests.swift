import Foundation
import Studio
import Testing

@Suite("The files of the page")
struct PageFilesTests {
    private static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Sources/Studio/Page")

    private static func text(_ name: String) -> String {
        String(decoding: PageFiles.all[name] ?? [], as: UTF8.self)
    }

    @Test("the program has every file of the folder, byte by byte, and no other")
    func complete() throws {
        let found = FileManager.default.enumerator(at: Self.folder, includingPropertiesForKeys: nil)
        var names: Set<String> = []
        while let file = found?.nextObject() as? URL {
            guard !file.hasDirectoryPath else { continue }
            names.insert(file.lastPathComponent)
            let bytes = try [UInt8](Data(contentsOf: file))
            #expect(PageFiles.all[file.lastPathComponent] == bytes, "\(file.lastPathComponent)")
        }
        #expect(names == Set(PageFiles.all.keys))
    }

    @Test("every module that is imported and every file that the page names is there")
    func references() throws {
        let modules = PageFiles.all.keys.filter { $0.hasSuffix(".js") }
        #expect(!modules.isEmpty)
        for module in modules {
            for match in Self.text(module).matches(of: /from "\.\/([^"]+)"/) {
                #expect(PageFiles.all[String(match.1)] != nil, "\(module) imports \(match.1)")
            }
        }
        let named = /(?:href|src)="(?:modules\/)?([a-z-]+\.[a-z]+)"/
        for match in Self.text("index.html").matches(of: named) {
            #expect(PageFiles.all[String(match.1)] != nil || match.1 == "shared.css", "\(match.1)")
        }
    }

    @Test("no text of models becomes markup, and nothing is loaded from elsewhere")
    func safety() {
        let forbidden = [
            "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(",
            "new Function", "javascript:",
        ]
        for name in PageFiles.all.keys {
            let text = Self.text(name)
            for word in forbidden { #expect(!text.contains(word), "\(name) has \(word)") }
            let addresses = text.replacing("http://www.w3.org/", with: "")
            #expect(!addresses.contains("http://") && !addresses.contains("https://"), "\(name)")
        }
    }
}
