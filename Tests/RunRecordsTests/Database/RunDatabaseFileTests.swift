import Foundation
import RunRecords
import Testing

@Suite("The file of a run's database")
struct RunDatabaseFileTests {
    @Test("an empty file becomes a database, for readers as well; a missing one is an error")
    func fresh() throws {
        let folder = try DatabaseFolder()
        #expect {
            _ = try RunDatabase(reading: folder.file)
        } throws: {
            "\($0)".contains("run the recipe, which makes it")
        }
        for open in [RunDatabase.init(at:), RunDatabase.init(reading:)] {
            try Data().write(to: folder.file)
            #expect(try open(folder.file).runs() == [])
            #expect(try folder.open().begin(Example.facts).id == 1)
            try FileManager.default.removeItem(at: folder.file)
        }
    }

    @Test("opening again changes no byte of what is there")
    func again() throws {
        let folder = try DatabaseFolder()
        _ = try folder.open().begin(Example.facts)
        let before = try RunDatabase(reading: folder.file).runs()
        #expect(try folder.open().runs() == before)
    }

    @Test("a file that is no database is damaged, and stays as it is")
    func noDatabase() throws {
        let folder = try DatabaseFolder()
        let text = Data(String(repeating: "This is a thesis. ", count: 500).utf8)
        try text.write(to: folder.file)
        for open in [RunDatabase.init(at:), RunDatabase.init(reading:)] {
            #expect {
                _ = try open(folder.file)
            } throws: {
                "\($0)".contains("runs.sqlite is damaged (")
                    && "\($0)".contains("move it and the files runs.sqlite-wal and runs.sqlite-shm")
            }
        }
        #expect(try Data(contentsOf: folder.file) == text)
    }

    @Test("a database that was cut short, or whose pages were overwritten, is damaged")
    func damaged() throws {
        let folder = try DatabaseFolder()
        do {
            let database = try folder.open()
            _ = try database.begin(Example.facts)
            for index in 0..<30 { _ = try database.store(Example.evaluation("\(index)")) }
        }
        let whole = try Data(contentsOf: folder.file)
        try whole.prefix(whole.count / 2 / 4096 * 4096).write(to: folder.file)
        #expect { try everything(folder) } throws: { isDamaged($0) }
        var overwritten = whole
        // All but the first page, which has the names of the tables.
        for index in 4096..<whole.count { overwritten[index] = UInt8(index * 7 & 255) }
        try overwritten.write(to: folder.file)
        #expect { try everything(folder) } throws: { isDamaged($0) }
    }

    private func everything(_ folder: DatabaseFolder) throws {
        let database = try RunDatabase(reading: folder.file)
        _ = try database.runs()
        _ = try database.evaluations()
        for index in 0..<30 {
            _ = try database.outcomes(of: "target_math", in: Example.identity("\(index)"))
        }
    }

    private func isDamaged(_ error: any Error) -> Bool {
        if case .damaged = error as? RunDatabaseError { true } else { false }
    }

    @Test("words that this version does not know are damage, not a crash")
    func unknownWords() throws {
        let folder = try DatabaseFolder()
        do {
            let database = try folder.open()
            let run = try database.begin(Example.facts).id
            try database.upsert(Example.stage("math"), by: run)
        }
        try folder.replace("trainingsteps: 3", with: "restrainsteps: 3")
        #expect {
            _ = try RunDatabase(reading: folder.file).stages()
        } throws: {
            isDamaged($0) && "\($0)".contains("the column kind holds 'restrain'")
        }
    }

    @Test("outcomes that do not fit their problems are damage")
    func unfitOutcomes() throws {
        let folder = try DatabaseFolder()
        do {
            let database = try folder.open()
            _ = try database.begin(Example.facts)
            _ = try database.store(Example.evaluation())
        }
        try folder.replace("38\",\"problem 39", with: "38 & problem 39")
        #expect {
            _ = try RunDatabase(reading: folder.file)
                .outcomes(of: "target_math", in: Example.identity("one"))
        } throws: {
            isDamaged($0) && "\($0)".contains("40 bytes of outcomes for 39 problems")
        }
    }

    @Test("the database of another program is refused and stays as it is")
    func foreign() throws {
        let folder = try DatabaseFolder()
        _ = try folder.open().begin(Example.facts)
        var data = try Data(contentsOf: folder.file)
        // The application's mark: four bytes at offset 68 of the header.
        #expect(data[68..<72] == Data("LSwp".utf8))
        for mark in [Data("Mine".utf8), Data(count: 4)] {
            data.replaceSubrange(68..<72, with: mark)
            try data.write(to: folder.file)
            #expect {
                _ = try folder.open()
            } throws: {
                "\($0)".contains("is the database of another program and was not touched")
            }
            #expect(try Data(contentsOf: folder.file) == data)
        }
    }

    /// The file has a run of the tiny recipe with two evaluations, as the first tables hold it.
    @Test("the database of an older version is brought up to date with all that it holds")
    func older() throws {
        let original = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures/first-tables.sqlite")
        for open in [RunDatabase.init(at:), RunDatabase.init(reading:)] {
            let folder = try DatabaseFolder()
            try FileManager.default.copyItem(at: original, to: folder.file)
            let database = try open(folder.file)
            #expect(try database.runs().map(\.outcome) == [.complete])
            #expect(try database.stages().map(\.name) == ["tokenizer", "base"])
            let rows = try database.evaluations()
            #expect(rows.map(\.model) == ["base", "math"])
            #expect(rows.map { $0["target_math"]?.count } == [3, 3])
            let right = try #require(
                try database.outcomes(of: "target_math", in: rows[1].identity)
            )
            #expect(right.identifiers.count == 3)
            let twin = try #require(
                try database.reuse(identity: rows[1].identity, as: "twin", by: 1)
            )
            #expect(twin.metrics == rows[1].metrics)
            #expect(try database.evaluations().map(\.model) == ["base", "math", "twin"])
        }
    }

    /// The file has what the tables of the first version hold of a model that was measured on
    /// development problems, and of two settings of a merge of which one was chosen on such.
    @Test("scores that chose settings are kept apart from results in older files too")
    func choices() throws {
        let original = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Fixtures/first-choices.sqlite")
        for open in [RunDatabase.init(at:), RunDatabase.init(reading:)] {
            let folder = try DatabaseFolder()
            try FileManager.default.copyItem(at: original, to: folder.file)
            let rows = try open(folder.file).evaluations()
            #expect(
                rows.map { [$0.model, $0.split] } == [
                    ["base", "test"], ["math", "development"], ["swap", "choice"],
                    ["swap", "choice"],
                ]
            )
            #expect(rows.last?.metrics.map(\.metric) == ["target_math"])
        }
    }

    @Test("a database with steps that this version does not know is refused")
    func newer() throws {
        let folder = try DatabaseFolder()
        _ = try folder.open().begin(Example.facts)
        try folder.replace("first tables", with: "later tables")
        for open in [RunDatabase.init(at:), RunDatabase.init(reading:)] {
            #expect {
                _ = try open(folder.file)
            } throws: {
                "\($0)".contains("was written by a newer version of LayerSwap than")
            }
        }
    }
}

