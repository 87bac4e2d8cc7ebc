import Foundation
import RecipeTestSupport
import Recipes
import RunRecords
import Testing

@Suite("Names in a run folder")
struct RunFolderNameTests {
    private static let reserved = [
        "tokenizer", "comparison", "earlier", "analysis", "training-math", "evaluation-math",
        "training-", "evaluation-x", "results-te", "Analysis", "EARLIER", "Training-base",
        "COMPARISON", "figures",
    ]
    /// Names that no folder can have, whatever they mean.
    private static let impossible = [
        "results.json", "run.json", "runs.sqlite", "events.jsonl", "recipe.yaml", ".lock", "..",
        "'.'", "../math", "a/b", "/tmp", "'analysis '", "análysis", "'ana\\nlysis'",
    ]

    @Test("a merge with a name that the folder uses is refused with its line", arguments: reserved)
    func merges(_ name: String) throws {
        let text = try RecipeSupport.tinyText().replacing("  soup: {", with: "  \(name): {")
        let line = RecipeSupport.line(of: "  \(name): {", in: text)
        let message = RecipeSupport.message { try RecipeSupport.load(text) }
        #expect(message.contains("changed.yaml:\(line): merges.\(name): the name"), "\(message)")
        #expect(message.contains("needed for something else in the folder of the run"))
    }

    @Test("so is a stage", arguments: reserved)
    func stages(_ name: String) throws {
        let mixture = "{english-problems: {source: problems, language: english}}"
        let text = try RecipeSupport.tinyText().replacing(
            "\nmerges:",
            with: "\n  \(name): {steps: 1, mixture: \(mixture)}\n\nmerges:"
        )
        let line = RecipeSupport.line(of: "  \(name):", in: text)
        let message = RecipeSupport.message { try RecipeSupport.load(text) }
        #expect(message.contains("changed.yaml:\(line):"), "\(message)")
        #expect(message.contains("needed for something else"), "\(message)")
    }

    @Test("a name that is none is refused with its line", arguments: impossible)
    func malformed(_ name: String) throws {
        let text = try RecipeSupport.tinyText().replacing("  soup: {", with: "  \(name): {")
        let line = RecipeSupport.line(of: "method: average", in: text)
        let message = RecipeSupport.message { try RecipeSupport.load(text) }
        #expect(message.contains("changed.yaml:\(line): "), "\(message)")
    }

    @Test("names that differ in case alone, or are those of experiments, are refused")
    func same() throws {
        let text = try RecipeSupport.tinyText()
        let cased = RecipeSupport.message {
            try RecipeSupport.load(text.replacing("  soup: {", with: "  Math: {"))
        }
        #expect(cased.contains("take no notice of case"), "\(cased)")
        let cell = RecipeSupport.message {
            try RecipeSupport.load(
                text.replacing("  soup: {", with: "  seed-2: {")
                    + "\nsweep:\n  seed: [1, 2]\n"
            )
        }
        #expect(cell.contains("sweep: the name \"seed-2\" is that of another folder"), "\(cell)")
        let long =
            (0..<30).map { "\($0)" }.joined(separator: "_") + String(repeating: "0", count: 150)
        let label = RecipeSupport.message {
            try RecipeSupport.load(text + "\nsweep:\n  purpose: [\(long)]\n")
        }
        #expect(label.contains("expected 200 at most"), "\(label)")
        let set = RecipeSupport.message {
            try RecipeSupport.load(text, overrides: ["merges.analysis={method: average}"])
        }
        #expect(set.hasPrefix("--set merges.analysis="), "\(set)")
    }
}

@Suite("Where a run may be")
struct RunPlaceTests {
    private let root = FileManager.default.temporaryDirectory
        .appending(path: "layerswap-place-\(UUID().uuidString)")
    private let manager = FileManager.default

    private func loaded(_ output: URL, at url: URL? = nil, _ overrides: String...) throws
        -> LoadedRecipe
    {
        try LoadedRecipe(
            at: url ?? RecipeSupport.url("tiny.yaml"),
            overrides: ["output=\(output.path)"] + overrides
        )
    }

    private func message(_ recipe: LoadedRecipe) -> String {
        do {
            try RunStore.check(recipe)
            return ""
        } catch { return "\(error)" }
    }

