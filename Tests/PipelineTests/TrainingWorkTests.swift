import Foundation
import Pipeline
import RecipeTestSupport
import Recipes
import Testing

@Suite("The training that is left")
struct TrainingWorkTests {
    private func study(_ overrides: [String]) throws -> StudyRunner {
        let output = FileManager.default.temporaryDirectory
            .appending(path: "layerswap-work-\(UUID().uuidString)")
        return try StudyRunner(
            LoadedRecipe(
                at: RecipeSupport.url("tiny.yaml"),
                overrides: overrides + ["output=\(output.path)"]
            ),
            options: PipelineRunner.Options(threads: 1)
        )
    }

    @Test("a stage that experiments share is counted once")
    func shared() throws {
        // Base 30, math 15 and language 15 steps of 512 tokens.
        let one = try study([]).trainingLeft()
        #expect(one.steps == 60 && one.tokens == 60 * 512)
        let seeds = try study(["sweep={seed: [1, 2]}"]).trainingLeft()
        #expect(seeds.steps == 120)
        let lengths = try study(["sweep={stages: {language: {steps: [5, 15, 40]}}}"]).trainingLeft()
        #expect(lengths.steps == 30 + 15 + 5 + 15 + 40)
    }

    @Test("deeper models are more work a step")
    func depths() throws {
        let work = try study(["sweep={model: {layers: [4, 8]}}"]).trainingLeft()
        #expect(work.steps == 120)
        let sizes = Set(work.parts.map(\.parameterCount)).sorted()
        // 480 pieces of width 32, and a layer of a grouped attention with one of two heads.
        let layer = 32 * 32 * 2 + 2 * 32 * 16 + 3 * 32 * 64 + 2 * 32
        #expect(sizes == [480 * 32 + 4 * layer + 32, 480 * 32 + 8 * layer + 32])
        let expected = sizes.reduce(0.0) { $0 + 6 * Double($1) * 60 * 512 }
        #expect(abs(work.operations - expected) < 1)
    }

    @Test("the pace so far shows the seconds that are left")
    func pace() throws {
        let work = try study([]).trainingLeft()
        var pace = TrainingTimeEstimate(work)
        #expect(pace.secondsLeft == nil)
        pace.didStep(operations: work.operations / 4, seconds: 3)
        #expect(try abs(#require(pace.secondsLeft) - 9) < 1e-9)
        pace.didStep(operations: work.operations / 4, seconds: 5)
        #expect(try abs(#require(pace.secondsLeft) - 8) < 1e-9)
        pace.didStep(operations: work.operations / 2, seconds: 5)
        #expect(pace.secondsLeft == nil)
    }
}