@Suite("A database whose process dies")
struct RunDatabaseDeathTests {
    /// A process that is killed leaves a beginning of what it wrote to the log.
    @Test("however much of the log was written, a beginning of the evaluations is there, whole")
    func cutLog() throws {
        let folder = try DatabaseFolder()
        let database = try folder.open()
        _ = try database.begin(Example.facts)
        let rows = (0..<5).map { Example.evaluation("\($0)") }
        for row in rows { #expect(try database.store(row) == .inserted) }
        let file = try Data(contentsOf: folder.file)
        let log = try Data(contentsOf: URL(filePath: folder.file.path + "-wal"))
        var counts: [Int] = []
        for length in Array(stride(from: 0, to: log.count, by: 2_999)) + [log.count] {
            let copy = try DatabaseFolder()
            try file.write(to: copy.file)
            try log.prefix(length).write(to: URL(filePath: copy.file.path + "-wal"))
            let found = try copy.open()
            let evaluations = try found.evaluations()
            #expect(evaluations == Array(rows.prefix(evaluations.count)))
            for row in evaluations {
                #expect(
                    try found.outcomes(of: "target_bits_per_byte", in: row.identity) == Example.bits
                )
            }
            counts.append(evaluations.count)
        }
        withExtendedLifetime(database) {}
        #expect(counts == counts.sorted())
        #expect(Set(counts) == Set(0...5))
    }

    #if compiler(>=6.3)
        @Test("what was reported before a kill in the middle of storing is there, and none twice")
        func killed() async throws {
            let folder = try DatabaseFolder()
            let path = folder.file.path
            let report = folder.url.appending(path: "reported").path
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [path = path as String, report = report as String] in
                try Data().write(to: URL(filePath: report))
                let reported = try FileHandle(forWritingTo: URL(filePath: report))
                let database = try RunDatabase(at: URL(filePath: path))
                _ = try database.begin(Example.facts)
                Thread.detachNewThread {
                    usleep(300_000)
                    kill(getpid(), SIGKILL)
                }
                for index in 0..<1_000_000 {
                    guard try database.store(Example.evaluation("\(index)")) == .inserted else {
                        exit(1)
                    }
                    try reported.write(contentsOf: Data("\(index)\n".utf8))
                }
            }
            let reported = try String(contentsOfFile: report, encoding: .utf8).split(
                separator: "\n"
            )
            #expect(reported.count > 3)
            let database = try folder.open()
            let found = try database.evaluations()
            // One more may have been stored whose report was not written.
            #expect([reported.count, reported.count + 1].contains(found.count))
            for (index, row) in found.enumerated() {
                #expect(row == Example.evaluation("\(index)"))
            }
            #expect(try database.runs().map(\.outcome) == [nil])
        }
    #endif
}
