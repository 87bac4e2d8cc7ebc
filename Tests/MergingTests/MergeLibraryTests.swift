import Foundation
import MergeMethods
import Merging
import Testing

@Suite("Merges as other packages make them")
struct MergeLibraryTests {
    private static let single = ["nearswap", "arcee-fusion"]

    private func inputs(_ folders: MergeFolders) throws -> [MergeInput] {
        try ["language", "math", "base"].enumerated().map { number, name in
            try folders.make(name, seed: UInt64(number + 1))
            return MergeInput(name, folders.folder(name))
        }
    }

    @Test("every method by name is planned, written and verified", arguments: Merge.Method.names)
    func named(_ name: String) throws {
        let folders = try MergeFolders()
        let models = Self.single.contains(name) ? ["math"] : ["math", "language"]
        let method = try Merge.Method(
            named: name,
            models: models,
            settings: name == "nearswap" ? ["distance": 0.1] : [:]
        )
        let merge = try Merge(method, of: inputs(folders), threadCount: 2)
        #expect(merge.planLines(everyTensor: true).count > 30)
        let output = folders.folder("output")
        var steps: Set<MergeProgress.Step> = []
        let report = try merge.write(to: output) { steps.insert($0.step) }
        // What is computed is checked while it is; copies are proven afterwards.
        var expected: Set<MergeProgress.Step> = [.merging, .hashing]
        if report.copiedTensors > 0 { expected.insert(.proving) }
        #expect(steps == expected)
        let count = report.copiedTensors + report.computedTensors
        #expect(try merge.verify(output) == count)
        #expect(try Merge(recordedIn: output, threadCount: 2).verify(output) == count)
    }

    @Test("a number of threads that cannot work is refused", arguments: [0, -1])
    func noThreads(_ count: Int) throws {
        let folders = try MergeFolders()
        let models = try inputs(folders)
        let error = #expect(throws: (any Error).self) {
            try Merge(.layerSwap(), of: models, threadCount: count)
        }
        #expect("\(try #require(error))" == "'threadCount' is \(count); expected 1 or more")
    }

    @Test("weights and settings are those of the method")
    func settings() throws {
        let folders = try MergeFolders()
        let models = try inputs(folders)
        func plan(_ method: Merge.Method) throws -> [String] {
            try Merge(method, of: models, threadCount: 1).planLines()
        }
        func plan(_ method: MergeMethod) throws -> [String] {
            let workspace = MergeWorkspace(threadCount: 1)
            return try MergeExecutor(method, of: models, workspace: workspace).plan.lines()
        }
        var ties = TaskVectorMerge(.ties, [MergeTerm("math", 2), MergeTerm("language", 1)])
        ties.trimming = .largest(density: 0.5)
        ties.lambda = 0.7
        let named = try Merge.Method(
            named: "ties",
            weights: [("math", 2), ("language", 1)],
            settings: ["density": 0.5, "lambda": 0.7]
        )
        #expect(try plan(named) == plan(.taskVectors(ties)))
        var swap = LayerSwap.defaults(layerCount: 4)
        #expect(try plan(Merge.Method.layerSwap()) == plan(.layerSwap(swap)))
        swap.bottom = 2
        swap.head = .blend(0.25)
        swap.embeddings = .blend(0.25)
        let own = Merge.Method.layerSwap(bottom: 2, embeddings: .blend(0.25), head: .blend(0.25))
        #expect(try plan(own) == plan(.layerSwap(swap)))
        swap = LayerSwap.defaults(layerCount: 4)
        swap.coefficients = [1, 0.5, 0, 1]
        #expect(
            try plan(Merge.Method.layerSwap(languageWeights: [1, 0.5, 0, 1]))
                == plan(.layerSwap(swap))
        )
        let lines = try plan(Merge.Method.revert("math", layers: 1...2))
        #expect(lines.first == "math with layers 1-2 of the base")
    }

    @Test("names and settings that do not exist are refused, with what was meant")
    func refusals() throws {
        func words(_ body: () throws -> Merge.Method) -> String {
            let error = #expect(throws: (any Error).self) { _ = try body() }
            return error.map { "\($0)" } ?? ""
        }
        #expect(
            words { try Merge.Method(named: "tise") }
                .hasPrefix("no method is named 'tise', nearest known: 'ties'; expected one of ")
        )
        #expect(
            words { try Merge.Method(named: "ties", settings: ["densty": 0.5]) }
                == "ties has no setting 'densty', nearest known: 'density'; "
                + "expected lambda, normalize, density"
        )
        #expect(
            words { try Merge.Method(named: "slerp", settings: ["density": 0.5]) }
                == "slerp has no setting 'density'; it has none"
        )
        #expect(
            words { try Merge.Method(named: "layer-swap", settings: ["bottom": 1.5]) }
                == "'bottom' is 1.5; expected a whole number"
        )
        #expect(
            words { try Merge.Method(named: "arcee-fusion", models: ["a", "b"]) }
                == "arcee-fusion takes one model; found 2"
        )
        #expect(words { try Merge.Method(named: "fisher") }.hasPrefix("no method is named"))
        #expect(throws: (any Error).self) { try Merge(.layerSwap(), of: []) }
    }
}
