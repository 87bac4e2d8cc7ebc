import Checkpointing
import Testing

@Suite("Names that wrappers have changed")
struct TensorNameRepairTests {
    private let names = [
        "model.embed_tokens.weight", "model.layers.0.self_attn.q_proj.weight",
        "model.layers.11.mlp.up_proj.weight", "model.norm.weight", "lm_head.weight",
    ]

    private func repair(_ change: (String) -> String) -> TensorNameRepair? {
        let known = Set(names)
        return TensorNameRepair(of: names.map(change), isKnown: known.contains)
    }

    @Test(
        "A beginning is to be stripped",
        arguments: [
            "_orig_mod.", "module.", "base_model.model.", "transformer.", "language_model.",
            "model.language_model.", "module._orig_mod.", "_forward_module.",
        ]
    )
    func prefixes(_ prefix: String) {
        let found = repair { prefix + $0 }
        #expect(found?.change == .strip([prefix]))
        #expect(found?.count == 5 && found?.total == 5)
        #expect(found?.description.contains("'\(prefix)'") == true)
        #expect(
            TensorNameRepair(
                of: names.map { prefix + $0 },
                isKnown: TensorNameRepair.isStandard
            )?.change == .strip([prefix])
        )
    }

    @Test("A word inside is to be stripped, and both")
    func inside() {
        let compiled = repair { $0.replacing("layers.0.", with: "layers.0._orig_mod.") }
        #expect(compiled?.change == .strip(["_orig_mod."]) && compiled?.count == 1)
        let adapted = repair {
            "base_model.model." + $0.replacing("_proj.weight", with: "_proj.base_layer.weight")
        }
        #expect(adapted?.count == 3)
        let both = TensorNameRepair(of: ["a.b.base_layer.c"]) { $0 == "b.c" }
        #expect(both?.change == .strip(["a.", "base_layer."]))
        #expect(both?.description.contains("'a.' and 'base_layer.'") == true)
    }

    @Test("A model without its head has names without a beginning")
    func added() {
        let found = repair { $0.hasPrefix("model.") ? String($0.dropFirst(6)) : $0 }
        #expect(found?.change == .add("model.") && found?.count == 4)
        #expect(found?.description.contains("with 'model.' before") == true)
    }

    @Test("Names that are right, and names that are another model's, need nothing")
    func nothing() {
        #expect(repair { $0 } == nil)
        #expect(repair { "\($0)_other" } == nil)
        #expect(TensorNameRepair(of: [], isKnown: { _ in true }) == nil)
    }
}
