import Foundation
import MergeMethods
import TestSupport
import Testing

/// What holds for the methods by norms, angles and largest changes whatever mergekit makes of them.
@Suite("Methods by norms, angles and largest changes")
struct TensorwiseTests {
    private static let terms = [MergeTerm("a", 0.7), MergeTerm("b", 0.3)]

    /// Every method, of two models where it takes two.
    private static let methods: [TensorwiseMerge] = [
        .nuslerp(NuSlerp(terms)), .nuslerp(NuSlerp(terms, readsBase: true)),
        .nuslerp(NuSlerp(terms, extent: .rows)),
        .nuslerp(NuSlerp(terms, readsBase: true, extent: .columns)),
        .multislerp(MultiSlerp(terms)), .multislerp(MultiSlerp(terms, readsBase: true)),
        .karcher(KarcherMean(["a", "b"])), .sce(SelectedChanges(["a", "b"])),
        .sce(SelectedChanges(["a", "b"], density: 0.4)), .nearswap(NearSwap("a", distance: 0.3)),
        .arceeFusion(ArceeFusion("a")), .ram(AgentMerge(["a", "b"], epsilon: 0.4)),
        .ram(AgentMerge(["a", "b"], epsilon: 0.4, gain: 0.5)),
    ]

    /// Merges models, of which the first is the base of methods that have one.
    private func merge(
        _ merge: TensorwiseMerge,
        _ models: [[Float]],
        row: Int = 100,
        cuts: [Int] = [],
        threads: Int = 1
    ) -> [Float] {
        let read = merge.readsBase ? models : Array(models.dropFirst())
        return combine(
            .tensorwise(merge),
            Array(read.prefix(merge.inputs.count)),
            rowLength: row,
            cuts: cuts,
            threads: threads
        )
    }

