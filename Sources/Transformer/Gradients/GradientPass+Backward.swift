import Kernels

extension GradientPass {
    /// The gradients of everything below the final norm, from the last block to the embedding.
    ///
    /// `pass.gradient` holds the gradient of the last stream at first, and is carried down.
    func backward(
        _ tokens: UnsafeBufferPointer<Int32>,
        _ segments: PackedSegments,
        _ gradients: RequestedGradients,
        _ pass: PassMemory
    ) {
        let demand = gradients.demand
        gradients.passed(section: 0)
        for layer in (demand.lowestBlock..<configuration.layerCount).reversed() {
            let block = parameters.blocks[layer]
            // What the last block has left behind is still there.
            if recomputes, layer < configuration.layerCount - 1 {
                runBlock(layer, segments, pass, output: nil)
            }
            feedForwardBackward(layer, block, gradients, pass)
            attentionBackward(layer, segments, block, gradients, pass)
            gradients.passed(section: configuration.layerCount - layer)
        }
        guard demand.embedding else { return }
        if let scale = configuration.embeddingScale {
            let gradient = pass.gradient.elements
            Elementwise.scale(gradient, by: scale, into: gradient)
        }
        gradients.addEmbedding(tokens, outputGradient: pass.gradient)
    }

    /// The gradient of y = m + W_d gated(W_gu norm(m)) on its way from y to m.
    private func feedForwardBackward(
        _ layer: Int,
        _ block: BlockViews<WeightMatrix>,
        _ requested: RequestedGradients,
        _ pass: PassMemory
    ) {
        let demand = requested.demand.blocks[layer]
        let gradients = requested.views.blocks[layer]
        let branches = branches[layer]
        let kept = pass.block(layer)
        let outputGradient = outputGradient(
            kept.feedForwardOutput,
            block.additions.feedForwardOutputNorm,
            gradients.additions.feedForwardOutputNorm,
            pass
        )
        inputBackward(outputGradient, block.down, branches.down, into: pass.hidden)
        // Afterwards `hidden` holds the gated layer again and `gateUp` its gradients.
        rules.gateBackward(kept.gateUp, outputGradient: pass.hidden)
        weightBackward(
            outputGradient,
            input: pass.hidden,
            demand.down ? gradients.down : nil,
            branches.down,
            requested
        )
        if demand.biases { add(outputGradient, to: gradients.additions.downBias) }
        normedLayerBackward(
            NormedLayer(
                input: kept.middle,
                inverseRMS: kept.middleInverseRMS,
                gain: block.feedForwardNorm,
                weight: block.gateUp,
                branches: branches.gateUp,
                gainGradient: gradients.feedForwardNorm,
                weightGradient: demand.gateUp ? gradients.gateUp : nil,
                biasGradient: demand.biases ? gradients.additions.gateUpBias : nil
            ),
            outputGradient: kept.gateUp,
            requested,
            pass
        )
    }

    /// The gradient of m = x + W_o attention(W_qkv norm(x)) on its way from m to x.
    private func attentionBackward(
        _ layer: Int,
        _ segments: PackedSegments,
        _ block: BlockViews<WeightMatrix>,
        _ requested: RequestedGradients,
        _ pass: PassMemory
    ) {
        let demand = requested.demand.blocks[layer]
        let gradients = requested.views.blocks[layer]
        let branches = branches[layer]
        let kept = pass.block(layer)
        let outputGradient = outputGradient(
            kept.attentionOutput,
            block.additions.attentionOutputNorm,
            gradients.additions.attentionOutputNorm,
            pass
        )
        weightBackward(
            outputGradient,
            input: kept.attention,
            demand.attentionOutput ? gradients.attentionOutput : nil,
            branches.attentionOutput,
            requested
        )
        if demand.biases { add(outputGradient, to: gradients.additions.attentionOutputBias) }
        inputBackward(
            outputGradient,
            block.attentionOutput,
            branches.attentionOutput,
            into: pass.attentionGradient
        )
        queryKeyValueBackward(layer, segments, block, gradients, pass)
        normedLayerBackward(
            NormedLayer(
                input: pass.stream(layer),
                inverseRMS: kept.inputInverseRMS,
                gain: block.attentionNorm,
                weight: block.queryKeyValue,
                branches: branches.queryKeyValue,
                gainGradient: gradients.attentionNorm,
                weightGradient: demand.queryKeyValue ? gradients.queryKeyValue : nil,
                biasGradient: demand.biases ? gradients.additions.queryKeyValueBias : nil
            ),
            outputGradient: pass.queryKeyValueGradient,
            requested,
            pass
        )
    }

    /// From the gradient of the heads to that of queries, keys and values as the product made them.
    private func queryKeyValueBackward(
        _ layer: Int,
        _ segments: PackedSegments,
        _ block: BlockViews<WeightMatrix>,
        _ gradients: BlockViews<MatrixView>,
        _ pass: PassMemory
    ) {
        let kept = pass.block(layer)
        let attention = attention[layer]
        attention.backward(
            packed: kept.queryKeyValue,
            segments: segments,
            output: kept.attention,
            logSums: kept.logSums,
            outputGradient: pass.attentionGradient,
            packedGradient: pass.queryKeyValueGradient,
            scratch: attentionScratch
        )
        rotary[layer].rotate(
            pass.queryKeyValueGradient,
            headCount: attention.queryKeyHeadCount,
            segments: segments,
            inverse: true
        )
        guard let norm = kept.headNorm, let inputs = norm.inputs,
            let gains = block.additions.headGains,
            let gainGradients = gradients.additions.headGains
        else { return }
        // The gradient of the heads has been read; its memory holds that of one head at a time.
        rules.headNorm(attention).backward(
            inputs: inputs,
            inverseRMS: norm.inverseRMS,
            gains: gains,
            packedGradient: pass.queryKeyValueGradient,
            gainGradients: gainGradients,
            scratch: pass.attentionGradient
        )
    }

    /// The gradient of what goes into the norm before a sum; that of the stream where there is
    /// none.
    private func outputGradient(
        _ kept: NormInput?,
        _ gain: FloatView?,
        _ gainGradient: FloatView?,
        _ pass: PassMemory
    ) -> MatrixView {
        guard let kept, let gain, let gainGradient else { return pass.gradient }
        pass.secondNarrow.elements.fill(0)
        RMSNorm.backward(
            input: kept.values,
            gain: gain,
            offset: rules.gainOffset,
            inverseRMS: kept.inverseRMS,
            outputGradient: pass.gradient,
            inputGradient: pass.secondNarrow,
            gainGradient: gainGradient
        )
        return pass.secondNarrow
    }
}
