import Foundation

/// What tests of several ranks have in common.
enum RankRun {
    /// A small study: two seeds and two settings of an expert, with a merge of each.
    static func recipe(in place: URL) throws -> URL {
        let recipe = place.appending(path: "study.yaml")
        try Data(
            """
            extends: \(Program.root.path)/Recipes/tiny.yaml
            name: study
            sweep: {stages: {math: {steps: [6, 12]}}, seed: [1, 2]}
            """.utf8
        ).write(to: recipe)
        return recipe
    }

    /// What a run leaves that must not depend on who has worked on it: tables, weights, scores.
    static func results(of run: URL) throws -> [String: Data] {
        var found: [String: Data] = [:]
        let files = FileManager.default.enumerator(atPath: run.path)
        while let path = files?.nextObject() as? String {
            let name = (path as NSString).lastPathComponent
            let isResult =
                name.hasPrefix("results") || name == "model.safetensors"
                || name == "tokenizer.model" || name == "scores.json" || name == "records.jsonl"
            guard isResult, !path.contains("training-"), !path.contains("parts/") else { continue }
            found[path] = try Data(contentsOf: run.appending(path: path))
        }
        return found
    }

    static func arguments(_ recipe: URL, _ output: URL) -> [String] {
        ["run", recipe.path, "--set", "output=\(output.path)", "--threads", "1"]
    }

    /// Sends a signal to ranks that work on a recipe: to all, or to the one that was started last.
    ///
    /// The launcher inherits from these tests that signals are blocked, and hears none.
    static func signal(_ signal: Int32, _ recipe: URL, onlyLast: Bool = false) throws {
        let words = "layerswap\0run\0\(recipe.path)"
        let ranks = try FileManager.default.contentsOfDirectory(atPath: "/proc")
            .compactMap(Int32.init).sorted().filter { number in
                let line = try? Data(contentsOf: URL(filePath: "/proc/\(number)/cmdline"))
                return line.map { String(decoding: $0, as: UTF8.self).contains(words) } ?? false
            }
        for number in onlyLast ? ranks.suffix(1) : ranks[...] { kill(number, signal) }
    }
}
