import Checkpointing
import Foundation
import Kernels

/// Measures how far experts have moved from their base (Bandarkar et al., arXiv 2410.01335, section
/// 3, with what its reviewers missed).
///
/// Three tensors are in memory for each thread, whatever the size of the models.
package struct ChangeAnalysis: Sendable {
    /// As shares of a tensor's mean |θ₀|, above which rows and columns are counted.
    package var thresholds: [Double]
    /// Whether the effective rank is computed, which takes most of the time for large matrices.
    package var findsRanks: Bool
    /// Threads.
    package var threadCount: Int

    /// The thresholds that are looked at when nobody says others.
    package static let standardThresholds = [0.05, 0.1, 0.2]

    /// Describes an analysis.
    package init(
        thresholds: [Double] = standardThresholds,
        findsRanks: Bool = true,
        threadCount: Int
    ) {
        self.thresholds = thresholds
        self.findsRanks = findsRanks
        self.threadCount = threadCount
    }

    /// Compares three checkpoints of one architecture.
    ///
    /// - Parameters:
    ///   - base: What both experts began with: a checkpoint folder or a safetensors file.
    ///   - language: The language expert.
    ///   - math: The math expert.
    ///   - progress: Called after each tensor with how many are done and how many there are, from
    ///     one thread at a time; what it throws ends the analysis.
    /// - Returns: The changes by tensor and by layer.
    /// - Throws: The errors of safetensors files, `AnalysisError` for checkpoints whose tensors
    ///   differ and for numbers that are not finite.
    package func run(
        base: URL,
        language: URL,
        math: URL,
        progress: (Int, Int) throws -> Void = { _, _ in }
    ) throws -> ChangeRecord {
        let collections = try [base, language, math].map { try TensorCollection(at: $0) }
        let descriptions = try Self.shared(collections)
        var measured: [MeasuredTensor] = []
        let pool = WorkerPool(threadCount: threadCount)
        // As many tensors at a time as there are threads, so that progress is reported in between.
        for first in stride(from: 0, to: descriptions.count, by: threadCount) {
            let part = descriptions[first..<min(first + threadCount, descriptions.count)]
            var results = [Result<MeasuredTensor, any Error>?](repeating: nil, count: part.count)
            results.withUnsafeMutableBufferPointer { buffer in
                let slots = SharedSlots(buffer)
                pool.perform(count: part.count) { number in
                    slots[number] = Result {
                        try MeasuredTensor(part[first + number], in: collections, by: self)
                    }
                }
            }
            for result in results {
                if let tensor = try result?.get() { measured.append(tensor) }
            }
            try progress(measured.count, descriptions.count)
        }
        return ChangeRecord(
            thresholds: thresholds,
            tensors: measured.map(\.record),
            layers: Self.layers(measured)
        )
    }

    /// The tensors, which all three have in the same shapes, from the input to the output.
    private static func shared(_ collections: [TensorCollection]) throws -> [TensorDescription] {
        let base = collections[0]
        let path = base.url.path(percentEncoded: false)
        for other in collections.dropFirst() {
            let names = Set(other.tensors.map(\.name))
            let difference = names.symmetricDifference(base.tensors.map(\.name))
            if let name = difference.min() {
                let (holder, lacking) = names.contains(name) ? (other, base) : (base, other)
                throw AnalysisError.missingTensor(
                    name: name,
                    holder: holder.url.path(percentEncoded: false),
                    path: lacking.url.path(percentEncoded: false)
                )
            }
            for tensor in base.tensors {
                guard let own = other.description(of: tensor.name), own.shape != tensor.shape else {
                    continue
                }
                throw AnalysisError.otherShape(
                    name: tensor.name,
                    found: own.shape,
                    path: other.url.path(percentEncoded: false),
                    expected: tensor.shape,
                    in: path
                )
            }
        }
        // Whole numbers in all three are no weights (positions, masks); in one of them they are a
        // quantized weight, whose change nobody can tell.
        let isComputed = { (name: String) in
            try collections.allSatisfy { collection in
                guard let type = collection.description(of: name)?.elementType else { return false }
                if type.convertsToFloat { return true }
                let isWeight = name.hasSuffix(".weight") || name.hasSuffix(".bias")
                let isOne = collections.allSatisfy { $0.description(of: name)?.elementType == type }
                guard isOne, !isWeight else {
                    throw AnalysisError.notNumbers(
                        name: name,
                        path: collection.url.path(percentEncoded: false),
                        type: type
                    )
                }
                return false
            }
        }
        return try base.tensors.filter { try isComputed($0.name) }.sorted { first, second in
            let (a, b) = (TensorName(first.name), TensorName(second.name))
            return (a.order.0, a.order.1, a.full) < (b.order.0, b.order.1, b.full)
        }
    }

    private static func layers(_ tensors: [MeasuredTensor]) -> [ChangeRecord.Layer] {
        let count = (tensors.compactMap(\.record.name.layer).max() ?? -1) + 1
        return (0..<count).map { layer in
            let own = tensors.filter { $0.record.name.layer == layer }
            var language = RowSums()
            var math = RowSums()
            var product = 0.0
            for tensor in own {
                language.add(tensor.language)
                math.add(tensor.math)
                product += tensor.product
            }
            return ChangeRecord.Layer(
                language: language.meanAbsolute,
                math: math.meanAbsolute,
                languageNorm: language.relativeNorm ?? 0,
                mathNorm: math.relativeNorm ?? 0,
                cosine: RowSums.cosine(language, math, product: product)
            )
        }
    }
}

extension TensorName {
    /// Where the tensor stands between input and output, and in its block.
    fileprivate var order: (Int, Int) {
        let modules = [
            "input_layernorm", "self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj",
            "self_attn.o_proj", "post_attention_layernorm", "mlp.gate_proj", "mlp.up_proj",
            "mlp.down_proj",
        ]
        if let layer { return (layer, modules.firstIndex(of: module) ?? modules.count) }
        return (module == "embed_tokens" ? -1 : .max, module == "norm" ? 0 : 1)
    }
}
