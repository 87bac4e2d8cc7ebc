import Kernels

/// How large the inputs of a model's linear layers are, column by column: Σ over samples of the
/// norm over tokens, ‖X_j‖₂ (MathNeuro, arXiv 2410.16930, section 3).
///
/// The importance of a weight is |W_ij| times the number of its column j, so that these numbers and
/// the weights hold all importance scores.
package struct InputNorms: Sendable {
    /// Σ ‖X_j‖₂ by the name of the weight, for the layers of all blocks; in `Double`, since sums in
    /// a narrower type stop growing.
    package private(set) var columns: [String: [Double]]
    /// How many samples were added.
    package private(set) var samples: Int

    /// Norms that were gathered before.
    package init(columns: [String: [Double]], samples: Int) {
        self.columns = columns
        self.samples = samples
    }

    /// Gathers the norms of samples.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - samples: Token sequences; empty ones are left out.
    ///   - pool: The threads; no number depends on how many there are.
    /// - Throws: `ModelNumberError` when a norm is not finite, `SequenceLengthError`.
    package init(of model: TransformerModel, on samples: [[Int32]], pool: WorkerPool) throws {
        let inputs = Self.packed(samples.filter { !$0.isEmpty })
        let shared = InferenceModel(model, pool: pool)
        var parts = [[String: [Double]]](repeating: [:], count: inputs.count)
        try parts.withUnsafeMutableBufferPointer { buffer in
            let slots = SharedSlots(buffer)
            try pool.performThrowing(count: inputs.count) { number in
                let observer = InputObserver(shared) { InputNormSum(columns: $0) }
                try observer.run(inputs[number])
                slots[number] = observer.byName.mapValues(\.sums)
            }
        }
        columns = [:]
        self.samples = samples.count { !$0.isEmpty }
        let names = model.layout.entries.filter { $0.layer != nil && $0.role.isMatrix }.map(\.name)
        for name in names {
            var sum: [Double] = []
            for part in parts {
                guard let own = part[name] else { continue }
                sum = sum.isEmpty ? own : zip(sum, own).map(+)
            }
            guard sum.allSatisfy(\.isFinite) else {
                throw model.notFinite("the inputs of '\(name)' are")
            }
            columns[name] = sum
        }
    }

    /// Adds the norms of other samples.
    package mutating func add(_ other: InputNorms) {
        columns.merge(other.columns) { own, others in
            own.isEmpty ? others : others.isEmpty ? own : zip(own, others).map(+)
        }
        samples += other.samples
    }

    /// Tokens that one thread takes through the model at a time.
    private static let batchTokens = 1024

    /// Batches whose borders depend on the samples alone.
    private static func packed(_ samples: [[Int32]]) -> [ModelInput] {
        var batches: [[[Int32]]] = []
        var tokens = 0
        for sample in samples {
            if batches.isEmpty || tokens + sample.count > batchTokens {
                batches.append([])
                tokens = 0
            }
            batches[batches.count - 1].append(sample)
            tokens += sample.count
        }
        return batches.map { ModelInput(sequences: $0) }
    }
}

/// Adds up the norms of what comes into one linear layer.
private final class InputNormSum: InputSink, @unchecked Sendable {  // One thread's alone.
    private(set) var sums: [Double]
    private var offsets: [Int] = []

    init(columns: Int) { sums = Array(repeating: 0, count: columns) }

    func begin(offsets: [Int]) { self.offsets = offsets }

    func add(_ input: MatrixView) {
        ActivationKernels.addSegmentNorms(of: input, offsets: offsets, to: &sums)
    }
}
