import Checkpointing
import Foundation
import Foundations
import MergeMethods
import Merging
import RecipeDocuments
import Recipes
import Yams

/// A file that describes one merge of checkpoint folders, for `layerswap merge FILE`.
///
/// ```yaml
/// merge:
///   method: layer-swap
///   base: PATH
///   experts: {math: PATH, language: PATH}
///   zones: {bottom: 5, top: 2, transition_bottom: 1, transition_top: 1, transition: constant}
///   embeddings: language
///   final_norm: language
///   output_head: language
///   dtype: bfloat16
/// output: PATH
/// ```
///
/// Besides, `merge` takes every key that a merge of a run's recipe takes (`MergeSettings`), under
/// the names that it has there: `head` is `output_head`, and the zones may stand beside the other
/// keys. Relative paths begin at the folder of the file. Without `output` the command line says
/// where the result goes.
package enum MergeRecipe {
    private enum FileKeys: String, RecipeKey { case merge, output }

    private enum MergeKeys: String, RecipeKey {
        case method, base, experts, zones, pattern, direction, coefficients, tensors
        case bottom, top, transition
        case bottomTransition = "bottom_transition"
        case topTransition = "top_transition"
        case interpolation, scale, embeddings
        case finalNorm = "final_norm"
        case outputHead = "output_head"
        case head
        case weights, density, epsilon, gamma, lambda, normalize, seed, models, model, reverted
        case threshold, granularity
        case taskVectors = "task_vectors"
        case extent, iterations, tolerance, distance, gain, limit
        case dtype, adapter
        case shardSize = "shard_size"
    }

    private enum ZoneKeys: String, RecipeKey {
        case bottom, top
        case bottomTransition = "transition_bottom"
        case topTransition = "transition_top"
        case transition
        // As in the recipe of a run.
        case recipeBottomTransition = "bottom_transition"
        case recipeTopTransition = "top_transition"

        /// The name of the width in the recipe of a run.
        var recipeName: String {
            switch self {
            case .bottom, .top, .transition: rawValue
            case .bottomTransition, .recipeBottomTransition:
                ZoneKeys.recipeBottomTransition.rawValue
            case .topTransition, .recipeTopTransition: ZoneKeys.recipeTopTransition.rawValue
            }
        }
    }

    /// Whether a file describes a merge, and no run; mergekit's do.
    package static func describes(_ url: URL) -> Bool {
        if let document = try? RecipeDocument(at: url) { return document.kind != .run }
        return (try? MergekitSeries(file: url)) != nil
    }

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - document: The file with overrides.
    ///   - url: Where the file is.
    /// - Returns: The merge.
    /// - Throws: `RecipeError`; errors of reading the first model's configuration.
    static func request(_ document: RecipeDocument, at url: URL) throws -> MergeRequest {
        let file = try MappingReader(document.value, keys: FileKeys.self)
        let merge = try file.required(.merge, "how which models become one")
        let reader = try MappingReader(merge, keys: MergeKeys.self)
        let folder = url.deletingLastPathComponent()
        func place(_ value: RecipeValue) throws -> URL {
            URL(filePath: try value.text("the path of a folder"), relativeTo: folder)
                .standardizedFileURL
        }
        let experts = try reader.required(.experts, "a mapping of names to model folders")
        var inputs = try experts.namedValues("a mapping of names to model folders").map {
            MergeInput(name: $0.name, folder: try place($0.value))
        }
        if let base = reader.optional(.base) {
            inputs.insert(MergeInput(name: ModelPart.base.name, folder: try place(base)), at: 0)
        }
        let architectures = MergeArchitectures()
        return MergeRequest(
            method: try MergeRequest.method(
                MergeParameters(settings(merge, reader)),
                of: inputs,
                architectures
            ),
            inputs: inputs,
            architectures: architectures,
            storage: try storage(reader),
            output: try file.optional(.output).map(place)
        )
    }

    /// The same mapping with the keys of a run's recipe: zones beside the others, and no models.
    private static func settings(
        _ merge: RecipeValue,
        _ reader: MappingReader<MergeKeys>
    ) throws -> RecipeValue {
        guard case .mapping(let mapping) = merge.node else { return merge }
        let own: [MergeKeys] = [.base, .experts, .zones, .dtype, .shardSize, .adapter]
        var pairs: [(Node, Node)] = []
        func add(_ key: Node, _ value: RecipeValue) throws {
            guard !pairs.contains(where: { $0.0 == key }) else {
                throw value.error(
                    "the setting \"\(key.scalar?.string ?? "")\" is given twice, by two keys; keep one"
                )
            }
            pairs.append((key, value.node))
        }
        for (key, _) in mapping {
            guard let known = key.scalar.flatMap({ MergeKeys(rawValue: $0.string) }),
                !own.contains(known), let value = reader.optional(known)
            else { continue }
            try add(known == .outputHead ? Node(MergeKeys.head.rawValue) : key, value)
        }
        if let zones = reader.optional(.zones) {
            // Refuses what is no zone, with the names that zones have here.
            let widths = try MappingReader(zones, keys: ZoneKeys.self)
            for key in ZoneKeys.allCases {
                if let value = widths.optional(key) { try add(Node(key.recipeName), value) }
            }
        }
        var node = Node(pairs)
        if case .mapping(var renamed) = node {
            renamed.mark = mapping.mark
            node = .mapping(renamed)
        }
        return RecipeValue(node: node, path: merge.path, document: merge.document)
    }

    private static func storage(_ reader: MappingReader<MergeKeys>) throws -> MergeStorage {
        var storage = MergeStorage()
        if let value = reader.optional(.dtype) {
            let text = try value.text("float32, float16 or bfloat16")
            do { storage.elementType = try StorageText.elementType(text) } catch {
                throw value.error("\(error)")
            }
        }
        if try reader.boolean(.adapter, default: false) { storage.form = .adapter }
        if let value = reader.optional(.shardSize) {
            let text = try value.text("a size such as 5GB")
            do { storage.shardBytes = try StorageText.bytes(text) } catch {
                throw value.error("\(error)")
            }
        }
        return storage
    }
}

/// The words for types and sizes in files and flags.
package enum StorageText {
    private static let types: [(name: String, type: ElementType)] = [
        ("float32", .float32), ("float16", .float16), ("bfloat16", .bfloat16),
    ]
    private static let units: [(name: String, bytes: Int)] = [
        ("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1_000),
    ]

    /// Reads a type as PyTorch or safetensors name it.
    ///
    /// - Throws: `OptionError`.
    package static func elementType(_ text: String) throws -> ElementType {
        for (name, type) in types where text == name || text == type.rawValue { return type }
        let names = types.map(\.name)
        let nearest = NearestName.nearest(to: text, among: names)
        let hint = nearest.map { "; did you mean \"\($0)\"?" } ?? ""
        throw OptionError(
            "found \"\(text)\", expected \(names.joined(separator: ", "))\(hint)"
        )
    }

    /// Reads a size: a whole number with GB, MB or KB behind it.
    ///
    /// - Throws: `OptionError`.
    package static func bytes(_ text: String) throws -> Int {
        for (name, bytes) in units where text.hasSuffix(name) {
            let digits = text.dropLast(name.count).trimmingCharacters(in: .whitespaces)
            guard let count = Int(digits), count > 0, count < 1_000_000 else { break }
            return count * bytes
        }
        throw OptionError("found \"\(text)\", expected a size such as 5GB or 500MB")
    }
}
