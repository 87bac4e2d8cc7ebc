/// Which gradients a backward pass is asked for.
///
/// What nobody asked for is not worked out where that saves a product of matrices: the gradient of
/// a weight, and the whole way down below the lowest tensor that is asked for. Gradients that were
/// not asked for are of no meaning afterwards.
package struct GradientDemand: Sendable {
    /// The products of one block that have a weight gradient.
    struct Block: Sendable {
        var queryKeyValue = false
        var attentionOutput = false
        var gateUp = false
        var down = false
        /// The biases of all of them.
        var biases = false
    }

    private(set) var embedding = false
    /// The matrix that gives the logits, which is the embedding when tied.
    private(set) var head = false
    private(set) var blocks: [Block]
    /// The lowest block that the gradient must reach; the number of blocks when it need reach none.
    private(set) var lowestBlock: Int

    /// Asks for what adapters of some weights need, and for no gradient of a weight.
    ///
    /// - Parameters:
    ///   - targets: The weights that have adapters.
    ///   - configuration: The model's shape.
    package init(adaptersOf targets: [ParameterLayout.Entry], of configuration: ModelConfiguration)
    {
        blocks = Array(repeating: Block(), count: configuration.layerCount)
        lowestBlock = targets.compactMap(\.layer).min() ?? configuration.layerCount
    }

    /// Asks for the gradients of some tensors.
    ///
    /// - Parameters:
    ///   - entries: Tensors of the model.
    ///   - configuration: The model's shape.
    package init(_ entries: [ParameterLayout.Entry], of configuration: ModelConfiguration) {
        blocks = Array(repeating: Block(), count: configuration.layerCount)
        lowestBlock = configuration.layerCount
        for entry in entries {
            guard let layer = entry.layer else {
                switch entry.role {
                case .embedding:
                    embedding = true
                    lowestBlock = 0
                    if configuration.tiedEmbeddings { head = true }
                case .head: head = true
                default: break
                }
                continue
            }
            lowestBlock = min(lowestBlock, layer)
            switch entry.role {
            case .query, .key, .value: blocks[layer].queryKeyValue = true
            case .attentionOutput: blocks[layer].attentionOutput = true
            case .gate, .up: blocks[layer].gateUp = true
            case .down: blocks[layer].down = true
            case let role where role.isBias: blocks[layer].biases = true
            default: break
            }
        }
    }
}
