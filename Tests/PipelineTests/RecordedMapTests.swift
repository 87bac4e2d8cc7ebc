import Foundation
import Testing

/// The tables of "Where swapping pays" against the summaries that the report has written.
@Suite("Tables of recorded maps")
struct RecordedMapTests {
    /// What a summary says about its map.
    private struct Map {
        /// Rooms and leads of each setting, the leads in the order of the maps.
        var settings: [(mathematics: Double, language: Double, leads: [Double])]
        /// For each map the slopes of mathematics, the language and the smaller room, each with its
        /// interval.
        var slopes: [[[Double]]]

        init(study: String) throws {
            let file = ResultsPage.folder.appending(path: "Studies/\(study).md")
            let text = try String(contentsOf: file, encoding: .utf8)
            let table = try #require(
                ResultsPage.tables(in: text).first {
                    $0[0].starts(with: ["setting", "room in mathematics", "room in the language"])
                }
            )
            let places = table[0].indices.filter { table[0][$0].hasPrefix("lead") }
            settings = table.dropFirst().map { cells in
                (
                    Self.numbers(cells[1])[0], Self.numbers(cells[2])[0],
                    places.map { Self.numbers(cells[$0])[0] }
                )
            }
            let begin = "A tenth more of room in mathematics adds "
            let sentences = text.replacing("\n", with: " ").components(separatedBy: begin)
            slopes = sentences.dropFirst().map { sentence in
                // Numbers before the table begins: "95 %" is none with a decimal point.
                let numbers = Self.numbers(sentence.components(separatedBy: "|")[0])
                return stride(from: 0, to: numbers.count, by: 3).map {
                    Array(numbers[$0..<min($0 + 3, numbers.count)])
                }
            }
        }

        private static func numbers(_ text: String) -> [Double] {
            text.replacing("−", with: "-").matches(of: #/[-+]?[0-9]*\.[0-9]+/#)
                .compactMap { Double($0.output) }
        }
    }

    /// The name of a study and which of its maps, of a title such as "map, all rivals".
    private static func map(_ title: String) throws -> (map: Map, place: Int) {
        let parts = title.replacing("`", with: "").components(separatedBy: ", ")
        let place = try #require(["all rivals", "two experts"].firstIndex(of: parts[1]))
        return (try Map(study: parts[0]), place)
    }

    @Test("every lead is that of the setting with these rooms")
    func leads() throws {
        let tables = try ResultsPage.tables(of: "Where swapping pays").filter {
            $0[0][0].hasPrefix("`map")
        }
        #expect(tables.count >= 2)
        for table in tables {
            let title = table[0][0]
            let (map, place) = try Self.map(title)
            #expect((table.count - 1) * (table[0].count - 1) == map.settings.count, "\(title)")
            for cells in table.dropFirst() {
                for (room, cell) in zip(table[0], cells).dropFirst() {
                    let setting = map.settings.first {
                        ResultsPage.says(cells[0], [$0.mathematics])
                            && ResultsPage.says(room, [$0.language])
                    }
                    let lead = try #require(setting, "\(title): \(cells[0]), \(room)").leads[place]
                    #expect(ResultsPage.says(cell, [lead]), "\(title): \(cells[0]), \(room)")
                }
            }
        }
    }

    @Test("every slope is that of its summary")
    func slopes() throws {
        let table = try #require(
            ResultsPage.tables(of: "Where swapping pays").first { $0[0][0] == "map" }
        )
        #expect(table.count > 2 && table[0].count == 4)
        for cells in table.dropFirst() {
            let (map, place) = try Self.map(cells[0])
            let slopes = try #require(map.slopes.dropFirst(place).first)
            #expect(slopes.count == 3)
            for (cell, slope) in zip(cells.dropFirst(), slopes) {
                #expect(ResultsPage.says(cell, slope), "\(cells[0]): \(cell)")
            }
        }
    }
}
