import Foundation
import Testing

/// The tables of "Where swapping pays" against the summaries that the report has written.
@Suite("Tables of recorded maps")
struct RecordedMapTests {
    /// What a summary says about its map.
    private struct Map {
        /// Rooms and leads of each setting, the leads in the order of the maps.
        var settings: [(mathematics: Double, language: Double, leads: [Double])]
        /// For each map the slopes of both rooms, each with its interval.
        var slopes: [(mathematics: [Double], language: [Double])]

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
            let words = text.replacing("\n", with: " ")
            slopes = words.matches(
                of: #/mathematics adds ([^\]]*\]) to the lead[^\[]*in the language ([^\]]*\])/#
            ).map { (Self.numbers(String($0.1)), Self.numbers(String($0.2))) }
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
        #expect(table.count > 2)
        for cells in table.dropFirst() {
            let (map, place) = try Self.map(cells[0])
            let slopes = try #require(map.slopes.dropFirst(place).first)
            #expect(ResultsPage.says(cells[1], slopes.mathematics), "\(cells[0]): \(cells[1])")
            #expect(ResultsPage.says(cells[2], slopes.language), "\(cells[0]): \(cells[2])")
        }
    }
}
