import Checkpointing
import Foundation
import Kernels
import Merging
import TestSupport
import Testing
import Transformer

/// Folders that somebody may have made to do harm.
///
/// `FuzzSettings` says for how long.
@Suite("Damaged folders")
struct FuzzTests {
    private static let files = [
        "language/config.json", "language/model.safetensors", "math/config.json",
        "math/model.safetensors.index.json", "math/model-00001-of-00003.safetensors",
        "adapter/adapter_config.json", "adapter/adapter_model.safetensors",
    ]

    @Test("Whatever a file holds: an error and nothing written, or a model, and never a crash")
    func damaged() throws {
        let folders = try MergeFolders()
        let shape = MergeFolders.shape(layers: 2)
        let workspace = MergeWorkspace(threadCount: 2)
        for (seed, name) in ["language", "base", "whole"].enumerated() {
            try folders.make(name, shape, seed: UInt64(seed))
        }
        try shard(folders, workspace)
        try makeAdapter(folders, shape)
        let outcome = try FuzzFolder(root: folders.root, files: Self.files).run("folders") {
            number,
            _ in
            try merge(folders, workspace, number)
        }
        #expect(outcome.failures.isEmpty, "\(outcome.failures)")
        // Both happen, or the damage is none, or kills everything at the door.
        #expect(outcome.succeeded > 0 && outcome.succeeded < outcome.cases)
    }

    private func merge(_ folders: MergeFolders, _ workspace: MergeWorkspace, _ number: Int) throws {
        let isAdapted = number % Self.files.count >= 5
        let inputs = ["language", isAdapted ? "adapter" : "math", "base"].map {
            MergeInput(name: $0 == "adapter" ? "math" : $0, folder: folders.folder($0))
        }
        let methods: [MergeMethod] = [
            .layerSwap(LayerSwap(bottom: 1, top: 0)),
            .average(.uniform(of: ["language", "math"])),
            .taskVectors(
                TaskVectorMerge(.ties, [MergeTerm("language", 1), MergeTerm("math", 1)])
            ),
        ]
        let executor = try MergeExecutor(
            methods[number / Self.files.count % methods.count],
            of: inputs,
            workspace: workspace
        )
        _ = try executor.changes()
        _ = try executor.write(to: folders.folder("output"), version: "test")
    }

    /// The math expert in shards with an index.
    private func shard(_ folders: MergeFolders, _ workspace: MergeWorkspace) throws {
        let input = MergeInput(name: "whole", folder: folders.folder("whole"))
        _ = try MergeExecutor(
            .average(.uniform(of: ["whole"])),
            of: [input],
            storage: MergeStorage(shardBytes: 1_500),
            workspace: workspace
        ).write(to: folders.folder("math"), version: "test")
        let names = try FileManager.default.contentsOfDirectory(
            atPath: folders.folder("math").path
        )
        #expect(names.contains("model-00001-of-00003.safetensors"), "\(names)")
    }

    private func makeAdapter(_ folders: MergeFolders, _ shape: ModelConfiguration) throws {
        let folder = folders.folder("adapter")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let entries = ParameterLayout(shape).entries.filter {
            $0.role == .query || $0.role == .down
        }
        let tensors = try entries.flatMap { entry in
            let module = entry.name.dropLast(".weight".count)
            return try [("A", [2, entry.shape[1]]), ("B", [entry.shape[0], 2])].map {
                try TensorDescription(
                    name: "base_model.model.\(module).lora_\($0).weight",
                    elementType: .float32,
                    shape: $1
                )
            }
        }
        try SafetensorsWriter.write(
            tensors,
            to: folder.appending(path: "adapter_model.safetensors")
        ) { tensor, emit in
            try [Float](repeating: 0.25, count: tensor.elementCount)
                .withUnsafeBytes { try emit($0) }
        }
        let settings = """
            {"peft_type": "LORA", "r": 2, "lora_alpha": 4, "alpha_pattern": {"q_proj": 8}, \
            "use_rslora": false, "bias": "none", "target_modules": ["q_proj", "down_proj"]}
            """
        try Data(settings.utf8).write(to: folder.appending(path: "adapter_config.json"))
    }
}
