import Foundations
import Kernels
import Transformer

/// The adapters of a model: for each target weight, W = W₀ + α/r · B A with A `[r, in]` and
/// B `[out, r]` (Hu et al., 2021, arXiv 2106.09685, section 4.1).
///
/// A begins uniform in ±1/√in, as PEFT has it, and B at zero, so that the model begins as it was.
///
/// There are two forms. Materialised, the model always holds W: forward and backward know nothing
/// of adapters, and the gradients follow from that of W without loss, dB = α/r · dW Aᵀ and dA = α/r
/// · Bᵀ dW. Beside the weights, the model keeps W₀, which may be in bfloat16, and products have a
/// branch y = x W₀ᵀ + α/r · (x Aᵀ) Bᵀ; no second copy of a weight and no gradient of one is ever
/// made.
package final class LoRAAdapters: @unchecked Sendable {
    /// Where the change of the weights is.
    package enum Form: Sendable {
        /// In the weights of the model.
        case materialized
        /// In branches beside them.
        case beside
    }

    /// The form for a model: beside weights that nothing may change or that are many.
    package static func form(for model: TransformerModel) -> Form {
        model.precision == .bfloat16
            || model.parameterCount >= GradientEngine.sharedGradientParameters
            ? .beside : .materialized
    }

    /// Rank, scale and targets.
    package let settings: LoRASettings
    /// All adapters in the order of the model's layout.
    package let adapters: [LowRankAdapter]
    /// Where the change of the weights is.
    package let form: Form

    let model: TransformerModel
    private let pool: WorkerPool
    private let products: [LinearProduct]
    /// Positions in `adapters`, by turn.
    private let parts: [[Int]]
    private let values: SharedBuffer
    private let valueGradients: SharedBuffer
    /// W₀ of each adapter, one after the other; without elements beside the weights.
    private let initialWeights: SharedBuffer
    /// The places of W₀, by adapter.
    private let initialPlaces: [Range<Int>]
    /// α/r · B, laid out as the adapters are; without elements beside the weights.
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
    ///   - form: Where the change of the weights is.
    package init(
        model: TransformerModel,
        settings: LoRASettings,
        parts: [[ParameterLayout.Entry]],
        seed: UInt64,
        pool: WorkerPool,
        form: Form = .materialized
    ) {
        precondition(
            form == .beside || model.precision == .float32,
            "weights in bfloat16 cannot change"
        )
        self.form = form
        self.model = model
        self.settings = settings
        self.pool = pool
        products = (0..<pool.threadCount).map { _ in LinearProduct() }
        var adapters: [LowRankAdapter] = []
        var next = 0
        var nextWeight = 0
        var places: [Range<Int>] = []
        let targets = parts.flatMap { $0 }.sorted { $0.range.lowerBound < $1.range.lowerBound }
        for target in targets {
            let middle = next + settings.rank * target.shape[1]
            let end = middle + target.shape[0] * settings.rank
            adapters.append(
                LowRankAdapter(target: target, down: next..<middle, up: middle..<end)
            )
            next = end
            places.append(nextWeight..<(nextWeight + target.range.count))
            nextWeight += target.range.count
        }
        self.adapters = adapters
        self.parts = parts.map { part in
            part.compactMap { entry in
                adapters.firstIndex { $0.target.range == entry.range }
            }
        }
        values = SharedBuffer(count: next)
        let isMaterialized = form == .materialized
        valueGradients = SharedBuffer(count: isMaterialized ? next : 0)
        scaled = SharedBuffer(count: isMaterialized ? next : 0)
        initialWeights = SharedBuffer(count: isMaterialized ? nextWeight : 0)
        initialPlaces = places
        for (adapter, place) in zip(adapters, places) {
            let target = adapter.target
            if isMaterialized {
                initialWeights.view[place].copy(from: model.parameters[target.range])
            }
            let bound = 1 / Double(target.shape[1]).squareRoot()
            var generator = SeededGenerator(seed: seed, stream: "adapter/\(target.name)")
            values.view[adapter.down].copy(
                from: adapter.down.map { _ in Float(bound * (2 * generator.uniform() - 1)) }
            )
        }
    }

    /// A and B of all adapters; the object must outlive the view.
    package var parameters: FloatView { values.view }

    /// The gradients of A and B, in the same places, as `computeGradients` leaves them; without
    /// elements beside the weights, where a `GradientEngine` has them.
    package var gradients: FloatView { valueGradients.view }

    /// The adapters as a `GradientEngine` takes them; nil when the model holds their change.
    package var besideWeights: LowRankAdapters? {
        guard form == .beside else { return nil }
        return LowRankAdapters(
            rank: settings.rank,
            scale: Float(settings.scale),
            adapters: adapters,
            values: parameters
        )
    }

    /// Bytes of adapters, their gradients and the first weights.
    var byteCount: Int {
        4 * (parameters.count + gradients.count + scaled.view.count + initialWeights.view.count)
    }

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
        // Pieces are shared out by number modulo threads, so that no two threads share one of
        // these.
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

    /// W₀ + α/r · B A of a weight that has an adapter beside it, for writing; nil for other
    /// tensors.
    package func changed(_ entry: ParameterLayout.Entry) -> SharedBuffer? {
        guard form == .beside,
            let adapter = adapters.first(where: { $0.target.range == entry.range })
        else { return nil }
        let result = SharedBuffer(count: entry.range.count)
        model.withFloats(of: entry) { result.view.copy(from: $0) }
        let scaledUp = SharedBuffer(count: adapter.up.count)
        Elementwise.scale(
            parameters[adapter.up],
            by: Float(settings.scale),
            into: scaledUp.view
        )
        withExtendedLifetime(scaledUp) {
            let weight = matrix(result.view, entry.shape[0], entry.shape[1])
            LinearProduct().backwardInput(
                outputGradient: matrix(scaledUp.view, entry.shape[0], settings.rank),
                weight: down(of: adapter, in: values),
                inputGradient: weight,
                adding: weight
            )
        }
        return result
    }

    /// Writes W₀ + α/r · B A into the model for the adapters of a turn; nothing to do beside the
    /// weights.
    package func materialize(part: Int = 0) {
        guard form == .materialized else { return }
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
        let position = current.part[piece]
        let adapter = adapters[position]
        let shape = adapter.target.shape
        products[piece % pool.threadCount].backwardInput(
            outputGradient: scaledUp(of: adapter),
            weight: down(of: adapter, in: values),
            inputGradient: matrix(model.parameters[adapter.target.range], shape[0], shape[1]),
            adding: matrix(initialWeights.view[initialPlaces[position]], shape[0], shape[1])
        )
    }

    private func down(of adapter: LowRankAdapter, in buffer: SharedBuffer) -> MatrixView {
        matrix(buffer.view[adapter.down], settings.rank, adapter.target.shape[1])
    }

    /// α/r · B, rebuilt from B.
    private func scaledUp(of adapter: LowRankAdapter) -> MatrixView {
        let result = scaled.view[adapter.up]
        Elementwise.scale(parameters[adapter.up], by: Float(settings.scale), into: result)
        return matrix(result, adapter.target.shape[0], settings.rank)
    }

    private func matrix(_ elements: FloatView, _ rows: Int, _ columns: Int) -> MatrixView {
        MatrixView(elements, rows: rows, columns: columns)
    }
}
