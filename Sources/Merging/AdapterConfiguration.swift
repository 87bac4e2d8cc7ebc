import Checkpointing
import Foundation

/// The settings of a LoRA adapter as PEFT writes them (`adapter_config.json`).
struct AdapterConfiguration: Sendable {
    /// The name of the file.
    static let fileName = "adapter_config.json"

    /// What the change of a module is divided by: its rank, or the root of it (`use_rslora`).
    let usesRootOfRank: Bool

    private let alpha: Double
    private let alphaPatterns: [(pattern: ModulePattern, alpha: Double)]

    /// Whether a folder holds an adapter and no model.
    static func isAdapter(_ folder: URL) -> Bool {
        let path = folder.appending(path: fileName).path(percentEncoded: false)
        return FileManager.default.fileExists(atPath: path)
    }

    private struct Fields: Decodable {
        var peftType: String?
        var loraAlpha: Double?
        var rslora: Bool?
        var dora: Bool?
        var transposed: Bool?
        var bias: String?
        var savedModules: [String]?
        var factorBias: Bool?
        var replication: [[Int]]?
        var quantizationAware: Bool?
        var initialization: Initialization?

        enum CodingKeys: String, CodingKey {
            case bias
            case peftType = "peft_type"
            case loraAlpha = "lora_alpha"
            case rslora = "use_rslora"
            case dora = "use_dora"
            case transposed = "fan_in_fan_out"
            case savedModules = "modules_to_save"
            case factorBias = "lora_bias"
            case replication = "layer_replication"
            case quantizationAware = "use_qalora"
            case initialization = "init_lora_weights"
        }
    }

    /// How PEFT drew the factors: by a switch, or by a named way.
    private struct Initialization: Decodable {
        /// The way, where it has a name.
        let name: String?
        /// Ways that take a part of the base's weights away, which the adapter then holds.
        static let changingBase = ["pissa", "olora", "corda", "loftq"]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            name =
                (try? container.decode(Bool.self)) == nil ? try container.decode(String.self) : nil
        }

        /// Whether the base is no longer the one that was downloaded.
        var changesBase: Bool {
            name.map { name in Self.changingBase.contains { name.lowercased().hasPrefix($0) } }
                ?? false
        }
    }

    /// Reads the settings of an adapter.
    ///
    /// - Throws: `AdapterError` for kinds of adapters that are not sB·A beside unchanged weights, and
    ///   for what is not as PEFT writes it; errors of reading the file.
    init(in folder: URL) throws {
        let url = folder.appending(path: Self.fileName)
        let path = url.path(percentEncoded: false)
        let data = try InputFile.data(at: url)
        let fields: Fields
        do { fields = try JSONDecoder().decode(Fields.self, from: data) } catch {
            throw AdapterError.malformed(path: path, reason: "it is not the JSON that PEFT writes")
        }
        let refusals: [(Bool, String)] = [
            (fields.peftType != "LORA", "its peft_type is '\(fields.peftType ?? "missing")'"),
            (fields.dora == true, "it is a DoRA adapter (use_dora)"),
            (fields.transposed == true, "its matrices are transposed (fan_in_fan_out)"),
            (fields.bias.map { $0 != "none" } ?? false, "it has biases of its own (bias)"),
            (fields.savedModules?.isEmpty == false, "it holds whole modules (modules_to_save)"),
            (fields.factorBias == true, "its factors have biases (lora_bias)"),
            (fields.replication?.isEmpty == false, "it repeats layers (layer_replication)"),
            (fields.quantizationAware == true, "its factors are grouped (use_qalora)"),
            (
                fields.initialization?.changesBase == true,
                "it was begun with a part of its base's weights (init_lora_weights: "
                    + "\(fields.initialization?.name ?? "")), so that it fits no unchanged base"
            ),
        ]
        if let (_, reason) = refusals.first(where: { $0.0 }) {
            throw AdapterError.unsupported(path: path, reason: reason)
        }
        guard let alpha = fields.loraAlpha, alpha.isFinite else {
            throw AdapterError.malformed(path: path, reason: "there is no lora_alpha")
        }
        self.alpha = alpha
        usesRootOfRank = fields.rslora ?? false
        do { alphaPatterns = try Self.alphaPatterns(in: data) } catch {
            throw AdapterError.malformed(path: path, reason: error.reason)
        }
    }

    /// One of thousands of brackets would end the stack.
    private static let longestPattern = 256
    /// More than any model has modules, of which each is compared with all patterns.
    private static let mostPatterns = 4_096

    /// The patterns of modules with an α of their own, in the order of the file, of which PEFT takes
    /// the first that fits.
    private static func alphaPatterns(
        in data: Data
    ) throws(UnreadablePattern) -> [(pattern: ModulePattern, alpha: Double)] {
        let file: ExactJSON
        do { file = try ExactJSON(Array(data)) } catch {
            throw UnreadablePattern("it is not the JSON that PEFT writes")
        }
        guard let value = file["alpha_pattern"] else { return [] }
        guard let pairs = value.pairs, pairs.count <= mostPatterns else {
            throw UnreadablePattern(
                "alpha_pattern is no mapping of at most \(mostPatterns) patterns to numbers"
            )
        }
        var patterns: [(pattern: ModulePattern, alpha: Double)] = []
        var places: [ExactText: Int] = [:]
        for (text, value) in pairs {
            guard let alpha = value.number, alpha.isFinite else {
                throw UnreadablePattern("the '\(text)' of alpha_pattern has no number")
            }
            // As in Python the last value of a key counts, at the place of the first.
            if let place = places[text] {
                patterns[place].alpha = alpha
            } else {
                places[text] = patterns.count
                patterns.append((try pattern(text.text), alpha))
            }
        }
        return patterns
    }

    private static func pattern(_ text: String) throws(UnreadablePattern) -> ModulePattern {
        guard text.utf8.count <= longestPattern else {
            throw UnreadablePattern(
                "a pattern of alpha_pattern has \(text.utf8.count) bytes; expected "
                    + "\(longestPattern) at most"
            )
        }
        do { return try ModulePattern(text) } catch {
            throw UnreadablePattern(
                "the pattern '\(text)' of alpha_pattern cannot be followed: \(error.reason); expected "
                    + "the name of a module or the end of one, or a regular expression without "
                    + "references and looking around"
            )
        }
    }

    /// What α is for a module: that of the first pattern that is its name or the end of it, as in
    /// PEFT, or that of all modules.
    func alpha(of module: String) -> Double {
        alphaPatterns.first { $0.pattern.matches(module) }?.alpha ?? alpha
    }

    /// What B·A is multiplied with in a module.
    func scale(of module: String, rank: Int) -> Double {
        let rank = Double(rank)
        return alpha(of: module) / (usesRootOfRank ? rank.squareRoot() : rank)
    }
}

