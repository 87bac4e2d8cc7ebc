import Checkpointing
import Foundation
import MergeMethods
import Merging
import Yams

/// Writes a merge as a configuration file of mergekit 0.1.
///
/// What takes or averages tensors becomes `linear` with a slice for each run of layers that have
/// the same weights, and filters for halves of layers, embeddings, final norm and head. A merge
/// with one and the same arithmetic for all tensors becomes mergekit's method of that name.
struct MergekitExport {
    /// The merge.
    let plan: MergePlan
    /// The folders of the models.
    let folders: [MergeInput]
    /// How the result is stored.
    let storage: MergeStorage

    /// The text of the file.
    ///
    /// - Throws: `MergekitExportError` when mergekit cannot express the merge.
    func yaml() throws -> String {
        guard plan.renames.isEmpty else { throw MergekitExportError.moved }
        let weights = plan.outputs.map { Self.weights($0.source) }
        var lines: [String]
        if weights.allSatisfy({ $0 != nil }) {
            lines = linear(weights.compactMap { $0 })
        } else {
            lines = try uniform()
        }
        if let type = storage.elementType {
            lines.append("dtype: \(Self.types[type] ?? "float32")")
        }
        let title =
            "# \(plan.method.summary)\n# Written by LayerSwap; run: mergekit-yaml FILE OUTPUT\n"
        return title + lines.joined(separator: "\n")
    }

    private static let types: [ElementType: String] = [
        .float32: "float32", .float16: "float16", .bfloat16: "bfloat16",
    ]

    /// The weight of each model where a tensor is a copy or an average; nil where it is more.
    private static func weights(_ source: MergeSource) -> [String: Double]? {
        switch source {
        case .copy(let model): [model: 1]
        case .combine(.weightedSum(let terms)):
            Dictionary(terms.map { ($0.input, $0.weight) }, uniquingKeysWith: +)
        case .combine: nil
        }
    }

    /// The path of a model, as text in YAML.
    func path(of model: String) -> String {
        let input = folders.first { $0.name == model }
        let paths = [input?.folder, input?.adapter].compactMap { $0?.path(percentEncoded: false) }
        return Self.quoted(paths.isEmpty ? model : paths.joined(separator: "+"))
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }

    // MARK: Weighted averages

    /// A tensor with its weights.
    private typealias Weighted = (name: String, place: TensorPlace, weights: [String: Double])

    private func linear(_ weights: [[String: Double]]) -> [String] {
        let tensors: [Weighted] = zip(plan.outputs, weights).map {
            ($0.description.name, $0.place, $1)
        }
        let models = folders.map(\.name).filter { model in
            tensors.contains { $0.weights[model, default: 0] != 0 }
        }
        // Sums of weights that are not one must not be divided by.
        let sums = weights.map { $0.values.reduce(0, +) }
        let isNormalized = sums.allSatisfy { abs($0 - 1) < 1e-9 }
        var lines = ["merge_method: linear"]
        if !isNormalized { lines += ["parameters:", "  normalize: false"] }
        lines.append("slices:")
        let runs = runs(of: tensors)
        for (number, run) in runs.enumerated() {
            lines.append("  - sources:")
            for model in models {
                lines += [
                    "      - model: \(path(of: model))",
                    "        layer_range: [\(run.lowerBound), \(run.upperBound)]",
                    "        parameters:",
                ]
                let outside = tensors.filter {
                    switch $0.place {
                    case .embeddings: number == 0
                    case .finalNorm, .head: number == runs.count - 1
                    case .layer: false
                    }
                }
                lines += weightLines(
                    of: model,
                    layer: tensors.filter { Self.layer(of: $0) == run.lowerBound },
                    outside: outside
                )
            }
        }
        return lines
    }

    /// Runs of layers in which each tensor has the same weights.
    private func runs(of tensors: [Weighted]) -> [Range<Int>] {
        let layers = (0..<plan.architecture.layerCount).map { layer in
            tensors.filter { Self.layer(of: $0) == layer }.map(\.weights)
        }
        var runs: [Range<Int>] = []
        for layer in layers.indices {
            if let last = runs.last, layers[last.lowerBound] == layers[layer] {
                runs[runs.count - 1] = last.lowerBound..<layer + 1
            } else {
                runs.append(layer..<layer + 1)
            }
        }
        return runs
    }

