import Foundation
import Testing

/// What every page of the repository keeps: links that resolve, short lines, recorded numbers.
@Suite("Form of the pages")
struct PageFormTests {
    /// Every Markdown file, by its path in the package.
    private static let pages: [String] = {
        let start = Program.root.standardizedFileURL.path + "/"
        let files = FileManager.default.enumerator(
            at: Program.root.standardizedFileURL,
            includingPropertiesForKeys: nil
        )
        var pages: [String] = []
        for case let url as URL in files ?? .init() {
            let path = url.standardizedFileURL.path.replacing(start, with: "")
            // Neither what is built nor what runs leave behind.
            if url.lastPathComponent.hasPrefix(".") || path == "Checkpoints" {
                files?.skipDescendants()
            } else if path.hasSuffix(".md") {
                pages.append(path)
            }
        }
        return (pages + ["Checkpoints/README.md"]).sorted()
    }()

    private static func text(_ page: String) throws -> String {
        try String(contentsOf: Program.root.appending(path: page), encoding: .utf8)
    }

    @Test("links to files resolve", arguments: pages)
    func links(_ page: String) throws {
        let text = try Self.text(page)
        let folder = Program.root.appending(path: page).deletingLastPathComponent()
        let inline = text.matches(of: #/\]\(([^)\s]+)\)/#).map { String($0.output.1) }
        let named = text.matches(of: #/(?m)^\[[^\]]+\]: (\S+)/#).map { String($0.output.1) }
        let images = text.matches(of: #/(?:src|srcset)="([^"]+)"/#).map { String($0.output.1) }
        for link in inline + named + images {
            let path = link.prefix { $0 != "#" }
            guard !path.isEmpty, !link.contains("://") else { continue }
            #expect(
                FileManager.default.fileExists(atPath: folder.appending(path: path).path),
                "\(page) links to \(link)"
            )
        }
        for name in text.matches(of: #/<doc:([A-Za-z0-9-]+)>/#).map(\.output.1) {
            let catalog = Program.root.appending(path: "Sources/layerswap/LayerSwap.docc")
            let places = ["\(name).md", "Course/\(name).md"].map {
                catalog.appending(path: $0).path
            }
            #expect(
                places.contains { FileManager.default.fileExists(atPath: $0) },
                "\(page) links to \(name)"
            )
        }
    }

    /// Pages that the program has written are as it wrote them.
    private static let written = [
        "RecipeReference.md", "Recipes/Results/Studies/", "Recipes/Results/Analyses/",
    ]

    @Test("lines end at 100 columns", arguments: pages)
    func lines(_ page: String) throws {
        guard !Self.written.contains(where: page.contains) else { return }
        for line in try Self.text(page).split(separator: "\n") where line.count > 100 {
            Issue.record("\(page): \(line)")
        }
    }

    private static let recipes: [String] = {
        let folder = Program.root.appending(path: "Recipes").path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".yaml") }.sorted().map { "Recipes/\($0)" }
    }()

    @Test("no command has a tilde that the shell replaces", arguments: pages + recipes)
    func tildes(_ page: String) throws {
        // Behind an '=', bash takes it for the home folder; quotes keep it.
        let found = try Self.text(page).matches(of: #/[\s`]([\w.]+=~)/#).map { String($0.output.1) }
        #expect(found.isEmpty, "\(page): \(found)")
    }

    @Test("the picture shows the recorded quickstart", arguments: ["", "~dark"])
    func picture(_ scheme: String) throws {
        let record = try ResultsObject(
            Data(contentsOf: Program.root.appending(path: "Recipes/Results/quickstart.json"))
        )
        let svg = try Self.text("Sources/layerswap/LayerSwap.docc/layer-swap\(scheme).svg")
        #expect(record.rows.map(\.model) == ["base", "math", "language", "soup", "swap"])
        for row in record.rows {
            let share = try #require(row.metrics["target_math"]?.value)
            let shown = String(format: "%.1f %%", 100 * share)
            #expect(svg.contains(">\(shown)</text>"), "\(row.model): \(shown)")
            #expect(svg.contains("\(row.model) \(shown)"), "\(row.model): \(shown)")
        }
    }

    @Test("the table of the README is that of the recorded quickstart")
    func table() throws {
        let record = try ResultsObject(
            Data(contentsOf: Program.root.appending(path: "Recipes/Results/quickstart.json"))
        )
        let lines = try Self.text("README.md").split(separator: "\n")
        for row in record.rows {
            let values = try [
                "target_math", "english_math", "target_bits_per_byte", "english_bits_per_byte",
            ].map { name in
                let metric = try #require(row.metrics[name])
                return String(format: "%.3f ±%.3f", metric.value, metric.stderr ?? .nan)
            }
            let isThere = lines.contains { line in
                let words = line.split(separator: " ").joined(separator: " ")
                return words == "\(row.model) \(values.joined(separator: " "))"
            }
            #expect(isThere, "\(row.model) \(values)")
        }
    }

    private struct Record: Decodable {
        struct Test: Decodable {
            var a, b, metric: String
            var difference: Double
            var adjustedP: Double?

            enum CodingKeys: String, CodingKey {
                case a, b, metric, difference
                case adjustedP = "adjusted_p"
            }
        }
        var tests: [Test]
    }

    /// A difference as tables have it: `+.163`.
    private static func shown(_ value: Double) -> String {
        String(format: "%+.3f", value).replacing("0.", with: ".").replacing("-", with: "−")
    }

    @Test(
        "the answer in one table is the recorded one",
        arguments: ["README.md", "Sources/layerswap/LayerSwap.docc/Results.md"]
    )
    func answer(_ page: String) throws {
        let text = try Self.text(page)
        let rivals = ["base", "math", "language", "soup", "joint"]
        let languages = [
            "Swahili": "paper-swahili-third", "Telugu": "paper-telugu",
            "Bengali": "paper-bengali", "Japanese": "paper-japanese",
        ]
        for (language, name) in languages {
            let line = try #require(
                text.split(separator: "\n").first { $0.hasPrefix("| \(language) |") }
            )
            let cells = line.split(separator: "|").dropFirst()
                .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
            #expect(cells.count == rivals.count, "\(line)")
            let file = Program.root.appending(path: "Recipes/Results/\(name).json")
            let record = try JSONDecoder().decode(Record.self, from: Data(contentsOf: file))
            for (rival, cell) in zip(rivals, cells) {
                let test = try #require(
                    record.tests.first {
                        $0.a == "swap" && $0.b == rival && $0.metric == "target_math"
                    }
                )
                let p = try #require(test.adjustedP)
                // The README marks what is below .05, the article has the p itself.
                let parts = cell.replacing(",", with: "").split(separator: " ")
                #expect(parts.first.map(String.init) == Self.shown(test.difference), "\(line)")
                if parts.count == 2, let written = Double(parts[1]) {
                    #expect(abs(written - p) < 0.00051, "\(line)")
                } else {
                    #expect((parts.last == "*") == (p < 0.05), "\(line)")
                }
            }
        }
    }
}
