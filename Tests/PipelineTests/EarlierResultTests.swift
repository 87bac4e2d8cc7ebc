import Checkpointing
import Foundation
import Pipeline
import RunRecords
import TestSupport
import Testing

@Suite("Results that are put aside and brought back")
struct EarlierResultTests {
    private let root = FileManager.default.temporaryDirectory
        .appending(path: "layerswap-earlier-\(UUID().uuidString)")
    private let manager = FileManager.default

    private func stage(_ settings: String) -> Stage {
        Stage(work: .merge("swap"), settings: settings, data: nil, seed: nil, inputs: [])
    }

    /// Writes a result as a run leaves it.
    private func make(_ stage: Stage, _ text: String, in folder: URL, record: Bool = true) throws {
        try manager.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: "model")
        try Data(text.utf8).write(to: file)
        guard record else { return }
        let record = StageRecord(
            stage: stage.name,
            identity: stage.identity,
            facts: stage.facts,
            seconds: 1,
            outputs: ["model": try ContentHash.of(file: file)]
        )
        try JSONEncoder().encode(record).write(to: folder.appending(path: StageRecord.fileName))
    }

    private func text(_ folder: URL?) -> String? {
        folder.flatMap { try? String(contentsOf: $0.appending(path: "model"), encoding: .utf8) }
    }

    private func action(_ stage: Stage, _ store: RunStore) -> StagePlan.Action? {
        StagePlan(stages: [stage], store: store, force: []).entries.first?.action
    }

    /// The names in `earlier/`, hidden ones too.
    private func earlier(_ store: RunStore) -> [String] {
        let path = store.folder.appending(path: "earlier").path
        return (try? manager.contentsOfDirectory(atPath: path))?.sorted() ?? []
    }

    @Test(
        "a kill at any change loses no result, and the next run brings it back",
        arguments: [false, true]
    )
    func killed(_ isDamaged: Bool) throws {
        defer { try? manager.removeItem(at: root) }
        let (old, new) = (stage("a: 1"), stage("a: 2"))
        for limit in 0..<40 {
            let store = RunStore(folder: root.appending(path: "\(limit)"))
            let place = store.folder(of: "swap")
            try make(old, "old", in: place)
            try store.putAside("swap")
            // Either another result is in its place, or a damaged one of the same settings.
            try make(isDamaged ? old : new, "new", in: place)
            if isDamaged { try Data("hurt".utf8).write(to: place.appending(path: "model")) }
            let isKilled = try KilledProcess(before: limit).run { try store.bringBack(old) }
            try store.recover()
            let next = action(old, store)
            #expect(next == .bringBack || next == .reuse, "\(limit)")
            if next == .bringBack { try store.bringBack(old) }
            #expect(text(place) == "old" && action(old, store) == .reuse, "\(limit)")
            let kept = earlier(store).map { store.folder.appending(path: "earlier/\($0)") }
            #expect(kept.map { text($0) } == [isDamaged ? "hurt" : "new"], "\(limit)")
            if !isKilled { return }
            if limit == 39 { Issue.record("it never came to its end") }
        }
    }

    @Test("a kill at any change of sharing loses no result")
    func sharing() throws {
        defer { try? manager.removeItem(at: root) }
        let (old, new) = (stage("a: 1"), stage("a: 2"))
        for limit in 0..<60 {
            let other = RunStore(folder: root.appending(path: "\(limit)-other"))
            try make(new, "new", in: other.folder(of: "swap"))
            let store = RunStore(folder: root.appending(path: "\(limit)"))
            try make(old, "old", in: store.folder(of: "swap"))
            let isKilled = try KilledProcess(before: limit).run {
                try store.share(other.folder(of: "swap"), as: "swap")
            }
            let places = [store.folder(of: "swap"), store.earlierResult(of: old)]
            #expect(places.contains { text($0) == "old" }, "\(limit)")
            #expect(text(other.folder(of: "swap")) == "new")
            // The next run does the rest.
            if action(new, store) != .reuse {
                try store.share(other.folder(of: "swap"), as: "swap")
            }
            #expect(text(store.folder(of: "swap")) == "new")
            #expect(text(store.earlierResult(of: old)) == "old")
            let names = try manager.contentsOfDirectory(atPath: store.folder.path)
            #expect(names.sorted() == ["earlier", "swap"], "\(limit)")
            if !isKilled { return }
            if limit == 59 { Issue.record("it never came to its end") }
        }
    }

    @Test("what an older version left on its way back is found again and blocks nothing")
    func returning() throws {
        defer { try? manager.removeItem(at: root) }
        let (old, new) = (stage("a: 1"), stage("a: 2"))
        let store = RunStore(folder: root)
        try make(new, "new", in: store.folder(of: "swap"))
        let hidden = root.appending(path: "earlier/.swap-returning")
        try make(old, "old", in: hidden)
        try store.recover()
        #expect(action(old, store) == .bringBack)
        try store.bringBack(old)
        #expect(text(store.folder(of: "swap")) == "old")
        // An empty one, as in the report of the fault, is no result and no obstacle.
        try manager.createDirectory(at: hidden, withIntermediateDirectories: true)
        try store.recover()
        try store.bringBack(new)
        #expect(text(store.folder(of: "swap")) == "new")
        #expect(text(store.earlierResult(of: old)) == "old")
        #expect(!earlier(store).contains { $0.hasPrefix(".") })
    }

    @Test("results without a record, and several of one record, each keep a name of their own")
    func names() throws {
        defer { try? manager.removeItem(at: root) }
        let store = RunStore(folder: root)
        let stage = stage("a: 1")
        for number in 1...3 {
            try make(stage, "bare \(number)", in: store.folder(of: "swap"), record: false)
            try store.putAside("swap")
            try make(stage, "whole \(number)", in: store.folder(of: "swap"))
            try store.putAside("swap")
        }
        let texts = earlier(store).map { text(root.appending(path: "earlier/\($0)")) ?? "" }
        #expect(
            texts.sorted()
                == ["bare 1", "bare 2", "bare 3", "whole 1", "whole 2", "whole 3"]
        )
        // The newest is the one that comes back; a damaged one is passed over.
        #expect(text(store.earlierResult(of: stage)) == "whole 3")
        let newest = try #require(store.earlierResult(of: stage))
        try Data("hurt".utf8).write(to: newest.appending(path: "model"))
        #expect(text(store.earlierResult(of: stage)) == "whole 2")
    }

    @Test("work without a checkpoint goes, unless something else is in its folder")
    func work() throws {
        defer { try? manager.removeItem(at: root) }
        let store = RunStore(folder: root)
        let work = store.workFolder(of: "swap")
        for name in ["stage.json", "metrics.jsonl"] {
            try manager.createDirectory(at: work, withIntermediateDirectories: true)
            try Data("{}".utf8).write(to: work.appending(path: name))
        }
        try store.putAside("swap")
        #expect(!manager.fileExists(atPath: work.path) && earlier(store) == [])
        try manager.createDirectory(at: work, withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: work.appending(path: "notes.txt"))
        try store.putAside("swap")
        #expect(earlier(store) == ["training-swap-unrecorded"])
    }
}