/// Why an adapter cannot take part in a merge.
package enum AdapterError: Error, Hashable, CustomStringConvertible {
    /// The settings cannot be read.
    case malformed(path: String, reason: String)
    /// The adapter is of a kind that is not known here.
    case unsupported(path: String, reason: String)
    /// An adapter was given without the model that it changes.
    case withoutBase(input: String, path: String)
    /// A tensor of the adapter belongs to nothing in the base.
    case unknownTensor(path: String, tensor: String, repair: TensorNameRepair?)
    /// A factor is stored in a type that is not computed with.
    case notNumbers(path: String, tensor: String, type: ElementType)
    /// A factor is missing, or both do not fit the matrix that they change.
    case shape(path: String, module: String, a: [Int]?, b: [Int]?, matrix: [Int])
    /// An adapter was asked for, and a tensor is no copy.
    case notExact(tensor: String, source: String)
    /// An adapter was asked for, and nothing is one.
    case noAdapter(input: String)
    /// The adapters scale by different rules.
    case differentScaling

    /// What is wrong, where, and what was expected.
    package var description: String {
        switch self {
        case .malformed(let path, let reason): "\(path): \(reason)"
        case .unsupported(let path, let reason):
            "\(path): \(reason); only LoRA adapters of linear layers can be merged here. Merge "
                + "it into its model first (PEFT: merge_and_unload)"
        case .withoutBase(let input, let path):
            "'\(input)' (\(path)) is an adapter; give the model that it was trained on as base"
        case .unknownTensor(let path, let tensor, let repair):
            "\(path): '\(tensor)' is no factor of a linear layer of the base"
                + (repair.map { "; \($0)" } ?? "")
        case .notNumbers(let path, let tensor, let type):
            "\(path): '\(tensor)' is stored as \(type.rawValue); expected "
                + "\(ElementType.computed); \(type.remedy)"
        case .shape(let path, let module, let a, let b, let matrix):
            "\(path): the factors of '\(module)' have the shapes \(Self.text(a)) and "
                + "\(Self.text(b)); expected [rank, \(matrix.last ?? 0)] and "
                + "[\(matrix.first ?? 0), rank] for a matrix of \(matrix)"
        case .notExact(let tensor, let source):
            "the result is no adapter: '\(tensor)' is \(source). Leave 'adapter' out to have a "
                + "whole model, or merge without transitions ('--transition none'; in a file, "
                + "'zones: {transition: none}')"
        case .noAdapter(let input):
            "the result is no adapter: '\(input)' is a whole model. Leave 'adapter' out, or give "
                + "LoRA adapters and their base"
        case .differentScaling:
            "the result is no adapter: one adapter divides by its rank and the other by the root "
                + "of it (use_rslora). Leave 'adapter' out to have a whole model"
        }
    }

    private static func text(_ shape: [Int]?) -> String { shape.map { "\($0)" } ?? "(missing)" }
}
