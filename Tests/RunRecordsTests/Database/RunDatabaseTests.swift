import Evaluation
import Foundation
import RunRecords
import Testing

@Suite("The database of a run")
struct RunDatabaseTests {
    @Test("runs are read back as they were written, by another connection too")
    func runs() throws {
        let folder = try DatabaseFolder()
        let database = try folder.open()
        let first = try database.begin(Example.facts, at: Example.moment)
        #expect(first.id == 1)
        #expect(first.outcome == nil && first.finished == nil)
        try database.finish(run: 1, .stopped, message: "language", at: Example.moment)
        let second = try database.begin(Example.facts)
        #expect(second.id == 2)
        let reader = try RunDatabase(reading: folder.file)
        let rows = try reader.runs()
        #expect(rows.count == 2)
        #expect(rows[0].facts == Example.facts)
        #expect(rows[0].started == Example.moment && rows[0].finished == Example.moment)
        #expect(rows[0].outcome == .stopped && rows[0].message == "language")
        #expect(rows[1] == second)
        #expect {
            try database.finish(run: 3, .complete)
        } throws: {
            "\($0)".contains("the end of run 3 cannot be stored")
        }
    }

    @Test("a stage of a cell stands once, as it was written last")
    func stages() throws {
        let folder = try DatabaseFolder()
        let database = try folder.open()
        let run = try database.begin(Example.facts).id
        var stage = Example.stage("math")
        stage.status = .stopped
        stage.finished = nil
        try database.upsert(stage, by: run)
        #expect(try database.stages() == [stage])
        stage = Example.stage("math")
        stage.seconds = 99
        try database.upsert(stage, by: run)
        var other = stage
        other.cell = "seed=4"
        other.run = nil
        other.cost = .init()
        try database.upsert(other, by: run)
        #expect(try database.stages() == [stage, other])
        #expect(try database.stages(cell: "seed=4") == [other])
        #expect(try database.stages(name: "language") == [])
    }

    @Test("a stage that is found finished is written once, and its row is kept")
    func reuse() throws {
        let folder = try DatabaseFolder()
        let database = try folder.open()
        let run = try database.begin(Example.facts).id
        var asked = 0
        let stage = Example.stage("math")
        for _ in 0..<2 {
            try database.noteReuse(by: run, of: stage.identity, cell: stage.cell) {
                asked += 1
                return stage
            }
        }
        #expect(asked == 1)
        #expect(try database.stages() == [stage])
        // What a run had left unfinished is not what another found finished.
        var stopped = Example.stage("language", facts: "steps: 7")
        stopped.status = .stopped
        try database.upsert(stopped, by: run)
        let finished = Example.stage("language", facts: "steps: 7")
        try database.noteReuse(by: run, of: stopped.identity, cell: stopped.cell) { finished }
        #expect(try database.stages() == [stage, finished])
    }

    @Test("stages of settings that a later run changed are earlier ones until they come back")
    func earlierStages() throws {
        let folder = try DatabaseFolder()
        let database = try folder.open()
        let old = Example.stage("math", facts: "steps: 3")
        let new = Example.stage("math", facts: "steps: 4")
        let base = Example.stage("base", facts: "steps: 5")
        let first = try database.begin(Example.facts).id
        try database.upsert(base, by: first)
        try database.upsert(old, by: first)
        try database.upsert(new, by: database.begin(Example.facts).id)
        #expect(try database.stages() == [base, new])
        #expect(try database.stages(earlier: true) == [base, old, new])
        let third = try database.begin(Example.facts).id
        try database.noteReuse(by: third, of: old.identity, cell: old.cell) {
            Issue.record("the row is there")
            return old
        }
        #expect(try database.stages() == [base, old])
        #expect(try database.counts().stages == 2)
    }

    @Test("an evaluation is read back as it was written, and its outcomes bit by bit")
    func evaluations() throws {
        let folder = try DatabaseFolder()
        var row = Example.evaluation(cell: "seed=3,languages.target=te", replicate: "math-2")
        var weighted = Example.binary(2)
        weighted.weights = weighted.weights.indices.map { Double($0) + 0.5 }
        let signed = Outcomes(
            identifiers: ["ŋ/\"1\"", "e\u{301}", ""],
            amounts: [-1.5, .leastNonzeroMagnitude, 1e300],
            weights: [1, 1, 1]
        )
        row.metrics += [
            .init("weighted", try #require(weighted.measurement)),
            .init("signed", Estimate(value: -2, standardError: nil, count: 3)),
            .init("alone", Estimate(value: 0.25, standardError: 0.125, count: 8)),
        ]
        let outcomes: [Metric: Outcomes] = [
            "target_math": Example.binary(3), "target_bits_per_byte": Example.bits,
            "weighted": weighted, "signed": signed,
        ]
        do {
            let database = try folder.open()
            _ = try database.begin(Example.facts)
            #expect(try database.insert(row, outcomes: outcomes) == .inserted)
        }
        let reader = try RunDatabase(reading: folder.file)
        #expect(try reader.evaluation(identity: row.identity) == row)
        #expect(try reader.evaluation(identity: Example.identity("other")) == nil)
        for (metric, expected) in outcomes {
            let found = try #require(try reader.outcomes(of: metric, in: row.identity))
            #expect(found == expected, "\(metric)")
            #expect(found.amounts.map(\.bitPattern) == expected.amounts.map(\.bitPattern))
            #expect(
                found.identifiers.map { Array($0.utf8) }
                    == expected.identifiers.map { Array($0.utf8) }
            )
        }
        #expect(try reader.outcomes(of: "alone", in: row.identity) == nil)
    }

    @Test("outcomes know from the metrics by instance which problems are drawings of one")
    func drawings() throws {
        let folder = try DatabaseFolder()
        let database = try folder.open()
        _ = try database.begin(Example.facts)
        let stored: [Metric: Outcomes] = [
            "target_math": Example.binary(3, ["a1", "b1", "a2", "b2"]),
            "target_math/instance/1": Example.binary(3, ["a1", "b1"]),
            "target_math/instance/2": Example.binary(3, ["a2", "b2"]),
        ]
        var row = Example.evaluation()
        row.metrics = stored.sorted { $0.key < $1.key }.map { metric, _ in
            .init(metric, Estimate(value: 0.5, standardError: 0.1, count: 2))
        }
        #expect(try database.insert(row, outcomes: stored) == .inserted)
        let found = try #require(try database.outcomes(of: "target_math", in: row.identity))
        #expect(found.problems == ["a1", "b1", "a1", "b1"])
        #expect(found.measurement?.count == 2)
        let part = try database.outcomes(of: "target_math/instance/2", in: row.identity)
        #expect(part == stored["target_math/instance/2"])
    }

    @Test("a second evaluation with an identity is reported and changes nothing")
    func uniqueness() throws {
        let folder = try DatabaseFolder()
        let database = try folder.open()
        _ = try database.begin(Example.facts)
        let row = Example.evaluation()
        #expect(try database.store(row) == .inserted)
        var other = Example.evaluation(right: Example.binary(2))
        other.seconds = 77
        #expect(try database.store(other, right: Example.binary(2)) == .present)
        #expect(try database.evaluations() == [row])
        #expect(try database.outcomes(of: "target_math", in: row.identity) == Example.binary(3))
    }

    @Test("a new measurement of an identity replaces the old one wherever it stands")
    func replacing() throws {
        let folder = try DatabaseFolder()
        let database = try folder.open()
        _ = try database.begin(Example.facts)
        let row = Example.evaluation(cell: "a")
        _ = try database.store(row)
        _ = try database.store(Example.evaluation("other", cell: "a", model: "soup"))
        _ = try database.reuse(identity: row.identity, in: "b", as: "grid", by: 1)
        let second = try database.begin(Example.facts).id
        var again = Example.evaluation(cell: "a", right: Example.binary(2))
        again.run = second
        let outcomes: [Metric: Outcomes] = [
            "target_math": Example.binary(2), "target_bits_per_byte": Example.bits,
        ]
        #expect(try database.insert(again, outcomes: outcomes, replacing: true) == .inserted)
        var expected = again
        expected.cell = "b"
        expected.model = "grid"
        let other = Example.evaluation("other", cell: "a", model: "soup")
        #expect(Set(try database.evaluations(.init(earlier: true))) == [again, expected, other])
        #expect(try database.outcomes(of: "target_math", in: row.identity) == Example.binary(2))
        #expect(try database.outcomes(of: "target_math", in: other.identity) == Example.binary(3))
    }

    @Test("an evaluation is taken over into another cell, with its outcomes")
    func otherCell() throws {
        let folder = try DatabaseFolder()
        let database = try folder.open()
        _ = try database.begin(Example.facts)
        let row = Example.evaluation(cell: "seed=1")
        _ = try database.store(row)
        let second = try database.begin(Example.facts).id
        let taken = try #require(
            try database.reuse(identity: row.identity, in: "seed=2", as: "swap", by: second)
        )
        var expected = row
        expected.cell = "seed=2"
        #expect(taken == expected)
        #expect(
            try database.reuse(identity: row.identity, in: "seed=2", as: "swap", by: second)
                == expected
        )
        #expect(try database.evaluations() == [row, expected])
        #expect(try database.counts().cells == 2)
        // The measuring was done once.
        #expect(try database.counts().seconds == 0.5)
        let unknown = Example.identity("?")
        #expect(try database.reuse(identity: unknown, as: "swap", by: second) == nil)
    }

    @Test("an evaluation stands under each model that is made in the same way")
    func equalModels() throws {
        let folder = try DatabaseFolder()
        let database = try folder.open()
        let run = try database.begin(Example.facts).id
        let row = Example.evaluation(model: "swap", replicate: "math-1")
        _ = try database.store(row)
        var expected = row
        expected.model = "grid"
        #expect(
            try database.reuse(identity: row.identity, as: "grid", replicate: "math-1", by: run)
                == expected
        )
        #expect(try database.store(expected) == .present)
        expected.replicate = "math-2"
        #expect(try database.store(expected) == .inserted)
        #expect(
            try database.evaluations().map { [$0.model, $0.replicate] } == [
                ["swap", "math-1"], ["grid", "math-1"], ["grid", "math-2"],
            ]
        )
        #expect(try database.outcomes(of: "target_math", in: row.identity) == Example.binary(3))
        #expect(try database.counts().seconds == 0.5)
    }

    @Test("the time of an evaluation and of its evaluations counts once")
    func time() throws {
        let folder = try DatabaseFolder()
        let database = try folder.open()
        let run = try database.begin(Example.facts).id
        for (name, cell, seconds) in [
            ("tokenizer", "a", 3.0), ("tokenizer", "b", 3.0), ("evaluation-swap", "a", 2.0),
        ] {
            // Both cells have the same tokenizer.
            var stage = Example.stage(name, facts: name)
            stage.cell = cell
            stage.seconds = seconds
            try database.upsert(stage, by: run)
        }
        _ = try database.store(Example.evaluation("1", cell: "a"))
        #expect(try database.counts().seconds == 5)
        // Another was made before the evaluation went on, and one whose evaluation is not finished.
        var long = Example.evaluation("2", cell: "a", split: "development")
        long.seconds = 4
        _ = try database.store(long)
        _ = try database.store(Example.evaluation("3", cell: "b"))
        #expect(try database.counts().seconds == 3 + 4.5 + 0.5)
    }

    @Test("an evaluation that cannot be stored whole is not stored at all")
    func wholeOrNot() throws {
        let folder = try DatabaseFolder()
        let database = try folder.open()
        _ = try database.begin(Example.facts)
        var twice = Example.evaluation("twice")
        twice.metrics.append(twice.metrics[0])
        #expect(throws: RunDatabaseError.self) { try database.store(twice) }
        var homeless = Example.evaluation("homeless")
        homeless.run = 2
        #expect(throws: RunDatabaseError.self) { try database.store(homeless) }
        var infinite = Example.evaluation("infinite")
        infinite.metrics[1].measurement.value = .infinity
        #expect {
            try database.store(infinite)
        } throws: {
            "\($0)".contains("target_bits_per_byte of swap cannot be stored: inf")
        }
        #expect {
            try database.insert(Example.evaluation(), outcomes: ["math": Example.binary(2)])
        } throws: {
            "\($0)".contains("there are outcomes and no measurement")
        }
        #expect(try database.evaluations() == [])
        #expect(try database.store(Example.evaluation("twice")) == .inserted)
    }

    @Test("identifiers of problems are stored once")
    func identifiersOnce() throws {
        let folder = try DatabaseFolder()
        let identifiers = (0..<2_000).map { "a problem with a long name, number \($0)" }
        let right = Example.binary(7, identifiers)
        do {
            let database = try folder.open()
            _ = try database.begin(Example.facts)
            for index in 0..<20 {
                let row = Example.evaluation("\(index)", right: right)
                _ = try database.store(row, right: right)
            }
            let last = Example.identity("19")
            #expect(try database.outcomes(of: "target_math", in: last) == right)
        }
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.file.path)
        // Twenty times 2,000 bytes of outcomes, and the names, which have 80,000 bytes, once.
        #expect(try #require(attributes[.size] as? Int) < 250_000)
    }

    @Test("evaluations are found by cell, model and split, and earlier ones on request")
    func filter() throws {
        let folder = try DatabaseFolder()
        let database = try folder.open()
        _ = try database.begin(Example.facts)
        let rows = [
            Example.evaluation("1", cell: "a"), Example.evaluation("2", cell: "a", model: "soup"),
            Example.evaluation("3", cell: "a", split: "development"),
            Example.evaluation("4", cell: "b"), Example.evaluation("5", cell: "c"),
        ]
        for row in rows { _ = try database.store(row) }
        func found(_ filter: EvaluationFilter) throws -> [String] {
            let names = ["1", "2", "3", "4", "5", "6"]
            return try database.evaluations(filter).compactMap { row in
                names.first { Example.identity($0) == row.identity }
            }
        }
        #expect(try found(.init()) == ["1", "2", "3", "4", "5"])
        #expect(try found(.init(cells: ["a", "c"])) == ["1", "2", "3", "5"])
        #expect(try found(.init(model: "swap", split: "test")) == ["1", "4", "5"])
        #expect(try found(.init(cells: ["b"], split: "development")) == [])
        var later = Example.evaluation("6", cell: "b")
        later.run = try database.begin(Example.facts).id
        _ = try database.store(later)
        #expect(try found(.init(cells: ["b"])) == ["6"])
        #expect(try found(.init(cells: ["b"], earlier: true)) == ["4", "6"])
        // The settings come back.
        let third = try database.begin(Example.facts).id
        _ = try database.reuse(identity: Example.identity("4"), in: "b", as: "swap", by: third)
        #expect(try found(.init(cells: ["b"])) == ["4"])
    }

    @Test("the identity of an evaluation depends on each part of its key, and on nothing else")
    func key() throws {
        let key = EvaluationKey(
            inputs: ["math": Example.identity("m"), "language": Example.identity("l")],
            method: .object(["bottom": .number(1)]),
            task: .object(["calculator": .string("off")]),
            split: "test",
            data: "fingerprint"
        )
        var others = Array(repeating: key, count: 5)
        others[0].inputs["math"] = Example.identity("n")
        others[1].method = .object(["bottom": .number(2)])
        others[2].task = .null
        others[3].split = "development"
        others[4].data = "another"
        #expect(Set(try others.map { try $0.identity() } + [key.identity()]).count == 6)
        let same = EvaluationKey(
            inputs: ["language": Example.identity("l"), "math": Example.identity("m")],
            method: key.method,
            task: key.task,
            split: key.split,
            data: key.data
        )
        #expect(try same.identity() == key.identity())
    }
}
