import Kernels

/// What one block leaves behind: kept for each layer in training, shared by all layers otherwise.
struct BlockActivations: Sendable {
    /// 1 / RMS of the block's input, `[tokens]`.
    let inputInverseRMS: FloatView
    /// Queries, keys and values after turning, `[tokens, packedWidth]`.
    let queryKeyValue: MatrixView
    /// Heads side by side, `[tokens, heads · headWidth]`.
    let attention: MatrixView
    /// Log sums of the scores, `[tokens, heads]`.
    let logSums: MatrixView
    /// The residual stream between attention and feed-forward, `[tokens, width]`.
    let middle: MatrixView
    /// 1 / RMS of the middle, `[tokens]`.
    let middleInverseRMS: FloatView
    /// Gate and up side by side, `[tokens, 2 · hidden]`.
    let gateUp: MatrixView
    /// What the norms of queries and keys leave behind; nil without such norms.
    let headNorm: HeadNormActivations?
    /// The attention's output before its norm; nil where no norm stands behind it.
    let attentionOutput: NormInput?
    /// The feed-forward network's output before its norm; nil where no norm stands behind it.
    let feedForwardOutput: NormInput?
}

/// What the norms of queries and keys leave behind.
struct HeadNormActivations: Sendable {
    /// Queries and keys before the norms, `[tokens, heads · headWidth]`; nil where nothing goes
    /// back.
    let inputs: MatrixView?
    /// 1 / RMS of each head, `[heads, tokens]`.
    let inverseRMS: MatrixView
}

/// What goes into a norm on its way to the residual stream.
struct NormInput: Sendable {
    /// Of shape `[tokens, width]`.
    let values: MatrixView
    /// 1 / RMS, `[tokens]`.
    let inverseRMS: FloatView
}

extension BlockActivations {
    /// Takes the memory of one block.
    ///
    /// - Parameters:
    ///   - arena: Where it is taken from.
    ///   - configuration: The model's shape.
    ///   - attention: The heads.
    ///   - tokens: The most rows.
    ///   - goesBack: Whether what the backward pass alone reads is kept too.
    init(
        _ arena: Arena,
        _ configuration: ModelConfiguration,
        _ attention: Attention,
        _ tokens: Int,
        goesBack: Bool
    ) {
        inputInverseRMS = arena.vector(tokens)
        queryKeyValue = arena.matrix(tokens, attention.packedWidth)
        self.attention = arena.matrix(tokens, attention.outputWidth)
        logSums = arena.matrix(tokens, attention.headCount)
        middle = arena.matrix(tokens, configuration.modelWidth)
        middleInverseRMS = arena.vector(tokens)
        gateUp = arena.matrix(tokens, 2 * configuration.hiddenWidth)
        let family = configuration.family
        headNorm =
            family.normalizesHeads
            ? HeadNormActivations(
                inputs: goesBack ? arena.matrix(tokens, configuration.queryKeyWidth) : nil,
                inverseRMS: arena.matrix(attention.queryKeyHeadCount, tokens)
            ) : nil
        func output() -> NormInput? {
            guard family.normalizesOutputs else { return nil }
            return NormInput(
                values: arena.matrix(tokens, configuration.modelWidth),
                inverseRMS: arena.vector(tokens)
            )
        }
        attentionOutput = output()
        feedForwardOutput = output()
    }

    /// The first rows of everything.
    func rows(_ count: Int) -> BlockActivations {
        BlockActivations(
            inputInverseRMS: inputInverseRMS[0..<count],
            queryKeyValue: queryKeyValue.rows(0..<count),
            attention: attention.rows(0..<count),
            logSums: logSums.rows(0..<count),
            middle: middle.rows(0..<count),
            middleInverseRMS: middleInverseRMS[0..<count],
            gateUp: gateUp.rows(0..<count),
            headNorm: headNorm.map {
                HeadNormActivations(
                    inputs: $0.inputs?.rows(0..<count),
                    inverseRMS: $0.inverseRMS.columns(0..<count)
                )
            },
            attentionOutput: attentionOutput?.rows(count),
            feedForwardOutput: feedForwardOutput?.rows(count)
        )
    }
}

extension NormInput {
    /// The first rows of both.
    func rows(_ count: Int) -> NormInput {
        NormInput(values: values.rows(0..<count), inverseRMS: inverseRMS[0..<count])
    }
}
