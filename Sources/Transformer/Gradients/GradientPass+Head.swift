import Kernels

extension GradientPass {
    /// Final norm, output head and loss over the counted rows only, a chunk of logits at a time.
    ///
    /// With gradients, the gradient of the last stream is left in `pass.gradient`.
    func head(
        _ gradients: RequestedGradients?,
        _ pass: PassMemory,
        counted: Int
    ) -> LossSum {
        let stream = pass.stream(configuration.layerCount)
        RMSNorm.forward(
            input: stream,
            gain: parameters.finalNorm,
            offset: rules.gainOffset,
            epsilon: rules.epsilon,
            output: pass.narrow,
            inverseRMS: pass.finalInverseRMS
        )
        if gradients != nil { pass.secondNarrow.elements.fill(0) }
        var loss = LossSum(total: 0, count: counted)
        var first = 0
        let most = memory.logits.rows
        let own = (counted + most - 1) / most
        for _ in 0..<(gradients?.chunks(own) ?? own) {
            let chunk = first..<min(first + most, counted)
            loss.total += headLoss(chunk, gradients, pass)
            first = chunk.upperBound
        }
        if let gradients { finalNormBackward(stream, gradients, pass) }
        return loss
    }

    /// The loss of some of the counted rows: x is the normalised stream there, z = x Wᵀ.
    ///
    /// With gradients, dW += dzᵀ x where it is asked for, and dx = dz W is left in the rows of
    /// `pass.secondNarrow`.
    private func headLoss(
        _ chunk: Range<Int>,
        _ gradients: RequestedGradients?,
        _ pass: PassMemory
    ) -> Double {
        let logits = memory.logits.rows(0..<chunk.count)
        let chosen = memory.chosen.rows(0..<chunk.count)
        for row in 0..<chunk.count {
            chosen.row(row).copy(from: pass.narrow.row(countedRows[chunk.lowerBound + row]))
        }
        products.forward(input: chosen, weight: parameters.head, output: logits)
        let loss = countedTargets.withUnsafeBufferPointer { targets in
            CrossEntropy.forwardBackward(
                logits: logits,
                targets: UnsafeBufferPointer(rebasing: targets[chunk])
            )
        }
        guard let gradients else { return loss }
        // The logits hold their gradients now.
        if gradients.demand.head {
            gradients.addWeight(
                products,
                outputGradient: logits,
                input: chosen,
                weightGradient: gradients.views.head
            )
        }
        products.backwardInput(
            outputGradient: logits,
            weight: parameters.head,
            inputGradient: chosen
        )
        for row in 0..<chunk.count {
            pass.secondNarrow.row(countedRows[chunk.lowerBound + row]).copy(from: chosen.row(row))
        }
        return loss
    }

    /// From the gradient of the normalised stream to that of the stream, which is overwritten.
    private func finalNormBackward(
        _ stream: MatrixView,
        _ gradients: RequestedGradients,
        _ pass: PassMemory
    ) {
        pass.gradient.elements.fill(0)
        RMSNorm.backward(
            input: stream,
            gain: parameters.finalNorm,
            offset: rules.gainOffset,
            inverseRMS: pass.finalInverseRMS,
            outputGradient: pass.secondNarrow,
            inputGradient: pass.gradient,
            gainGradient: gradients.views.finalNorm
        )
    }
}
