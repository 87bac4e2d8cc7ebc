import Checkpointing
import Foundation
import Pipeline
import Testing
import Tokenization

@Suite("Files of a tokenizer")
struct TokenizerFilesTests {
    @Test("they are those that it came from, and replace no other")
    func writing() throws {
        let place = try CheckpointPlace()
        defer { place.remove() }
        let tokenizer = try Tokenizer(inModelFolder: place.model)
        let copy = place.folder.appending(path: "copy")
        try tokenizer.write(toModelFolder: copy)
        let names = try FileManager.default.contentsOfDirectory(atPath: copy.path)
        #expect(names == ["tokenizer.model"])
        let file = copy.appending(path: "tokenizer.model")
        #expect(try Data(contentsOf: file) == tokenizer.modelBytes)
        #expect(try Tokenizer(inModelFolder: copy).encode("5 + 7") == tokenizer.encode("5 + 7"))

        try Data("mine".utf8).write(to: file)
        #expect(throws: FolderError.exists(path: file.path(percentEncoded: false))) {
            try tokenizer.write(toModelFolder: copy)
        }
        #expect(try Data(contentsOf: file) == Data("mine".utf8))
    }
}