    private func isClose(_ a: [Float], _ b: [Float], _ tolerance: Float = 1e-6) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance }
    }

    @Test("A model merged with itself is that model", arguments: methods)
    func same(method: TensorwiseMerge) {
        let model = sampleValues(5_000, seed: 3)
        // From a base that is the same too, or one from which everything has moved far.
        let far = model.map { $0 + ($0 < 0 ? -3 : 3) }
        #expect(isClose(merge(method, [model, model, model]), model))
        switch method {
        // These choose or stop on the way from the base.
        case .nearswap, .arceeFusion: break
        case .sce(let sce) where sce.density < 1: break
        case .ram(let ram) where ram.gain != nil: break
        default: #expect(isClose(merge(method, [far, model, model]), model))
        }
    }

    @Test("Parts and threads change nothing", arguments: methods)
    func parts(method: TensorwiseMerge) {
        let lists = models(2, count: 70_000)
        let whole = merge(method, lists)
        #expect(whole.count == 70_000)
        let cut = merge(method, lists, cuts: [100, 9_000, 32_800, 65_500], threads: 3)
        #expect(bits(cut) == bits(whole))
    }

    @Test("The order of models is of no account", arguments: methods)
    func order(method: TensorwiseMerge) {
        let lists = models(2, count: 3_000).map { $0.map { $0 * 1.01 } }
        let swapped: TensorwiseMerge
        switch method {
        case .nuslerp(var method):
            method.terms = [MergeTerm("a", 0.3), MergeTerm("b", 0.7)]
            swapped = .nuslerp(method)
        case .multislerp(var method):
            method.terms = [MergeTerm("a", 0.3), MergeTerm("b", 0.7)]
            swapped = .multislerp(method)
        case .nearswap, .arceeFusion: return
        default: swapped = method
        }
        let found = merge(swapped, [lists[0], lists[2], lists[1]])
        #expect(isClose(found, merge(method, lists)))
    }

    @Test("Larger tensors give a larger merge")
    func scaled() {
        let lists = models(2, count: 3_000)
        for method in Self.methods {
            switch method {
            case .nuslerp, .multislerp, .karcher: break
            default: continue
            }
            let doubled = merge(method, lists.map { $0.map { 2 * $0 } })
            #expect(isClose(doubled, merge(method, lists).map { 2 * $0 }, 1e-5))
        }
    }

    @Test("What is no number in any model is none in the merge", arguments: methods)
    func notNumbers(method: TensorwiseMerge) {
        for broken in [Float.nan, .infinity] {
            for model in method.readsBase ? 0..<method.inputs.count : 1..<method.inputs.count + 1 {
                var lists = models(2, count: 3_000)
                lists[model][1_234] = broken
                #expect(!merge(method, lists)[1_234].isFinite, "\(method) with model \(model)")
            }
        }
    }

    @Test("nuslerp ends at its models, and turns rows and columns each for itself")
    func arcs() {
        let lists = models(2, count: 600)
        let ends = [
            NuSlerp([MergeTerm("a", 1), MergeTerm("b", 1e-12)], readsBase: true, extent: .rows),
            NuSlerp([MergeTerm("a", 1), MergeTerm("b", 1e-12)], extent: .columns),
        ]
        for end in ends { #expect(isClose(merge(.nuslerp(end), lists, row: 20), lists[1])) }
        // A right angle of two vectors of length 1, halfway.
        let half = NuSlerp([MergeTerm("a", 1), MergeTerm("b", 1)])
        let found = combine(.tensorwise(.nuslerp(half)), [[1, 0], [0, 1]])
        #expect(isClose(found, [Float(0.5.squareRoot()), Float(0.5.squareRoot())]))
        var byRows = half
        byRows.extent = .rows
        let rows = merge(.nuslerp(byRows), lists, row: 20)
        for start in stride(from: 0, to: 600, by: 20) {
            let row = merge(.nuslerp(half), lists.map { Array($0[start..<start + 20]) }, row: 20)
            #expect(isClose(Array(rows[start..<start + 20]), row))
        }
        var byColumns = half
        byColumns.extent = .columns
        let columns = merge(.nuslerp(byColumns), lists, row: 20)
        for column in 0..<20 {
            func taken(_ list: [Float]) -> [Float] {
                stride(from: column, to: 600, by: 20).map { list[$0] }
            }
            let expected = merge(.nuslerp(half), lists.map(taken), row: 30)
            #expect(isClose(taken(columns), expected))
        }
    }

    @Test("Directions that cancel have no mean of three, and the middle of two")
    func opposite() throws {
        let terms = [MergeTerm("a", 1), MergeTerm("b", 1)]
        let two = TensorCombination.tensorwise(.multislerp(MultiSlerp(terms)))
        #expect(isClose(combine(two, [[3, 4], [-3, -4]]), [0, 0]))
        let three = MultiSlerp(terms + [MergeTerm("c", 1)])
        let angles = [0, 2 * Double.pi / 3, 4 * Double.pi / 3]
        let lists = angles.map { [Float(cos($0)), Float(sin($0))] }
        var method = three
        method.epsilon = 1e-6
        let error = #expect(throws: TensorwiseError.self) {
            try prepare(.tensorwise(.multislerp(method)), lists)
        }
        #expect(error == .noDirection(tensor: "tensor"))
        // Nothing has no direction either, and is its own mean.
        #expect(combine(.tensorwise(.multislerp(three)), [[0, 0], [0, 0], [0, 0]]) == [0, 0])
    }

    @Test("The Karcher mean is as far from one side as from the other")
    func karcher() {
        // Unit vectors at 0, 30 and 60 degrees, of lengths 1, 2 and 3.
        let degrees = [0, 30, 60].map { Double($0) * .pi / 180 }
        let lists = degrees.enumerated().map { index, angle in
            [cos(angle), sin(angle)].map { Float($0 * Double(index + 1)) }
        }
        let mean = combine(.tensorwise(.karcher(KarcherMean(["a", "b", "c"]))), lists)
        #expect(isClose(mean, [Float(2 * cos(degrees[1])), Float(2 * sin(degrees[1]))]))
        // Opposite vectors have no middle; the first one stays.
        let ends = combine(.tensorwise(.karcher(KarcherMean(["a", "b"]))), [[1, 0], [-1, 0]])
        #expect(isClose(ends, [1, 0]))
    }

    @Test("nearswap takes what is near and moves the rest by its distance")
    func nearswap() {
        let found = combine(
            .tensorwise(.nearswap(NearSwap("a", distance: 0.25))),
            [[1, 1, 1, 1], [1.125, 3, -3, 1]]
        )
        #expect(isClose(found, [1.125, 1.25, 0.75, 1]))
    }

    @Test("ram averages what several have changed, and keeps what one has")
    func agents() {
        let lists: [[Float]] = [
            [0, 0, 0, 0, 1], [1, 1, 0, 0.001, 1], [3, 0, 0, 0, 1], [2, 0, -1, 0, 1],
        ]
        let models = ["a", "b", "c"]
        let plain = AgentMerge(models, epsilon: 0.01)
        #expect(isClose(combine(.tensorwise(.ram(plain)), lists), [2, 1, -1, 0, 1]))
        // a shares one entry and has one alone; c too, and b has none alone.
        let gained = AgentMerge(models, epsilon: 0.01, gain: 0.5, limit: 0.6)
        #expect(isClose(combine(.tensorwise(.ram(gained)), lists), [2, 1.3, -1.3, 0, 1]))
    }

    @Test("sce keeps the entries that vary most, by a plain sort, in a large tensor too")
    func selection() {
        // Larger than what the search for a border samples.
        for count in [1_000, 700_000] {
            let lists = [1, 2, 3].map { sampleValues(count, seed: $0) }
            let changes = lists.dropFirst().map {
                zip($0, lists[0]).map { Double($0) - Double($1) }
            }
            let variance = (0..<count).map { Float(pow(changes[0][$0] - changes[1][$0], 2) / 4) }
            let kept = Int(0.25 * Double(count))
            let chosen = Set((0..<count).sorted { variance[$0] > variance[$1] }.prefix(kept))
            let sizes = changes.map { change in
                chosen.reduce(0) { $0 + change[$1] * change[$1] }
            }
            let found = merge(.sce(SelectedChanges(["a", "b"], density: 0.25)), lists)
            let wrong = (0..<count).count { index in
                var delta = 0.0
                if chosen.contains(index) {
                    let positive = changes[0][index] + changes[1][index] >= 0
                    let agreeing = (0...1).filter { (changes[$0][index] > 0) == positive }
                    let weights = agreeing.map { sizes[$0] }
                    delta =
                        zip(agreeing, weights).reduce(0) { $0 + $1.1 * changes[$1.0][index] }
                        / weights.reduce(0, +)
                }
                return abs(Double(found[index]) - Double(lists[0][index]) - delta) > 1e-6
            }
            // The two variances at the border may be distinguished by rounding.
            #expect(wrong <= 2, "\(wrong) of \(count)")
        }
    }

    @Test("arcee-fusion takes what lies above its quartiles, in a large tensor too")
    func fusion() {
        for (count, row) in [(1_000, 20), (700_000, 700)] {
            let lists = [4, 5].map { sampleValues(count, seed: $0) }
            var importance: [Float] = []
            for start in stride(from: 0, to: count, by: row) {
                func softmax(_ list: [Float]) -> [Double] {
                    let values = list[start..<start + row].map { exp(Double($0)) }
                    let sum = values.reduce(0, +)
                    return values.map { $0 / sum + 1e-8 }
                }
                let (p, q) = (softmax(lists[1]), softmax(lists[0]))
                let moved = zip(p, q).reduce(0) { $0 + $1.0 * log($1.0 / $1.1) }
                for i in start..<start + row {
                    importance.append(Float(abs(Double(lists[1][i]) - Double(lists[0][i])) * moved))
                }
            }
            let sorted = importance.sorted()
            let quartiles = [0.25, 0.5, 0.75].map { sorted[Int($0 * Double(count - 1))] }
            let threshold = quartiles[1] + 1.5 * (quartiles[2] - quartiles[0])
            let found = merge(.arceeFusion(ArceeFusion("a")), lists, row: row)
            let wrong = (0..<count).count { index in
                found[index] != lists[importance[index] < threshold ? 0 : 1][index]
            }
            #expect(wrong <= 2, "\(wrong) of \(count)")
            #expect(found != lists[0])
        }
    }

    @Test(
        "Models and numbers that do not fit are refused",
        arguments: [
            (.nuslerp(NuSlerp([MergeTerm("a", 1)])), "nuslerp takes two models"),
            (.nuslerp(NuSlerp([terms[0], terms[0]])), "names 'a' twice"),
            (
                .nuslerp(NuSlerp([terms[0], MergeTerm(ModelPart.base.name, 1)], readsBase: true)),
                "the base is among the models"
            ),
            (.multislerp(MultiSlerp([])), "one or more models; given were none"),
            (
                .multislerp(MultiSlerp([MergeTerm("a", 1), MergeTerm("b", -1)])),
                "the sum of the weights is 0.0"
            ),
            (.karcher(KarcherMean([])), "karcher takes one or more models"),
            (.karcher(KarcherMean(["a", "b"], iterations: -1)), "iterations is -1.0"),
            (.sce(SelectedChanges(["a"], density: 2)), "density is 2.0"),
            (.sce(SelectedChanges([ModelPart.base.name, "a"])), "the base is among the models"),
            (.nearswap(NearSwap("a", distance: .nan)), "distance is nan"),
            (.nearswap(NearSwap(ModelPart.base.name, distance: 1)), "the base is among the models"),
            (.arceeFusion(ArceeFusion(ModelPart.base.name)), "the base is among the models"),
            (.ram(AgentMerge([])), "ram takes one or more models and a base"),
            (.ram(AgentMerge(["a"], epsilon: -1)), "epsilon is -1.0"),
        ] as [(TensorwiseMerge, String)]
    )
    func refused(method: TensorwiseMerge, expected: String) {
        let error = #expect(throws: TensorwiseError.self) { try method.check() }
        #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
    }

    @Test("A method is written to a record and read from it", arguments: methods)
    func recorded(method: TensorwiseMerge) throws {
        let merge = MergeMethod.tensorwise(method)
        let data = try JSONEncoder().encode(merge)
        #expect(try JSONDecoder().decode(MergeMethod.self, from: data) == merge)
    }
}
