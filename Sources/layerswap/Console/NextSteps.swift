import Foundation
import Foundations
import RunRecords

/// What to do with a result, as commands that can be typed as they are printed.
enum NextSteps {
    /// Says what comes after a finished run; nothing when quiet or beside a JSON object.
    static func afterRun(in folder: URL, on console: Console) {
        let path = folder.shownPath
        var steps = [(["report", path], "one page with results, zones and curves")]
        let models = ModelLookup.models(ofRun: folder)
        // Scores that came out of an archive have no models.
        if !models.isEmpty {
            steps += [
                (["analyze", path], "what changed in the experts, and where mathematics lies"),
                (["studio", path], "build and compare swaps by hand, in the browser"),
            ]
        }
        let model =
            models.first { $0.split(separator: "/").last == "swap" }
            ?? models.first { $0.split(separator: "/").last == "math" } ?? models.first
        if let model { steps.append((["chat", "\(path)/\(model)"], "ask a model questions")) }
        say(steps, on: console)
    }

    /// Says what comes after a merge into a folder.
    static func afterMerge(into folder: URL, on console: Console) {
        let path = folder.shownPath
        var steps = [(["merge", "--verify", path], "repeat the merge and compare every byte")]
        let configuration = folder.appending(path: "config.json")
        if FileManager.default.fileExists(atPath: configuration.path) {
            steps.insert((["chat", path], "ask the merged model questions"), at: 0)
        }
        say(steps, on: console)
    }

    /// Says what comes after a GGUF file has become a folder.
    static func afterConversion(into folder: URL, on console: Console) {
        let path = folder.shownPath
        let steps = [
            (["generate", path, "The capital of France is"], "continue a text"),
            (["chat", path], "ask the model questions"),
            (["inspect", path], "see its tensors"),
        ]
        say(steps, on: console)
    }

    private static func say(_ steps: [(words: [String], purpose: String)], on console: Console) {
        guard !console.json else { return }
        console.remark("\nNext:")
        let rows = steps.map { words, purpose in
            ["    " + ShellText.command(["layerswap"] + words), "# \(purpose)"]
        }
        for line in TextTable(rows: rows).lines { console.remark(line) }
    }
}
