import Foundation
import MergeMethods
import Testing

@Suite("Zones of a layer swap")
struct LayerSwapTests {
    private func weights(_ swap: LayerSwap, _ layers: Int) -> [Double] {
        swap.languageWeights(layerCount: layers)
    }

    @Test("The paper's zones at 32 layers, layer by layer")
    func paper() throws {
        let swap = LayerSwap.defaults(layerCount: 32)
        try swap.check(layerCount: 32, tiedHead: true)
        let expected =
            [Double](repeating: 1, count: 5) + [0.5] + [Double](repeating: 0, count: 23) + [0.5]
            + [1, 1]
        #expect(weights(swap, 32) == expected)
    }

    @Test(
        "Defaults scale with depth and leave a layer to the math expert",
        arguments: [
            (1, [0, 0, 0, 0]), (2, [1, 0, 0, 0]), (3, [1, 0, 0, 1]), (4, [1, 1, 0, 1]),
            (5, [1, 1, 1, 1]), (8, [2, 1, 1, 1]), (12, [2, 1, 1, 1]), (16, [3, 1, 1, 1]),
            (24, [4, 1, 1, 2]), (32, [5, 1, 1, 2]), (80, [13, 3, 3, 5]),
        ]
    )
    func defaults(layers: Int, zones: [Int]) throws {
        let swap = LayerSwap.defaults(layerCount: layers)
        #expect([swap.bottom, swap.bottomTransition, swap.topTransition, swap.top] == zones)
        try swap.check(layerCount: layers, tiedHead: false)
        #expect(weights(swap, layers).contains(0))
    }

    @Test("Every depth has defaults that fit", arguments: 1...130)
    func fitting(layers: Int) throws {
        let swap = LayerSwap.defaults(layerCount: layers)
        try swap.check(layerCount: layers, tiedHead: false)
        #expect(weights(swap, layers).contains(0))
    }

    @Test("Transitions: none, constant, and a ramp of equal steps")
    func transitions() {
        var swap = LayerSwap(bottom: 1, top: 2, bottomTransition: 3, topTransition: 1)
        swap.transition = .none
        #expect(weights(swap, 9) == [1, 0, 0, 0, 0, 0, 0, 1, 1])
        swap.transition = .constant(0.25)
        #expect(weights(swap, 9) == [1, 0.25, 0.25, 0.25, 0, 0, 0.25, 1, 1])
        swap.transition = .ramp
        #expect(weights(swap, 9) == [1, 0.75, 0.5, 0.25, 0, 0, 0.5, 1, 1])
        swap.coefficients = [0, 1, 0.5]
        #expect(weights(swap, 3) == [0, 1, 0.5])
    }

    @Test("Zones that do not fit are refused with the numbers")
    func refused() {
        let wide = LayerSwap(bottom: 3, top: 2, bottomTransition: 2, topTransition: 2)
        let error = #expect(throws: LayerSwapError.self) {
            try wide.check(layerCount: 8, tiedHead: true)
        }
        #expect(error == .doNotFit(wide, layerCount: 8))
        #expect(
            error?.description
                == "the zones do not fit: bottom 3 + bottom transition 2 + top transition 2 + top 2 "
                + "is more than the model's 8 layers; the defaults for this depth are bottom 2, "
                + "top 1, transitions 1 and 1"
        )
        #expect(throws: Never.self) { try wide.check(layerCount: 9, tiedHead: true) }
        #expect(throws: LayerSwapError.negative(zone: "top", width: -1)) {
            try LayerSwap(bottom: 1, top: -1).check(layerCount: 8, tiedHead: true)
        }
        #expect(throws: LayerSwapError.self) {
            try LayerSwap(bottom: .max, top: .max).check(layerCount: 8, tiedHead: true)
        }
    }

    @Test("Weights that are none are refused")
    func weightsRefused() {
        var swap = LayerSwap(bottom: 1, top: 1, coefficients: [1, 0])
        #expect(throws: LayerSwapError.coefficientCount(found: 2, layerCount: 3)) {
            try swap.check(layerCount: 3, tiedHead: true)
        }
        swap.coefficients = [1, 1.5, 0]
        #expect(throws: LayerSwapError.weight(of: "coefficient of layer 1", value: 1.5)) {
            try swap.check(layerCount: 3, tiedHead: true)
        }
        swap.coefficients = [1, .nan, 0]
        #expect(throws: LayerSwapError.self) { try swap.check(layerCount: 3, tiedHead: true) }
        swap.coefficients = nil
        swap.transition = .constant(-0.1)
        #expect(throws: LayerSwapError.self) { try swap.check(layerCount: 3, tiedHead: true) }
        swap.transition = .none
        swap.finalNorm = .blend(2)
        #expect(throws: LayerSwapError.weight(of: "blend of the final norm", value: 2)) {
            try swap.check(layerCount: 3, tiedHead: true)
        }
    }

    @Test("A tied head goes with the embeddings, and a conflicting wish is an error")
    func tied() {
        var swap = LayerSwap(bottom: 1, top: 1, embeddings: .math, head: .language)
        #expect(throws: LayerSwapError.tiedHead(embeddings: .math, head: .language)) {
            try swap.check(layerCount: 3, tiedHead: true)
        }
        #expect(throws: Never.self) { try swap.check(layerCount: 3, tiedHead: false) }
        swap.head = .math
        #expect(throws: Never.self) { try swap.check(layerCount: 3, tiedHead: true) }
    }

    @Test("Owners and transitions have a text form")
    func texts() throws {
        for owner: TensorOwner in [.language, .math, .base, .blend(0.25)] {
            #expect(TensorOwner(rawValue: owner.rawValue) == owner)
        }
        #expect(TensorOwner(rawValue: "blend") == .blend(0.5))
        #expect(TensorOwner(rawValue: "blend x") == nil)
        #expect(TensorOwner(rawValue: "both") == nil)
        for transition: LayerSwap.Transition in [.none, .ramp, .constant(0.25)] {
            #expect(LayerSwap.Transition(rawValue: transition.rawValue) == transition)
        }
        #expect(LayerSwap.Transition(rawValue: "constant") == .constant(0.5))
        #expect(LayerSwap.Transition(rawValue: "linear") == .ramp)
        #expect(LayerSwap.Transition(rawValue: "slope") == nil)
    }

    @Test(
        "Methods are read back as they are written",
        arguments: [
            MergeMethod.layerSwap(.defaults(layerCount: 8)),
            .layerSwap(LayerSwap(bottom: 1, top: 0, coefficients: [0.5], head: .blend(0.1))),
            .layerSwap(
                LayerSwap(
                    bottom: 1,
                    top: 0,
                    pattern: .random(seed: .max),
                    direction: .mathOutside,
                    tensors: .mlp
                )
            ),
            .average(.uniform(of: ["language", "math"])),
            .taskVectors(.arithmetic([MergeTerm("a", -0.5)], lambda: 0.3)),
            .taskVectors(.ties([MergeTerm("a", 2)], density: 0.7, lambda: 1.5)),
            .taskVectors(.dare([MergeTerm("a", 2)], density: 0.7, lambda: 1.5, seed: .max)),
        ]
    )
    func codable(method: MergeMethod) throws {
        let json = try JSONEncoder().encode(method)
        #expect(try JSONDecoder().decode(MergeMethod.self, from: json) == method)
        #expect(String(decoding: json, as: UTF8.self).contains("\"method\":\"\(method.name)\""))
    }
}