    private static func layer(of tensor: Weighted) -> Int? {
        if case .layer(let layer, _) = tensor.place { return layer }
        return nil
    }

    /// The weight of a model: one number where all tensors have it, conditions by name otherwise.
    private func weightLines(
        of model: String,
        layer: [Weighted],
        outside: [Weighted]
    ) -> [String] {
        func weight(_ tensor: Weighted) -> Double { tensor.weights[model, default: 0] }
        let usual = layer.first.map(weight) ?? 0
        let others = (outside + layer).filter { weight($0) != usual }
        if others.isEmpty { return ["          weight: \(usual)"] }
        return ["          weight:"]
            + others.map { tensor in
                // Inside of layers the name goes on after the number, which differs by layer.
                let filter = tensor.name.split(separator: ".").drop { Int($0) == nil }.dropFirst()
                let name = filter.isEmpty ? tensor.name : filter.joined(separator: ".")
                return "            - {filter: \(name), value: \(weight(tensor))}"
            } + ["            - {value: \(usual)}"]
    }

    // MARK: One arithmetic for all tensors

    private func uniform() throws -> [String] {
        let combinations = Set(
            plan.outputs.map { output -> TensorCombination? in
                if case .combine(let combination) = output.source { combination } else { nil }
            }
        )
        guard combinations.count == 1, let only = combinations.first, let combination = only else {
            throw MergekitExportError.mixed
        }
        switch combination {
        case .weightedSum: throw MergekitExportError.mixed
        case .dataWeighted(let method): throw MergekitExportError.method(method.kind.rawValue)
        case .tensorwise(let merge): return tensorwise(merge)
        case .slerp(let method):
            let models = method.terms.map(\.input)
            return [
                "merge_method: slerp", "base_model: \(path(of: models[0]))", "models:",
                "  - model: \(path(of: models[0]))", "  - model: \(path(of: models[1]))",
                "parameters:", "  t: \(method.share)",
            ]
        case .modelStock(let method):
            return [
                "merge_method: model_stock", "base_model: \(path(of: ModelPart.base.name))",
                "models:",
            ]
                + method.models.map { "  - model: \(path(of: $0))" }
        case .taskVectors(let method): return try taskVectors(method)
        }
    }

    private func taskVectors(_ merge: TaskVectorMerge) throws -> [String] {
        let known = MergekitMerge.Method.allCases.first { $0.taskVectors == merge.kind }
        guard let method = known else { throw MergekitExportError.method(merge.kind.rawValue) }
        let models = merge.terms.flatMap { term in
            [
                "  - model: \(path(of: term.input))", "    parameters:",
                "      weight: \(term.weight)",
            ]
                + Self.numbers(of: merge.trimming(of: term)).map { "      \($0): \($1)" }
        }
        return [
            "merge_method: \(method.rawValue)", "base_model: \(path(of: ModelPart.base.name))",
            "models:",
        ] + models + [
            "parameters:", "  normalize: \(merge.isNormalized)", "  lambda: \(merge.lambda)",
        ]
    }

    private static func numbers(of trimming: Trimming) -> [(String, Double)] {
        switch trimming {
        case .none: []
        case .largest(let density), .random(let density, _): [("density", density)]
        case .ranked(let density, let epsilon, _): [("density", density), ("epsilon", epsilon)]
        case .band(let density, let gamma): [("density", density), ("gamma", gamma)]
        }
    }
}

/// Why a merge cannot be written for mergekit.
package enum MergekitExportError: Error, Hashable, CustomStringConvertible {
    /// Tensors are made by different arithmetic.
    case mixed
    /// mergekit has no such method.
    case method(String)
    /// Layers move, as only files of mergekit say.
    case moved

    /// What cannot be expressed, and what can.
    package var description: String {
        switch self {
        case .mixed:
            "a file of mergekit has one method for all tensors, and this merge needs several; "
                + "swaps with transitions 'none', 'constant' or 'ramp' can be written, arcs and "
                + "scaled changes in some layers cannot"
        case .method(let name): "mergekit has no method like '\(name)'"
        case .moved:
            "the merge puts layers in other places; it comes from a file of mergekit, use that"
        }
    }
}
