import Kernels

extension GradientPass {
    /// The gradients of everything below the final norm, from the last block to the embedding.
    ///
    /// `pass.gradient` holds the gradient of the last stream at first, and is carried down.
    func backward(
        _ tokens: UnsafeBufferPointer<Int32>,
        _ segments: PackedSegments,
        _ parameters: ModelViews,
        _ gradients: RequestedGradients,
        _ pass: PassMemory
    ) {
        let demand = gradients.demand
        for layer in (demand.lowestBlock..<configuration.layerCount).reversed() {
            let block = parameters.blocks[layer]
            let into = gradients.views.blocks[layer]
            feedForwardBackward(block, into, demand.blocks[layer], pass.block(layer), pass)
            attentionBackward(
                segments,
                block,
                into,
                demand.blocks[layer],
                pass.block(layer),
                pass.stream(layer),
                pass
            )
        }
        guard demand.embedding else { return }
        Embedding.backward(
            tokens: tokens,
            outputGradient: pass.gradient,
            tableGradient: gradients.views.embedding
        )
    }

    /// The gradient of y = m + W_d swiglu(W_gu norm(m)) on its way from y to m.
    private func feedForwardBackward(
        _ block: BlockViews,
        _ gradients: BlockViews,
        _ demand: GradientDemand.Block,
        _ kept: BlockActivations,
        _ pass: PassMemory
    ) {
        products.backwardInput(
            outputGradient: pass.gradient,
            weight: block.down,
            inputGradient: pass.hidden
        )
        // Afterwards `hidden` holds swiglu again and `gateUp` its gradients.
        SwiGLU.backward(gateUp: kept.gateUp, outputGradient: pass.hidden)
        if demand.down {
            products.backwardWeight(
                outputGradient: pass.gradient,
                input: pass.hidden,
                weightGradient: gradients.down
            )
        }
        if demand.gateUp {
            RMSNorm.apply(
                input: kept.middle,
                gain: block.feedForwardNorm,
                inverseRMS: kept.middleInverseRMS,
                output: pass.narrow
            )
            products.backwardWeight(
                outputGradient: kept.gateUp,
                input: pass.narrow,
                weightGradient: gradients.gateUp
            )
        }
        products.backwardInput(
            outputGradient: kept.gateUp,
            weight: block.gateUp,
            inputGradient: pass.narrow
        )
        RMSNorm.backward(
            input: kept.middle,
            gain: block.feedForwardNorm,
            inverseRMS: kept.middleInverseRMS,
            outputGradient: pass.narrow,
            inputGradient: pass.gradient,
            gainGradient: gradients.feedForwardNorm
        )
    }

    /// The gradient of m = x + W_o attention(W_qkv norm(x)) on its way from m to x.
    private func attentionBackward(
        _ segments: PackedSegments,
        _ block: BlockViews,
        _ gradients: BlockViews,
        _ demand: GradientDemand.Block,
        _ kept: BlockActivations,
        _ input: MatrixView,
        _ pass: PassMemory
    ) {
        if demand.attentionOutput {
            products.backwardWeight(
                outputGradient: pass.gradient,
                input: kept.attention,
                weightGradient: gradients.attentionOutput
            )
        }
        products.backwardInput(
            outputGradient: pass.gradient,
            weight: block.attentionOutput,
            inputGradient: pass.attentionGradient
        )
        attention.backward(
            packed: kept.queryKeyValue,
            segments: segments,
            output: kept.attention,
            logSums: kept.logSums,
            outputGradient: pass.attentionGradient,
            packedGradient: pass.queryKeyValueGradient,
            scratch: attentionScratch
        )
        rotary.rotate(
            pass.queryKeyValueGradient,
            headCount: attention.headCount + attention.keyValueHeadCount,
            segments: segments,
            inverse: true
        )
        if demand.queryKeyValue {
            RMSNorm.apply(
                input: input,
                gain: block.attentionNorm,
                inverseRMS: kept.inputInverseRMS,
                output: pass.narrow
            )
            products.backwardWeight(
                outputGradient: pass.queryKeyValueGradient,
                input: pass.narrow,
                weightGradient: gradients.queryKeyValue
            )
        }
        products.backwardInput(
            outputGradient: pass.queryKeyValueGradient,
            weight: block.queryKeyValue,
            inputGradient: pass.narrow
        )
        RMSNorm.backward(
            input: input,
            gain: block.attentionNorm,
            inverseRMS: kept.inputInverseRMS,
            outputGradient: pass.narrow,
            inputGradient: pass.gradient,
            gainGradient: gradients.attentionNorm
        )
    }
}
