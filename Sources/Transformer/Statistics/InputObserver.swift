import Kernels

/// Adds up XᵀX over the rows X that come into a linear layer; used by one thread.
final class InputSum: @unchecked Sendable {
    let buffer: SharedBuffer
    private let columns: Int
    private(set) var rows = 0
    private let products = LinearProduct()

    init(columns: Int) {
        self.columns = columns
        buffer = SharedBuffer(count: columns * columns)
    }

    func add(_ input: MatrixView) {
        // The product that a weight's gradient is made with: Xᵀ X is dyᵀ x with both the input.
        products.backwardWeight(
            outputGradient: input,
            input: input,
            weightGradient: MatrixView(buffer.view, rows: columns, columns: columns)
        )
        rows += input.rows
    }
}

/// Runs a model over sequences and watches what comes into its linear layers.
final class InputObserver {
    private let model: TransformerModel
    private let inference: InferenceModel
    /// For each layer the inputs of query, key and value, of the attention's output, of gate and up,
    /// and of down.
    private let sums: [[InputSum]]
    private let head: InputSum

    init(_ model: TransformerModel) {
        self.model = model
        var sums: [[InputSum]] = []
        inference = InferenceModel(model) { block in
            var layer: [InputSum] = []
            // Layers are wrapped in the order in which a block applies them.
            let operators = BlockOperators(block) { weight in
                let sum = InputSum(columns: weight.columns)
                layer.append(sum)
                return .observed(PackedMatrix(weight), sum)
            }
            sums.append(layer)
            return operators
        }
        self.sums = sums
        head = InputSum(columns: model.configuration.modelWidth)
    }

    /// Takes packed sequences through the model.
    func run(_ input: ModelInput) {
        let offsets = input.segmentOffsets
        let longest = zip(offsets, offsets.dropFirst()).map { $1 - $0 }.max() ?? 1
        let pass = InferencePass(
            inference,
            maximumTokens: input.tokens.count,
            maximumSegmentLength: longest
        )
        let stream = pass.runPacked(
            input.tokens,
            segments: PackedSegments(offsets),
            rotary: inference.rotary(positionCount: longest)
        )
        head.add(stream)
    }

    /// The mean products by the names of the weights.
    func means() -> [String: SharedBuffer] {
        var means: [String: SharedBuffer] = [:]
        for sum in sums.joined() + [head] {
            let mean = 1 / Float(max(1, sum.rows))
            Elementwise.scale(sum.buffer.view, by: mean, into: sum.buffer.view)
        }
        for entry in model.layout.entries {
            switch (entry.role, entry.layer) {
            case (.query, let layer?), (.key, let layer?), (.value, let layer?):
                means[entry.name] = sums[layer][0].buffer
            case (.attentionOutput, let layer?): means[entry.name] = sums[layer][1].buffer
            case (.gate, let layer?), (.up, let layer?): means[entry.name] = sums[layer][2].buffer
            case (.down, let layer?): means[entry.name] = sums[layer][3].buffer
            case (.head, _): means[entry.name] = head.buffer
            default: break
            }
        }
        return means
    }
}
