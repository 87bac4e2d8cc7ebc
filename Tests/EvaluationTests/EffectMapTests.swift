import Evaluation
import Testing

@Suite("Where swapping pays")
struct EffectMapTests {
    private static func share(_ value: Double) -> Estimate {
        Estimate(value: value, standardError: 0.01, count: 100)
    }

    /// A study's table: answers in the target language and in English by model.
    private static func table(
        _ answers: [String: (target: Double, english: Double)]
    ) -> ComparisonTable {
        let names = answers.keys.sorted()
        return ComparisonTable(
            seeds: 3,
            rows: names.map { name in
                .init(
                    model: name,
                    metrics: [
                        "target_math": share(answers[name]?.target ?? 0),
                        "english_math": share(answers[name]?.english ?? 0),
                    ]
                )
            },
            tests: names.filter { $0 != "swap" }.map { name in
                let difference = (answers["swap"]?.target ?? 0) - (answers[name]?.target ?? 0)
                return PairedTest(
                    metric: "target_math",
                    a: "swap",
                    b: name,
                    difference: difference,
                    interval: [difference - 0.05, difference + 0.05],
                    p: 0.5
                )
            }
        )
    }

    private static func group(
        _ name: String,
        math: Double,
        language: Double,
        soup: Double = 0.3,
        joint: Double = 0
    ) -> (name: String, table: ComparisonTable) {
        (
            name,
            table([
                "base": (0.25, 0.5), "math": (0.125, 0.5 + math),
                "language": (0.25 + language, 0.5), "soup": (soup, 0.5), "swap": (0.5, 0.5),
                "joint": (joint, 0.5),
                // No rival: it may not be named in a map.
                "ties": (0.9, 0.5),
            ])
        )
    }

    @Test("rooms are above the base, the lead is over the best rival")
    func points() throws {
        let groups = [
            Self.group("a", math: 0.25, language: 0), Self.group("b", math: 0.25, language: 0.125),
            Self.group("c", math: 0, language: 0.25, soup: 0.75),
            Self.group("d", math: 0.125, language: 0.25),
        ]
        let map = try #require(EffectMap(of: groups, swap: "swap"))
        #expect(map.points.map(\.name) == ["a", "b", "c", "d"])
        #expect(map.points.map(\.mathematicsRoom) == [0.25, 0.25, 0, 0.125])
        #expect(map.points.map(\.languageRoom) == [0, 0.125, 0.25, 0.25])
        #expect(map.points.map(\.lead.b) == ["soup", "language", "soup", "language"])
        #expect(map.points.map(\.lead.difference) == [0.2, 0.125, -0.25, 0])
    }

