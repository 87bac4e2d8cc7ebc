import Checkpointing
import Foundation
import Kernels
import MergeMethods
import Merging
import TestSupport
import Testing

/// What mergekit 0.1.5 makes of three small checkpoints (`Fixtures/make_fixtures.py`).
@Suite("The same numbers as mergekit")
struct MergekitParityTests {
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures/mergekit")

    private static func task(
        _ kind: TaskVectorMerge.Kind,
        _ weights: [Double],
        _ trimming: Trimming,
        isNormalized: Bool? = nil
    ) -> MergeMethod {
        var merge = TaskVectorMerge(kind, terms(weights))
        merge.trimming = trimming
        merge.isNormalized = isNormalized ?? kind.isNormalized
        return .taskVectors(merge)
    }

    private static func terms(_ weights: [Double]) -> [MergeTerm] {
        zip(["math", "language"], weights).map { MergeTerm($0, $1) }
    }

    private static let both = ["math", "language"]
    private static let tensorwise: [(String, TensorwiseMerge)] = [
        ("nuslerp", .nuslerp(NuSlerp(terms([0.7, 0.5])))),
        ("nuslerp_changes", .nuslerp(NuSlerp(terms([0.7, 0.5]), readsBase: true))),
        ("nuslerp_rows", .nuslerp(NuSlerp(terms([0.7, 0.5]), extent: .rows))),
        (
            "nuslerp_columns",
            .nuslerp(NuSlerp(terms([0.7, 0.5]), readsBase: true, extent: .columns))
        ),
        ("multislerp", .multislerp(MultiSlerp(terms([0.7, 0.5])))),
        (
            "multislerp_changes",
            .multislerp(MultiSlerp(terms([0.7, 0.5]), readsBase: true, isNormalized: false))
        ),
        ("karcher", .karcher(KarcherMean(both + ["base"]))),
        ("karcher_once", .karcher(KarcherMean(both + ["base"], iterations: 1, tolerance: 1e-3))),
        ("sce", .sce(SelectedChanges(both))),
        ("sce_selected", .sce(SelectedChanges(both, density: 0.3))),
        ("nearswap", .nearswap(NearSwap("math", distance: 0.1))),
        ("arcee_fusion", .arceeFusion(ArceeFusion("language"))),
        ("ram", .ram(AgentMerge(both, epsilon: 0.2))),
        ("ramplus_tl", .ram(AgentMerge(both, epsilon: 0.2, gain: 0.5, limit: 0.8))),
    ]
    private static let whole = Trimming.random(density: 1, seed: 1)
    private static let methods: [(String, MergeMethod)] =
        [
            ("linear", .average(WeightedAverage(terms([0.7, 0.5])))),
            ("slerp", .slerp(Slerp(terms([0.7, 0.3])))),
            ("task_arithmetic", task(.taskArithmetic, [0.7, -0.4], .none)),
            ("ties", task(.ties, [0.7, 0.5], .largest(density: 0.25))),
            ("ties_sum", task(.ties, [0.7, 0.5], .largest(density: 0.5), isNormalized: false)),
            ("breadcrumbs", task(.breadcrumbs, [0.7, 0.5], .band(density: 0.5, gamma: 0.25))),
            // With everything kept nothing is left to chance; that chance keeps the expectation is
            // what DARETests show.
            ("dare_linear_whole", task(.dare, [0.7, 0.5], whole)),
            ("dare_ties_whole", task(.dareTies, [0.7, 0.5], whole)),
            ("model_stock", .modelStock(ModelStock(["math", "language"]))),
            (
                "layer_swap",
                .layerSwap(LayerSwap(bottom: 0, top: 0, coefficients: [1, 0.5, 0]))
            ),
        ] + tensorwise.map { ($0, .tensorwise($1)) }

    @Test("Every method gives its numbers", arguments: 0..<methods.count)
    func numbers(example: Int) throws {
        let (name, method) = Self.methods[example]
        let folders = try MergeFolders()
        let inputs = try ["base", "math", "language"].map { part in
            let folder = folders.folder(part)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            for (source, copy) in [
                ("config.json", "config.json"), ("\(part).safetensors", "model.safetensors"),
            ] {
                try FileManager.default.copyItem(
                    at: Self.fixtures.appending(path: source),
                    to: folder.appending(path: copy)
                )
            }
            return MergeInput(name: part, folder: folder)
        }
        _ = try MergeExecutor(
            method,
            of: inputs,
            workspace: MergeWorkspace(threadCount: 2)
        ).write(to: folders.folder("output"), version: "test")
        let found = try TensorCollection(at: folders.folder("output"))
        let expected = try TensorCollection(
            at: Self.fixtures.appending(path: "\(name).safetensors")
        )
        #expect(Set(found.tensors.map(\.name)) == Set(expected.tensors.map(\.name)))
        for tensor in expected.tensors {
            let values = try [found, expected].map { collection in
                let buffer = FloatBuffer(count: tensor.elementCount)
                try collection.readFloats(of: tensor.name, into: buffer.view)
                return buffer.view.array()
            }
            if case .modelStock = method, try cosine(of: tensor.name, inputs) < 0 {
                // mergekit steps back behind the base there, this project stays at it.
                #expect(
                    try folders.bytes("output", tensor.name) == folders.bytes("base", tensor.name)
                )
                continue
            }
            // mergekit computes in single precision, and in places rounds in between.
            let distance = zip(values[0], values[1]).map { abs($0 - $1) }.max() ?? 0
            #expect(distance < 2e-6, "\(name), \(tensor.name): \(distance)")
        }
    }

    /// The cosine of both experts' changes.
    private func cosine(of tensor: String, _ inputs: [MergeInput]) throws -> Double {
        let values = try inputs.map { input in
            let collection = try TensorCollection(at: input.folder)
            let count = collection.description(of: tensor)?.elementCount ?? 0
            let buffer = FloatBuffer(count: count)
            try collection.readFloats(of: tensor, into: buffer.view)
            return buffer.view.array().map(Double.init)
        }
        let changes = values.dropFirst().map { zip($0, values[0]).map { $0 - $1 } }
        func dot(_ a: [Double], _ b: [Double]) -> Double {
            zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let norms = dot(changes[0], changes[0]) * dot(changes[1], changes[1])
        return dot(changes[0], changes[1]) / norms.squareRoot()
    }
}
