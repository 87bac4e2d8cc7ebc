import Checkpointing
import Foundation
import MergeMethods
import Merging
import TestSupport
import Testing
import Transformer

/// Folders made to do harm.
///
/// `FuzzSettings` says for how long.
@Suite("Damaged folders")
struct FuzzTests {
    private static let files = [
        "language/config.json", "language/model.safetensors", "math/config.json",
        "math/model.safetensors.index.json", "math/model-00001-of-00003.safetensors",
        "adapter/adapter_config.json", "adapter/adapter_model.safetensors",
        "math/tokenizer.model", "math/tokenizer.json", "math/tokenizer_config.json",
        "math/added_tokens.json", "math/generation_config.json",
        "swapped/provenance.json", "stacked/provenance.json",
    ]

    @Test("Whatever a file holds: an error and nothing written, or a model, and never a crash")
    func damaged() throws {
        let folders = try MergeFolders()
        let shape = MergeFolders.shape(layers: 2)
        let workspace = MergeWorkspace(threadCount: 2)
        for (seed, name) in ["language", "base", "whole"].enumerated() {
            try folders.make(name, shape, seed: UInt64(seed))
        }
        for name in ["language", "base", "whole"] { try makeTokenizer(folders.folder(name)) }
        try shard(folders, workspace)
        try makeAdapter(folders, shape)
        try makeMerges(folders, workspace)
        let outcome = try FuzzFolder(root: folders.root, files: Self.files).run("folders") {
            number,
            file in
            if file.hasSuffix("provenance.json") {
                return try verify(folders.root.appending(path: file).deletingLastPathComponent())
            }
            if file.hasPrefix("language/") {
                _ = try? TransformerModel(at: folders.folder("language"))
            }
            try merge(folders, workspace, number)
        }
        #expect(outcome.failures.isEmpty, "\(outcome.failures)")
        // Both happen, or the damage is none, or kills everything at the door.
        #expect(outcome.succeeded > 0 && outcome.succeeded < outcome.cases)
    }

    /// Repeats the merge of a record.
    private func verify(_ folder: URL) throws {
        let record = try MergeRecord(in: folder)
        _ = try MergeExecutor(
            record.method,
            of: record.inputs(of: folder),
            storage: record.storage,
            workspace: MergeWorkspace(threadCount: 1)
        ).verify(folder)
    }

    /// Merged folders whose records are damaged.
    private func makeMerges(_ folders: MergeFolders, _ workspace: MergeWorkspace) throws {
        let swap = LayerSwap(
            bottom: 1,
            top: 0,
            coefficients: [1, 0.5],
            mlpCoefficients: [0.5, 0]
        )
        let stack = MergekitMerge(
            mergeMethod: .karcher,
            hasBase: false,
            slices: [0..<2, 1..<2].map { layers in
                .init(sources: ["language", "math"].map { .init(model: $0, layers: layers) })
            },
            parameters: ["max_iter": .number(5)]
        )
        let inputs = ["language", "math"].map { MergeInput(name: $0, folder: folders.folder($0)) }
        for (name, method) in [
            ("swapped", MergeMethod.layerSwap(swap)), ("stacked", .mergekit(stack)),
        ] {
            _ = try MergeExecutor(method, of: inputs, workspace: workspace)
                .write(to: folders.folder(name), version: "test")
        }
    }

    private func merge(_ folders: MergeFolders, _ workspace: MergeWorkspace, _ number: Int) throws {
        let isAdapted = Self.files[number % Self.files.count].hasPrefix("adapter/")
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
        _ = try executor.warnings()
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

    /// A tokenizer in every form that there is.
    private func makeTokenizer(_ folder: URL) throws {
        func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
            [number << 3 | 2, UInt8(content.count)] + content
        }
        let pieces = ["<unk>", "<s>", "</s>", "a"].enumerated().flatMap { id, text in
            field(1, field(1, Array(text.utf8)) + [21, 0, 0, 0, UInt8(id)] + [24, 1])
        }
        try Data(pieces + field(2, [24, 2]) + field(3, field(2, [1, 2]) + [24, 0]))
            .write(to: folder.appending(path: "tokenizer.model"))
        for (file, text) in [
            (
                "tokenizer.json",
                #"""
                {"added_tokens": [{"id": 4, "content": "<a>", "special": true}], "normalizer":
                {"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Lowercase"}]},
                "pre_tokenizer": {"type": "Metaspace", "add_prefix_space": true}, "model": {"type":
                "BPE", "vocab": {"<unk>": 0, "<s>": 1, "</s>": 2, "a": 3}, "merges": ["a a"]}}
                """#
            ),
            (
                "tokenizer_config.json",
                #"{"eos_token": "</s>", "added_tokens_decoder": {"4": {"content": "<a>"}}}"#
            ),
            ("added_tokens.json", #"{"<a>": 4, "é": 5}"#),
        ] {
            try Data(text.utf8).write(to: folder.appending(path: file))
        }
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