    @Test("a map without training does not know joint training, and says what is sure")
    func withoutTraining() throws {
        let groups = (0..<4).map {
            Self.group("\($0)", math: 0.1 * Double($0), language: 0.01 * Double($0), joint: 0.52)
        }
        let all = try #require(EffectMap(of: groups, swap: "swap"))
        #expect(all.points.allSatisfy { $0.lead.b == "joint" && !$0.isSure })
        let few = try #require(
            EffectMap(of: groups, swap: "swap", rivals: EffectMap.withoutTraining)
        )
        #expect(few.points.allSatisfy { $0.lead.b == "soup" && $0.isSure })
        #expect(few.points.map(\.mathematicsRoom) == all.points.map(\.mathematicsRoom))
    }

    /// Settings whose leads over the average lie on one plane a seed: slopes in both rooms.
    private static func planes(
        _ slopes: [(mathematics: Double, language: Double)],
        rooms: [(mathematics: Double, language: Double)]
    ) -> [(name: String, table: ComparisonTable)] {
        rooms.enumerated().map { index, room in
            var group = group(
                "\(index)",
                math: room.mathematics,
                language: room.language,
                soup: 0.9
            )
            for test in group.table.tests.indices where group.table.tests[test].b == "soup" {
                group.table.tests[test].seedDifferences = slopes.enumerated().map { seed, slope in
                    // Each seed has a level of its own, which must not count.
                    Double(seed) - 0.3 + slope.mathematics * room.mathematics
                        + slope.language * room.language
                }
            }
            return group
        }
    }

    @Test("the trend is the slope of each seed's plane, with the seeds as the sample")
    func trend() throws {
        let rooms = [(0.0, 0.0), (0.1, 0.3), (0.2, 0.1), (0.4, 0.2), (0.5, 0.35)]
        let slopes = [(0.2, -0.5), (0.3, -0.1), (0.4, 0.3)]
        let map = try #require(
            EffectMap(of: Self.planes(slopes, rooms: rooms), swap: "swap")
        )
        let trend = try #require(map.trend)
        #expect(trend.seeds == 3)
        #expect(abs(trend.mathematics.value - 0.3) < 1e-12)
        #expect(abs(trend.language.value + 0.1) < 1e-12)
        // Student's t of two degrees of freedom is 4.302653 at 95 %; the errors are .1 and .4 / √3.
        let half = try #require(trend.mathematics.halfWidth)
        #expect(abs(half - 4.302653 * 0.1 / 3.0.squareRoot()) < 1e-6)
        #expect(abs(try #require(trend.language.halfWidth) - 4 * half) < 1e-9)
    }

    @Test("what both experts have to teach has a slope of its own")
    func smaller() throws {
        // The lead is the smaller room, so that neither room alone explains it.
        let rooms = [(0.0, 0.3), (0.1, 0.1), (0.3, 0.0), (0.4, 0.3), (0.2, 0.25)]
        let groups = Self.planes([(0, 0), (0, 0)], rooms: rooms).map { group in
            var group = group
            for test in group.table.tests.indices where group.table.tests[test].b == "soup" {
                let room = rooms[Int(group.name) ?? 0]
                let lead = min(room.0, room.1) - 0.1
                group.table.tests[test].seedDifferences = [0.5 * lead, 1.5 * lead + 0.2]
            }
            return group
        }
        let room = try #require(EffectMap(of: groups, swap: "swap"))
        let trend = try #require(room.trend)
        let smaller = try #require(trend.smaller)
        #expect(abs(smaller.value - 1) < 1e-12)
        #expect(abs(try #require(smaller.standardError) - 0.5) < 1e-12)
        #expect(abs(trend.mathematics.value) < 0.9 && abs(trend.language.value) < 0.9)
        // The smaller room is the same in all settings.
        let flat = [(0.1, 0.1), (0.2, 0.1), (0.1, 0.4), (0.3, 0.1)]
        let map = try #require(
            EffectMap(of: Self.planes([(0.2, 0.1), (0.3, 0.2)], rooms: flat), swap: "swap")
        )
        #expect(map.trend != nil && map.trend?.smaller == nil)
    }

    @Test("there is no trend of one seed, of seeds that differ, or along a line")
    func noTrend() throws {
        let rooms = [(0.0, 0.0), (0.1, 0.3), (0.2, 0.1), (0.4, 0.2)]
        func trend(_ groups: [(name: String, table: ComparisonTable)]) throws -> EffectMap.Trend? {
            try #require(EffectMap(of: groups, swap: "swap")).trend
        }
        let two = Self.planes([(0.2, 0.1), (0.3, 0.2)], rooms: rooms)
        #expect(try trend(two) != nil)
        #expect(try trend(Self.planes([(0.2, 0.1)], rooms: rooms)) == nil)
        let mixed = two.dropLast() + Self.planes([(0.2, 0.1)], rooms: rooms).suffix(1)
        #expect(try trend(Array(mixed)) == nil)
        let line = rooms.map { ($0.0, 0.5 * $0.0 + 0.1) }
        #expect(try trend(Self.planes([(0.2, 0.1), (0.3, 0.2)], rooms: line)) == nil)
        // Tests without seeds have none.
        let groups = rooms.enumerated().map {
            Self.group("\($0.offset)", math: $0.element.0, language: $0.element.1)
        }
        #expect(try trend(groups) == nil)
    }

    @Test("there is no map of too few groups, of a line, or without an expert")
    func none() {
        let groups = (0..<4).map {
            Self.group("\($0)", math: 0.1 * Double($0), language: 0.1 * Double($0))
        }
        #expect(EffectMap(of: groups, swap: "swap") != nil)
        #expect(EffectMap(of: Array(groups.prefix(3)), swap: "swap") == nil)
        #expect(EffectMap(of: groups, swap: "other") == nil)
        let line = (0..<4).map { Self.group("\($0)", math: 0.1 * Double($0), language: 0.1) }
        #expect(EffectMap(of: line, swap: "swap") == nil)
        let without = groups.map { group in
            var table = group.table
            table.rows.removeAll { $0.model == "math" }
            return (name: group.name, table: table)
        }
        #expect(EffectMap(of: without, swap: "swap") == nil)
    }
}
