import Datasets
import Foundation
import Testing

@Suite("Files of data")
struct DataFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func message(_ file: URL, field: String = "text") -> String {
        do {
            _ = try TextCorpus(at: file, field: field)
            return "no error"
        } catch {
            return "\(error)"
        }
    }

    private func compressed(_ data: Data, _ name: String) throws -> URL {
        let plain = try folder.file(name, data)
        let gzip = Process()
        gzip.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        gzip.arguments = ["gzip", "-1", plain.path]
        try gzip.run()
        gzip.waitUntilExit()
        return plain.appendingPathExtension("gz")
    }

    @Test("lines are the same whatever pieces the file is read in, plain and compressed")
    func pieces() throws {
        var random = ContentRandom(seed: 3, stream: "pieces")
        let texts = (0..<400).map { place in
            String(repeating: "é\(place % 10)", count: random.below(8_000)) + "."
        }
        let data = Data(("\u{FEFF}" + texts.joined(separator: "\r\n\n  \n")).utf8)
        #expect(data.count > 3 << 20)
        let numbers = texts.indices.map { 1 + 3 * $0 }
        for file in [try folder.file("plain.txt", data), try compressed(data, "packed.txt")] {
            let lines = try DataFile.lines(of: file)
            #expect(lines.map(\.text) == texts)
            #expect(lines.map(\.number) == numbers)
        }
    }

    @Test("a line that is too long is named by its number, and nothing behind it is read")
    func longLine() throws {
        let file = try folder.file(
            "long.txt",
            "short\n\n" + String(repeating: "a", count: 101) + "\nb\n"
        )
        var seen: [String] = []
        #expect(throws: DataFileError.longLine(path: file.path, line: 3, limit: 100)) {
            try DataFile.forEachLine(of: file, longestLine: 100) { seen.append($0.text) }
        }
        #expect(seen == ["short"])
        var lines = 0
        try DataFile.forEachLine(of: file, longestLine: 101) { _ in lines += 1 }
        #expect(lines == 3)
        let endless = try compressed(Data(count: 64 << 20), "zeros.jsonl")
        #expect(message(endless).contains("zeros.jsonl.gz:1: found a line of more than 16 MiB"))
    }

    @Test("a small file that expands beyond what is kept in memory is refused")
    func expansion() throws {
        let rows = Data(String(repeating: "{\"text\": \"a\"}\n", count: 1_000_000).utf8)
        let file = try compressed(rows, "bomb.jsonl")
        let size = try #require(try file.resourceValues(forKeys: [.fileSizeKey]).fileSize)
        #expect(size < 1 << 20)
        #expect(throws: DataFileError.tooLarge(path: file.path, limit: 2 << 20)) {
            try DataFile.forEachLine(of: file, largestFile: 2 << 20) { _ in }
        }
    }

    @Test(
        "reading that ends early leaves no process behind",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/bin/ps"), "there is no /bin/ps")
    )
    func earlyEnd() throws {
        struct Enough: Error {}
        let rows = Data(String(repeating: "{\"text\": \"a\"}\n", count: 1_000_000).utf8)
        let file = try compressed(rows, "early.jsonl")
        for _ in 0..<20 {
            #expect(throws: Enough.self) {
                try DataFile.forEachLine(of: file) { _ in throw Enough() }
            }
        }
        // Each of them would still wait for a reader.
        let list = Process()
        let output = Pipe()
        list.executableURL = URL(fileURLWithPath: "/bin/ps")
        list.arguments = ["ax", "-o", "args"]
        list.standardOutput = output
        try list.run()
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(),
            as: UTF8.self
        )
        list.waitUntilExit()
        #expect(!text.contains(file.path))
    }

    @Test("a folder, and nothing at all, are named")
    func noFile() {
        #expect(message(folder.url).hasSuffix("cannot be read: it is a folder"))
        #expect(message(folder.url.appendingPathComponent("x")).hasSuffix("there is no such file"))
    }

    @Test(
        "what is wrong with a row of JSON is said in words that name it",
        arguments: [
            ("{\"text\": \"a\u{0}b\"}", "the raw control character U+0000 in a text; expected it"),
            ("{\"text\": \"a\u{1F}b\"}", "the raw control character U+001F"),
            ("{\"text\": \"a\tb\"}", "U+0009 in a text; expected it written as \\u0009"),
            (#"{"text": "\ud83d"}"#, #"the lone surrogate \ud83d in a text; expected surrogates"#),
            (#"{"text": "\ude00\ud83d"}"#, "the lone surrogate"),
            (#"{"text": "\ud83d\u0041"}"#, "the lone surrogate"),
            (#"{"text": "a", "n": 1e400}"#, "the number 1e400, which is beyond"),
            (#"{"text": "a", "n": -1e999}"#, "the number -1e999"),
            (#"{"text": "a", "text": "b"}"#, "the field 'text' twice"),
            (#"{"o": {"x": 1, "x": 2}, "text": "a"}"#, "the field 'x' twice"),
            (#"{"text": "a""#, "the end of the line; expected a comma or the end of the object"),
            (#"{"text": "a"#, "the end of the line; expected the closing quote"),
            (#"{"text": "a\"#, "the end of the line; expected the closing quote"),
            (#"{"text": "a\q"}"#, #""\q"}" at byte 12; expected one of the escapes"#),
            (#"{"text": "\u12g4"}"#, "expected four hexadecimal digits"),
            (#"{"text": 01}"#, "expected a number"), (#"{"text": 1.}"#, "expected a number"),
            (#"{"text": NaN}"#, "expected a value"), (#"{"text" "a"}"#, "expected a colon"),
            (#"{text: "a"}"#, "expected the name of a field in double quotes"),
            (#"{"text": "a"} {}"#, #""{}" at byte 15; expected nothing behind the object"#),
            (#"{"text": [1, 2}"#, "expected a comma or the end of the list"),
            ("{\"text\"\u{0}: 1}", "\"U+0000: 1}\" at byte 8"),
            ("[1]", "found \"[1]\"; expected one JSON object on the line"),
            (#"{"text": \#(String(repeating: "[", count: 100_000))"#, "more than 128 deep"),
        ]
    )
    func faults(row: String, expected: String) throws {
        let file = try folder.file("bad.jsonl", "{\"text\": \"good\"}\n\(row)\n")
        let found = message(file)
        #expect(found.contains("bad.jsonl:2: found ") && found.contains(expected), "\(found)")
    }

    @Test("all that JSON allows is read")
    func values() throws {
        let row =
            #" {"text" : "a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é", "n": -0.5e1, "b": [true, null],"#
            + #" "e": {}, "l": [], "options": ["A", "B"], "ids": [1, 2.0, 3e0]} "#
        let file = try folder.file("good.jsonl", row)
        let corpus = try TextCorpus(at: file)
        #expect(corpus.texts == ["a\"\\/\u{8}\u{C}\n\r\té😀é"])
        let rows = try JSONRow.compactMap(of: file) { $0 }
        guard case .integer(-5)? = rows[0]["n"], case .texts(["A", "B"])? = rows[0]["options"],
            case .integers([1, 2, 3])? = rows[0]["ids"], case .other? = rows[0]["b"]
        else {
            Issue.record("\(rows)")
            return
        }
    }

    @Test("random bytes are refused or read, and always end")
    func fuzz() throws {
        var random = ContentRandom(seed: 5, stream: "json")
        let good = Array(#"{"text": "a\u00e9\n", "n": [1, -2.5e3, null], "o": {"x": true}}"#.utf8)
        for _ in 0..<4_000 {
            var bytes = good
            for _ in 0...random.below(4) {
                let place = random.below(bytes.count)
                switch random.below(3) {
                case 0: bytes[place] = UInt8(random.below(256))
                case 1: bytes.remove(at: place)
                default: bytes.insert(good[random.below(good.count)], at: place)
                }
            }
            guard let text = String(validating: bytes, as: UTF8.self) else { continue }
            let ours = (try? JSONRow(.init(number: 1, text: text), path: "fuzz")) != nil
            if ours {
                let data = Data(text.utf8)
                #expect((try? JSONSerialization.jsonObject(with: data)) is [String: Any], "\(text)")
            }
        }
    }

    @Test("an empty part of a file is reported with the rows of the others")
    func emptyPart() throws {
        let rows = (0..<3).map { "{\"text\": \"row \($0)\"}" }.joined(separator: "\n")
        let file = try folder.file("small.jsonl", rows)
        let shares = SplitShares(development: 1, test: 0)
        do {
            _ = try TextCorpus(at: file, split: .train, shares: shares)
            Issue.record("no error")
        } catch {
            #expect(
                "\(error)".contains("small.jsonl: 3 rows, all in the development part; none in")
            )
        }
        let corpus = try TextCorpus(at: file, split: .development, shares: shares)
        #expect(corpus.rows?.rows == 3 && corpus.rows?.development == 3)
    }
}
