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
        let kept = pass.block(layer)
        let branches = branches[layer]
        let outputGradient = outputGradient(
            kept.feedForwardOutput,
            block.additions.feedForwardOutputNorm,
            gradients.additions.feedForwardOutputNorm,
            pass
        )
        products.backwardInput(
            outputGradient: outputGradient,
            weight: block.down,
            inputGradient: pass.hidden
        )
        branches.down?.backwardInput(
            outputGradient: outputGradient,
            inputGradient: pass.hidden
        )
        // Afterwards `hidden` holds the gated layer again and `gateUp` its gradients.
        rules.gateBackward(kept.gateUp, outputGradient: pass.hidden)
        branches.down?.backwardWeights(outputGradient: outputGradient, input: pass.hidden)
        if demand.down {
            requested.addWeight(
                products,
                outputGradient: outputGradient,
                input: pass.hidden,
                weightGradient: gradients.down
            )
        }
        if demand.biases {
            add(outputGradient, to: gradients.additions.downBias)
            add(kept.gateUp, to: gradients.additions.gateUpBias)
        }
        if demand.gateUp || branches.gateUp != nil {
            RMSNorm.apply(
                input: kept.middle,
                gain: block.feedForwardNorm,
                offset: rules.gainOffset,
                inverseRMS: kept.middleInverseRMS,
                output: pass.narrow
            )
            if demand.gateUp {
                requested.addWeight(
                    products,
                    outputGradient: kept.gateUp,
                    input: pass.narrow,
                    weightGradient: gradients.gateUp
                )
            }
            branches.gateUp?.backwardWeights(outputGradient: kept.gateUp, input: pass.narrow)
        }
        products.backwardInput(
            outputGradient: kept.gateUp,
            weight: block.gateUp,
            inputGradient: pass.narrow
        )
        branches.gateUp?.backwardInput(outputGradient: kept.gateUp, inputGradient: pass.narrow)
        RMSNorm.backward(
            input: kept.middle,
            gain: block.feedForwardNorm,
            offset: rules.gainOffset,
            inverseRMS: kept.middleInverseRMS,
            outputGradient: pass.narrow,
            inputGradient: pass.gradient,
            gainGradient: gradients.feedForwardNorm
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
        let input = pass.stream(layer)
        let outputGradient = outputGradient(
            kept.attentionOutput,
            block.additions.attentionOutputNorm,
            gradients.additions.attentionOutputNorm,
            pass
        )
        if demand.attentionOutput {
            requested.addWeight(
                products,
                outputGradient: outputGradient,
                input: kept.attention,
                weightGradient: gradients.attentionOutput
            )
        }
        if demand.biases { add(outputGradient, to: gradients.additions.attentionOutputBias) }
        products.backwardInput(
            outputGradient: outputGradient,
            weight: block.attentionOutput,
            inputGradient: pass.attentionGradient
        )
        if let branch = branches.attentionOutput {
            branch.backwardInput(
                outputGradient: outputGradient,
                inputGradient: pass.attentionGradient
            )
            branch.backwardWeights(outputGradient: outputGradient, input: kept.attention)
        }
        queryKeyValueBackward(layer, segments, block, gradients, pass)
        if demand.biases {
            add(pass.queryKeyValueGradient, to: gradients.additions.queryKeyValueBias)
        }
        if demand.queryKeyValue || branches.queryKeyValue != nil {
            RMSNorm.apply(
                input: input,
                gain: block.attentionNorm,
                offset: rules.gainOffset,
                inverseRMS: kept.inputInverseRMS,
                output: pass.narrow
            )
            if demand.queryKeyValue {
                requested.addWeight(
                    products,
                    outputGradient: pass.queryKeyValueGradient,
                    input: pass.narrow,
                    weightGradient: gradients.queryKeyValue
                )
            }
            branches.queryKeyValue?.backwardWeights(
                outputGradient: pass.queryKeyValueGradient,
                input: pass.narrow
            )
        }
        products.backwardInput(
            outputGradient: pass.queryKeyValueGradient,
            weight: block.queryKeyValue,
            inputGradient: pass.narrow
        )
        branches.queryKeyValue?.backwardInput(
            outputGradient: pass.queryKeyValueGradient,
            inputGradient: pass.narrow
        )
        RMSNorm.backward(
            input: input,
            gain: block.attentionNorm,
            offset: rules.gainOffset,
            inverseRMS: kept.inputInverseRMS,
            outputGradient: pass.narrow,
            inputGradient: pass.gradient,
            gainGradient: gradients.attentionNorm
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

    private func add(_ outputGradient: MatrixView, to biasGradient: FloatView?) {
        guard let biasGradient else { return }
        Bias.backward(outputGradient: outputGradient, biasGradient: biasGradient)
    }
}
