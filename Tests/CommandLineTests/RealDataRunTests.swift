import Foundation
import Testing

/// The folder of real data, where it lies beside the package.
private let realData = Program.root.deletingLastPathComponent().appending(path: "shared/data")

/// Runs a shipped recipe on the real data into a folder that is removed, and gives its table's
/// rows.
private func rows(ofRun recipe: String) throws -> [[String: Any]] {
    let folder = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let ending = try Program.run(
        "run",
        "Recipes/\(recipe).yaml",
        "--set",
        "data.folder=\(realData.path)",
        "--set",
        "output=\(folder.appending(path: "run").path)",
        "--json"
    )
    #expect(ending.status == 0, "\(ending.errors)")
    let object = try JSONSerialization.jsonObject(with: Data(ending.lastLine.utf8))
    let table = try #require(object as? [String: Any])
    return try #require(table["rows"] as? [[String: Any]])
}

@Suite("Real data", .enabled(if: FileManager.default.fileExists(atPath: realData.path)))
struct RealDataRunTests {
    @Test("the short real recipe runs to its table")
    func short() throws {
        let rows = try rows(ofRun: "real-swahili-short")
        #expect(rows.compactMap { $0["model"] as? String }.count == 5)
        func bits(_ model: String) -> Double {
            let row = rows.first { $0["model"] as? String == model }
            let metrics = row?["metrics"] as? [String: [String: Any]]
            return metrics?["target_bits_per_byte"]?["value"] as? Double ?? .nan
        }
        // Swahili text is what only the language expert was given more of.
        for other in ["base", "math", "soup", "swap"] {
            #expect(bits("language") < bits(other), "\(other)")
        }
    }
}

/// The real model, where 'make real-base' has made it.
private let realModel = Program.root.appending(path: "Checkpoints/models/SmolLM2-135M-Instruct")

@Suite(
    "A real model",
    .enabled(
        if: [realData, realModel].allSatisfy { FileManager.default.fileExists(atPath: $0.path) }
    )
)
struct RealBaseRunTests {
    @Test("the short recipe on a real pretrained model runs to its table")
    func short() throws {
        let rows = try rows(ofRun: "real-base-short")
        let models = ["base", "math", "language", "math-lora", "soup", "swap", "lora-swap"]
        #expect(rows.compactMap { $0["model"] as? String } == models + ["random-layers"])
        for row in rows {
            let metrics = row["metrics"] as? [String: [String: Any]]
            #expect(metrics?["target_math"]?["n"] as? Int == 12)
            #expect(metrics?["fr_math"]?["n"] as? Int == 6)
            let bits = metrics?["target_bits_per_byte"]?["value"] as? Double ?? .nan
            #expect(bits > 0.5 && bits < 4)
        }
    }
}
