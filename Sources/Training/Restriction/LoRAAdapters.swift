import Foundations
import Kernels
import Transformer

/// The adapters of a model: for each target weight, W = W₀ + α/r · B A with A `[r, in]` and
/// B `[out, r]` (Hu et al., 2021, arXiv 2106.09685, section 4.1).
///
/// A begins uniform in ±1/√in, as PEFT has it, and B at zero, so that the model begins as it was.
/// The model always holds the materialised W: forward and backward know nothing of adapters, and the
/// gradients follow from that of W without loss, dB = α/r · dW Aᵀ and dA = α/r · Bᵀ dW.
package final class LoRAAdapters: @unchecked Sendable {
    /// The adapter of one weight.
    package struct Adapter: Sendable {
        /// The weight.
        package let target: ParameterLayout.Entry
        /// A in the buffer of adapters.
        package let down: Range<Int>
        /// B in the buffer of adapters.
        package let up: Range<Int>
        /// W₀ in the buffer of first weights.
        let initial: Range<Int>
    }

    /// Rank, scale and targets.
    package let settings: LoRASettings
    /// All adapters in the order of the model's layout.
    package let adapters: [Adapter]

    let model: TransformerModel
    private let pool: WorkerPool
    private let products: [LinearProduct]
    /// Positions in `adapters`, by turn.
    private let parts: [[Int]]
    private let values: SharedBuffer
    private let valueGradients: SharedBuffer
    private let initialWeights: SharedBuffer
    /// α/r · B, laid out as the adapters are.
    private let scaled: SharedBuffer
    /// What the threads are working on.
    private var current: (weightGradients: FloatView?, part: [Int])?

    /// Takes the model's weights as W₀.
    ///
    /// - Parameters:
    ///   - model: The model, whose weights are overwritten from now on.
    ///   - settings: Rank, scale and targets, which have been checked.
    ///   - parts: The target weights of each turn.
    ///   - seed: The seed of the first values; each A has its own random stream.
    ///   - pool: The threads.
    package init(
        model: TransformerModel,
        settings: LoRASettings,
        parts: [[ParameterLayout.Entry]],
        seed: UInt64,
        pool: WorkerPool
    ) {
        self.model = model
        self.settings = settings
        self.pool = pool
        products = (0..<pool.threadCount).map { _ in LinearProduct() }
        var adapters: [Adapter] = []
        var next = 0
        var nextWeight = 0
        let targets = parts.flatMap { $0 }.sorted { $0.range.lowerBound < $1.range.lowerBound }
        for target in targets {
            let middle = next + settings.rank * target.shape[1]
            let end = middle + target.shape[0] * settings.rank
            adapters.append(
                Adapter(
                    target: target,
                    down: next..<middle,
                    up: middle..<end,
                    initial: nextWeight..<(nextWeight + target.range.count)
                )
            )
            next = end
            nextWeight += target.range.count
        }
        self.adapters = adapters
        self.parts = parts.map { part in
            part.compactMap { entry in
                adapters.firstIndex { $0.target.range == entry.range }
            }
        }
        values = SharedBuffer(count: next)
        valueGradients = SharedBuffer(count: next)
        scaled = SharedBuffer(count: next)
        initialWeights = SharedBuffer(count: nextWeight)
        for adapter in adapters {
            let target = adapter.target
            initialWeights.view[adapter.initial].copy(from: model.parameters[target.range])
            let bound = 1 / Double(target.shape[1]).squareRoot()
            var generator = SeededGenerator(seed: seed, stream: "adapter/\(target.name)")
            values.view[adapter.down].copy(
                from: adapter.down.map { _ in Float(bound * (2 * generator.uniform() - 1)) }
            )
        }
    }

    /// A and B of all adapters; the object must outlive the view.
    package var parameters: FloatView { values.view }

    /// The gradients of A and B, in the same places.
    package var gradients: FloatView { valueGradients.view }

    /// Bytes of adapters, their gradients and the first weights.
    var byteCount: Int { 4 * (3 * parameters.count + initialWeights.view.count) }

    /// A and B of the adapters of a turn; both decay, as matrices do.
    func tensors(ofPart part: Int) -> [Optimizer.Tensor] {
        parts[part].flatMap { position in
            [adapters[position].down, adapters[position].up].map {
                Optimizer.Tensor(range: $0, decays: true)
            }
        }
    }

    /// Works out dA and dB from the gradients of the materialised weights.
    ///
    /// - Parameters:
    ///   - weightGradients: In the layout of the model, of the targets at least.
    ///   - part: The turn whose adapters are meant.
    package func computeGradients(from weightGradients: FloatView, part: Int = 0) {
        current = (weightGradients, parts[part])
        defer { current = nil }
        pool.performPrepared(count: parts[part].count) { [self] in takeGradient($0) }
    }

    private func takeGradient(_ piece: Int) {
        guard let current, let weightGradients = current.weightGradients else { return }
        let adapter = adapters[current.part[piece]]
        // Pieces are shared out by number modulo threads, so that no two threads share one of these.
        let products = products[piece % pool.threadCount]
        let shape = adapter.target.shape
        let weightGradient = matrix(weightGradients[adapter.target.range], shape[0], shape[1])
        let up = gradients[adapter.up]
        products.forward(
            input: weightGradient,
            weight: down(of: adapter, in: values),
            output: matrix(up, shape[0], settings.rank)
        )
        Elementwise.scale(up, by: Float(settings.scale), into: up)
        gradients[adapter.down].fill(0)
        products.backwardWeight(
            outputGradient: scaledUp(of: adapter),
            input: weightGradient,
            weightGradient: down(of: adapter, in: valueGradients)
        )
    }

    /// Writes W₀ + α/r · B A into the model for the adapters of a turn.
    package func materialize(part: Int = 0) {
        current = (nil, parts[part])
        defer { current = nil }
        pool.performPrepared(count: parts[part].count) { [self] in materializePiece($0) }
    }

    /// Writes W₀ + α/r · B A into the model for all adapters.
    func materializeAll() {
        for part in parts.indices { materialize(part: part) }
    }

    private func materializePiece(_ piece: Int) {
        guard let current else { return }
        let adapter = adapters[current.part[piece]]
        let shape = adapter.target.shape
        products[piece % pool.threadCount].backwardInput(
            outputGradient: scaledUp(of: adapter),
            weight: down(of: adapter, in: values),
            inputGradient: matrix(model.parameters[adapter.target.range], shape[0], shape[1]),
            adding: matrix(initialWeights.view[adapter.initial], shape[0], shape[1])
        )
    }

    private func down(of adapter: Adapter, in buffer: SharedBuffer) -> MatrixView {
        matrix(buffer.view[adapter.down], settings.rank, adapter.target.shape[1])
    }

    /// α/r · B, rebuilt from B.
    private func scaledUp(of adapter: Adapter) -> MatrixView {
        let result = scaled.view[adapter.up]
        Elementwise.scale(parameters[adapter.up], by: Float(settings.scale), into: result)
        return matrix(result, adapter.target.shape[0], settings.rank)
    }

    private func matrix(_ elements: FloatView, _ rows: Int, _ columns: Int) -> MatrixView {
        MatrixView(elements, rows: rows, columns: columns)
    }
}
