import Checkpointing

/// Why models are not merged.
package enum MergeError: Error, Hashable, CustomStringConvertible {
    /// The method needs a model that was not given.
    case missingInput(name: String, given: [String])
    /// Two models were given under one name.
    case repeatedInput(name: String)
    /// The models do not have the same shape.
    case configuration(key: String, first: Side, second: Side)
    /// The models do not have the same tokenizer.
    case tokenizer(file: String, first: Side, second: Side)
    /// A file of a tokenizer is not what its name says.
    case tokenizerFile(path: String)
    /// A model lacks tensors of its architecture.
    case missingTensors(input: String, path: String, names: [String], repair: TensorNameRepair?)
    /// A model holds tensors that its architecture has no place for.
    case surplusTensors(input: String, path: String, names: [String], repair: TensorNameRepair?)
    /// A tensor does not have the shape that the configuration asks for.
    case shape(input: String, path: String, tensor: String, found: [Int], expected: [Int])
    /// A tensor is stored with different types.
    case elementType(tensor: String, first: Side, second: Side)
    /// A tensor does not hold numbers that can be computed with.
    case notNumbers(tensor: String, input: String, path: String, type: ElementType)
    /// A tensor of a model holds NaN or infinity.
    case notFinite(tensor: String, element: Int, input: String, path: String)
    /// An element of a model is too large for the numbers that are computed with.
    case tooLarge(tensor: String, element: Int, input: String, path: String, stored: String)
    /// A merged element is too large for the type that it is stored in.
    case overflow(tensor: String, element: Int, type: ElementType)
    /// A repeated merge gives something else than what is there.
    case differs(tensor: String, path: String, how: String)
    /// The method asks for what only a run can gather.
    case missingStatistics(method: String)
    /// A tensor that was copied is not equal to its source.
    case proof(tensor: String, input: String)
    /// Something is there that cannot be, or is not where it must be.
    case contradiction(what: String)

    /// A model and what it has.
    package struct Side: Hashable, Sendable, CustomStringConvertible {
        /// The name of the model in the merge.
        package let input: String
        /// What it has there.
        package let value: String

        /// The value and where it was found.
        package var description: String { "\(value) in '\(input)'" }
    }

    /// What differs, in which models, and what to do.
    package var description: String {
        switch self {
        case .missingInput(let name, let given):
            "the merge needs the model '\(name)'; given were "
                + (given.isEmpty ? "none" : Self.list(given))
        case .repeatedInput(let name): "two models are named '\(name)'; give each its own name"
        case .configuration(let key, let first, let second):
            "the models have different shapes: \(key) is \(first) and \(second); "
                + (key == "vocab_size"
                    ? "bring both to one size first (resize_token_embeddings): one of them has "
                        + "new tokens, or its vocabulary is padded"
                    : "only models trained from one base can be merged")
        case .tokenizer(let file, let first, let second):
            "the models have different tokenizers: \(file) is \(first) and \(second); "
                + "only models trained from one base with one tokenizer can be merged"
        case .tokenizerFile(let path):
            "\(path) cannot be understood, so that nobody knows what its tokens mean; expected JSON "
                + "as `transformers` writes it. Correct it, or take it away if it is left over"
        case .missingTensors(let input, let path, let names, let repair):
            "'\(input)' (\(path)) lacks \(Self.list(names)), which its config.json asks for"
                + Self.advice(repair)
        case .surplusTensors(let input, let path, let names, let repair):
            "'\(input)' (\(path)) holds \(Self.list(names)), for which its config.json has no place"
                + Self.advice(repair)
        case .shape(let input, let path, let tensor, let found, let expected):
            "'\(input)' (\(path)): '\(tensor)' has the shape \(found); expected \(expected)"
        case .elementType(let tensor, let first, let second):
            "'\(tensor)' is stored as \(first) and as \(second); say with dtype how the merged "
                + "model is stored"
        case .notNumbers(let tensor, let input, let path, let type):
            "'\(input)' (\(path)): '\(tensor)' is stored as \(type.rawValue); expected "
                + "\(ElementType.computed); \(type.remedy)"
        case .notFinite(let tensor, let element, let input, let path):
            "'\(input)' (\(path)): element \(element) of '\(tensor)' is not a finite number; the "
                + "model is damaged or its training diverged, and the merge would be too"
        case .tooLarge(let tensor, let element, let input, let path, let stored):
            "'\(input)' (\(path)): element \(element) of '\(tensor)', \(stored), is beyond the "
                + "numbers of F32, which merges are computed with; no model has weights of that size: "
                + "look at how this one was made"
        case .overflow(let tensor, let element, let type):
            "element \(element) of the merged '\(tensor)' is beyond the numbers of "
                + "\(type.rawValue); store the merged model as BF16 or F32"
        case .differs(let tensor, let path, let how):
            "\(path) is not what the repeated merge gives: '\(tensor)': \(how)"
        case .missingStatistics(let method):
            "\(method) weighs models by statistics of their data, which are gathered by running them; "
                + "it is a method of the recipes of runs, not of checkpoint folders"
        case .proof(let tensor, let input):
            "'\(tensor)' was copied from '\(input)' but is not equal to it; "
                + "the merged model was removed, check the disk and run again"
        case .contradiction(let what):
            "the merge contradicts itself: \(what). Nothing was written; this is a fault of "
                + "LayerSwap, please report it with the command"
        }
    }

    private static func advice(_ repair: TensorNameRepair?) -> String {
        repair.map { "; \($0)" } ?? ""
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
        return names.count > 3 ? "\(shown) and \(names.count - 3) more" : shown
    }
}
