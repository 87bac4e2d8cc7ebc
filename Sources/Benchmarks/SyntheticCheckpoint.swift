import Checkpointing
import Foundation
import Foundations
import Kernels
import MergeMethods
import Synchronization

/// A checkpoint of the form and size of a large model, with numbers that mean nothing.
struct SyntheticCheckpoint {
    /// Bytes of the weights that are aimed at.
    let bytes: Int

    /// The sizes of a model of a billion parameters; a smaller one where fewer bytes are wanted.
    private var sizes: (width: Int, hidden: Int, vocabulary: Int, heads: Int, keyValueHeads: Int) {
        bytes < 500_000_000 ? (256, 1_024, 4_000, 8, 2) : (2_048, 8_192, 32_000, 32, 8)
    }

    private var layerParameters: Int {
        let (width, hidden, _, heads, keyValueHeads) = sizes
        let head = width / heads
        return 2 * width + 2 * heads * head * width + 2 * keyValueHeads * head * width
            + 3 * hidden * width
    }

    /// As many layers as the bytes hold, in BF16 and with a head of its own; 4 at least.
    var layerCount: Int {
        let outside = 2 * sizes.vocabulary * sizes.width + sizes.width
        return max(4, (bytes / 2 - outside) / layerParameters)
    }

    /// The configuration as `transformers` writes it.
    private func configuration() throws -> Data {
        let (width, hidden, vocabulary, heads, keyValueHeads) = sizes
        let values: [String: Any] = [
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu",
            "hidden_size": width, "intermediate_size": hidden, "num_hidden_layers": layerCount,
            "num_attention_heads": heads, "num_key_value_heads": keyValueHeads,
            "vocab_size": vocabulary, "rms_norm_eps": 1e-5, "rope_theta": 10_000,
            "tie_word_embeddings": false, "torch_dtype": "bfloat16",
        ]
        return try JSONSerialization.data(withJSONObject: values, options: .sortedKeys)
    }

    /// Writes a checkpoint in shards; the numbers are those of a base plus, for an expert, a change
    /// a tenth as large.
    ///
    /// - Parameters:
    ///   - folder: The checkpoint, made here.
    ///   - expert: nil for the base, otherwise the number of the expert.
    ///   - pool: The threads.
    /// - Throws: `FileError`, `FolderError`.
    func write(to folder: URL, expert: Int?, pool: WorkerPool) throws {
        try AtomicFolder.create(at: folder) { partial in
            try AtomicFile.write(configuration(), to: partial.appending(path: "config.json"))
            let architecture = try CheckpointArchitecture(in: partial)
            let tensors = try architecture.tensors.map {
                try TensorDescription(name: $0.name, elementType: .bfloat16, shape: $0.shape)
            }
            let plan = try ShardPlan(tensors, maximumBytes: max(bytes / 6, 1_000_000), folder: "")
            for shard in plan.shards {
                let path = partial.appending(path: shard.fileName).path(percentEncoded: false)
                let file = try OutputFile(creating: path, byteCount: shard.layout.byteCount)
                try shard.layout.header.withUnsafeBytes { try file.write($0, at: 0) }
                for (tensor, offset) in zip(shard.layout.tensors, shard.layout.offsets) {
                    try fill(tensor, file, offset, expert, pool)
                }
            }
            if let index = try plan.index() {
                try AtomicFile.write(
                    index,
                    to: partial.appending(path: TensorCollection.indexName)
                )
            }
        }
    }

    /// Elements that a thread makes at a time.
    private static let piece = 1 << 18

    private func fill(
        _ tensor: TensorDescription,
        _ file: OutputFile,
        _ offset: Int,
        _ expert: Int?,
        _ pool: WorkerPool
    ) throws {
        let pieces = (tensor.elementCount + Self.piece - 1) / Self.piece
        let failure = Mutex<(any Error)?>(nil)
        pool.perform(count: pieces) { number in
            let start = number * Self.piece
            let count = min(Self.piece, tensor.elementCount - start)
            var base = SeededGenerator(seed: 0, stream: tensor.name, indices: number)
            var change = SeededGenerator(
                seed: UInt64(expert ?? 0) + 1,
                stream: tensor.name,
                indices: number
            )
            let bits = [UInt16](unsafeUninitializedCapacity: count) { room, initialized in
                for index in 0..<count {
                    var value = Float(base.uniform() - 0.5) * 0.08
                    if expert != nil { value += Float(change.uniform() - 0.5) * 0.008 }
                    room[index] = UInt16(truncatingIfNeeded: value.bitPattern >> 16)
                }
                initialized = count
            }
            do {
                try bits.withUnsafeBytes { try file.write($0, at: offset + 2 * start) }
            } catch { failure.withLock { $0 = $0 ?? error } }
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }
}