    @Test("the root, a home, a file, a folder of others and one of dot files are refused")
    func foreign() throws {
        defer { try? manager.removeItem(at: root) }
        try manager.createDirectory(at: root, withIntermediateDirectories: true)
        for path in ["/", NSHomeDirectory()] {
            #expect(message(try loaded(URL(filePath: path))).contains("cannot be an output"))
        }
        let file = root.appending(path: "file")
        try Data().write(to: file)
        #expect(message(try loaded(file)).contains("is a file; expected a folder"))
        #expect(message(try loaded(file.appending(path: "run"))).contains("is a file"))
        #expect(message(try loaded(root)).contains("holds no run of a recipe"))
        let dots = root.appending(path: "dots")
        try manager.createDirectory(
            at: dots.appending(path: ".ssh"),
            withIntermediateDirectories: true
        )
        #expect(message(try loaded(dots)).contains("holds no run of a recipe"))
        #expect(message(try loaded(root.appending(path: "new/run"))) == "")
        #expect(!manager.fileExists(atPath: root.appending(path: "new").path))
        let unfinished = root.appending(path: "lock")
        try manager.createDirectory(at: unfinished, withIntermediateDirectories: true)
        try Data().write(to: unfinished.appending(path: ".lock"))
        #expect(message(try loaded(unfinished)) == "")
    }

    @Test("a run does not lie in another, nor write over what it reads")
    func inputs() throws {
        defer { try? manager.removeItem(at: root) }
        let run = root.appending(path: "run")
        try RunStore(folder: run).open(recipe: "tiny")
        #expect(message(try loaded(run)) == "")
        #expect(
            message(try loaded(run.appending(path: "base/inner"))).contains("inside of the run")
        )
        let link = root.appending(path: "link")
        try manager.createSymbolicLink(at: link, withDestinationURL: run)
        #expect(message(try loaded(link.appending(path: "inner"))).contains("inside of the run"))
        // Its own recipe unchanged is fine, other settings would be written over it.
        let recipe = run.appending(path: "recipe.yaml")
        try Data(try loaded(run).recipe.yaml().utf8).write(to: recipe)
        #expect(message(try loaded(run, at: recipe)) == "")
        let changed = message(try loaded(run, at: recipe, "stages.math.steps=16"))
        #expect(changed.contains("would write over the recipe"), "\(changed)")
        #expect(changed.contains("--set output=FOLDER"))
    }

    @Test("data under a name of the run is refused, through links too; beside it is fine")
    func data() throws {
        defer { try? manager.removeItem(at: root) }
        let run = root.appending(path: "run")
        let url = RecipeSupport.url("real-swahili-short.yaml")
        let name = try LoadedRecipe(at: url).recipe.name
        try RunStore(folder: run).open(recipe: name)
        for (folder, isFine) in [
            ("earlier", false), ("base", false), ("evaluation-base/data", false), ("data", true),
        ] {
            let data = run.appending(path: folder)
            try manager.createDirectory(at: data, withIntermediateDirectories: true)
            let link = root.appending(path: "to-\(isFine)-\(data.lastPathComponent)")
            try manager.createSymbolicLink(at: link, withDestinationURL: data)
            for place in [data, link] {
                let found = message(try loaded(run, at: url, "data.folder=\(place.path)"))
                #expect(found.contains("would write over the data file") == !isFine, "\(found)")
            }
        }
        // A run inside of the folder of the data takes none of its names.
        let inside = root.appending(path: "corpus/run")
        let found = message(
            try loaded(inside, at: url, "data.folder=\(inside.deletingLastPathComponent().path)")
        )
        #expect(found == "")
    }

    @Test("a run that has its lock and its mark, and no database yet, is running")
    func begun() throws {
        defer { try? manager.removeItem(at: root) }
        try manager.createDirectory(at: root, withIntermediateDirectories: true)
        try RunStore(folder: root).open(recipe: "tiny")
        #expect(RunSummary(of: root).state == .incomplete)
        let held = try RunLock(folder: root)
        #expect(RunSummary(of: root).state == .running)
        withExtendedLifetime(held) {}
    }

    @Test("a lock that is refused closes its descriptor once")
    func lock() throws {
        defer { try? manager.removeItem(at: root) }
        try manager.createDirectory(at: root, withIntermediateDirectories: true)
        let held = try RunLock(folder: root)
        let isDone = Flag()
        let wasClosed = Flag()
        let thread = Thread {
            // Whatever it opens gets the number that was freed last.
            while !isDone.isSet {
                let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
                for _ in 0..<200 where fcntl(descriptor, F_GETFD) < 0 { wasClosed.set() }
                close(descriptor)
            }
            isDone.finish()
        }
        thread.start()
        for _ in 0..<12 { #expect(throws: RunLock.Taken.self) { try RunLock(folder: root) } }
        isDone.set()
        isDone.wait()
        #expect(!wasClosed.isSet)
        withExtendedLifetime(held) {}
    }
}

/// Something that one thread reports to another.
private final class Flag: @unchecked Sendable {
    private let lock = NSLock()
    private let end = DispatchSemaphore(value: 0)
    private var value = false

    var isSet: Bool { lock.withLock { value } }
    func set() { lock.withLock { value = true } }
    func finish() { end.signal() }
    func wait() { end.wait() }
}
