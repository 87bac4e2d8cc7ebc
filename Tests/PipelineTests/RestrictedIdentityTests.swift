import Checkpointing
import Pipeline
import RecipeTestSupport
import Recipes
import Testing

@Suite("Identities of restricted stages")
struct RestrictedIdentityTests {
    private static let partitions =
        "stages.math.partitions={sums: {train: middle, mixture: {problems: {source: problems}}}, "
        + "words: {train: outer, mixture: {text: {source: text, language: target}}}}"

    private func identities(_ overrides: String...) throws -> [String: ContentHash] {
        let loaded = try LoadedRecipe(at: RecipeSupport.url("tiny.yaml"), overrides: overrides)
        let stages = try StageGraph(Experiment(loaded)).stages
        return Dictionary(uniqueKeysWithValues: stages.map { ($0.name, $0.identity) })
    }

    @Test("each restriction gives the stage another identity, and no other training stage")
    func identity() throws {
        let all = try [
            identities(), identities("stages.math.freeze=middle"),
            identities("stages.math.freeze=outer"), identities("stages.math.lora={rank: 4}"),
            identities("stages.math.lora={rank: 4, alpha: 4}"),
            identities("stages.math.mixture=null", Self.partitions),
            identities(
                "stages.math.mixture=null",
                Self.partitions,
                "stages.math.partitions.words.mixture.text.language=english"
            ),
        ]
        #expect(Set(all.map { $0["math"] }).count == all.count)
        // The tokenizer reads what stages read, and so do its successors; freezing reads nothing.
        #expect(Set(all.prefix(5).map { $0["language"] }).count == 1)
        #expect(try identities("stages.math.freeze=layers 1-2") == all[1])
    }
}
