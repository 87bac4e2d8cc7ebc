import Foundation

/// The weight files of a checkpoint that is to be written: one, or shards with an index.
package struct ShardPlan: Sendable {
    /// One file.
    package struct Shard: Sendable {
        /// Its name in the checkpoint folder.
        package let fileName: String
        /// What lies where in it.
        package let layout: SafetensorsLayout
    }

    /// The files.
    package let shards: [Shard]

    /// The size from which a checkpoint is split, as `transformers` does it by default.
    package static let standardBytes = 5_000_000_000

    /// Deals tensors out to files, in their order.
    ///
    /// - Parameters:
    ///   - tensors: All tensors of the checkpoint.
    ///   - maximumBytes: The most bytes of tensors in a file; a larger tensor has a file for
    ///     itself.
    ///   - folder: The checkpoint folder, for messages.
    /// - Throws: `SafetensorsError` when names repeat or a file would be too long.
    package init(
        _ tensors: [TensorDescription],
        maximumBytes: Int = standardBytes,
        folder: String
    ) throws {
        var groups: [[TensorDescription]] = [[]]
        var bytes = 0
        for tensor in tensors {
            if !groups[groups.count - 1].isEmpty, bytes + tensor.byteCount > maximumBytes {
                groups.append([])
                bytes = 0
            }
            groups[groups.count - 1].append(tensor)
            bytes += tensor.byteCount
        }
        let total = groups.count
        shards = try groups.enumerated().map { number, group in
            let name = Self.fileName(number + 1, of: total)
            return Shard(
                fileName: name,
                layout: try SafetensorsLayout(group, path: folder + "/" + name)
            )
        }
    }

    /// The text of the index, or nil when there is one file only.
    ///
    /// - Throws: `EncodingError`.
    package func index() throws -> Data? {
        guard shards.count > 1 else { return nil }
        let places = shards.flatMap { shard in
            shard.layout.tensors.map { ($0.name, shard.fileName) }
        }
        let index = Index(
            metadata: .init(
                totalSize: shards.flatMap(\.layout.tensors).reduce(0) { $0 + $1.byteCount }
            ),
            weightMap: Dictionary(places, uniquingKeysWith: { first, _ in first })
        )
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(index)
    }

    private struct Index: Encodable {
        struct Metadata: Encodable {
            var totalSize: Int
            enum CodingKeys: String, CodingKey { case totalSize = "total_size" }
        }
        var metadata: Metadata
        var weightMap: [String: String]
        enum CodingKeys: String, CodingKey {
            case metadata
            case weightMap = "weight_map"
        }
    }

    private static func fileName(_ number: Int, of total: Int) -> String {
        guard total > 1 else { return TensorCollection.fileName }
        func padded(_ number: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
        }
        return "model-\(padded(number))-of-\(padded(total)).safetensors"
    }
}
