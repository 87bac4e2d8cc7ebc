import Kernels

extension GradientPass {
    /// The layer that a half of a block begins with, y = norm(x) Wᵀ + b, and where its gradients
    /// go.
    struct NormedLayer {
        /// x, the residual stream.
        let input: MatrixView
        /// 1 / RMS of x.
        let inverseRMS: FloatView
        let gain: FloatView
        let weight: WeightMatrix
        let branches: LowRankBranches?
        let gainGradient: FloatView
        /// Nil where nobody asks for it.
        let weightGradient: MatrixView?
        /// Nil where nobody asks for it, or the layer has no bias.
        let biasGradient: FloatView?
    }

    /// The gradient of y = norm(x) Wᵀ + b on its way from y to x, where it is added to
    /// `pass.gradient`.
    func normedLayerBackward(
        _ layer: NormedLayer,
        outputGradient: MatrixView,
        _ requested: RequestedGradients,
        _ pass: PassMemory
    ) {
        add(outputGradient, to: layer.biasGradient)
        if layer.weightGradient != nil || layer.branches != nil {
            RMSNorm.apply(
                input: layer.input,
                gain: layer.gain,
                offset: rules.gainOffset,
                inverseRMS: layer.inverseRMS,
                output: pass.narrow
            )
            weightBackward(
                outputGradient,
                input: pass.narrow,
                layer.weightGradient,
                layer.branches,
                requested
            )
        }
        inputBackward(outputGradient, layer.weight, layer.branches, into: pass.narrow)
        RMSNorm.backward(
            input: layer.input,
            gain: layer.gain,
            offset: rules.gainOffset,
            inverseRMS: layer.inverseRMS,
            outputGradient: pass.narrow,
            inputGradient: pass.gradient,
            gainGradient: layer.gainGradient
        )
    }

    /// dx = dy W, and with adapters beside W, dx += s (dy B) A.
    func inputBackward(
        _ outputGradient: MatrixView,
        _ weight: WeightMatrix,
        _ branches: LowRankBranches?,
        into inputGradient: MatrixView
    ) {
        products.backwardInput(
            outputGradient: outputGradient,
            weight: weight,
            inputGradient: inputGradient
        )
        branches?.backwardInput(outputGradient: outputGradient, inputGradient: inputGradient)
    }

    /// dW += dyᵀ x where it is asked for, and the gradients of the adapters beside W.
    func weightBackward(
        _ outputGradient: MatrixView,
        input: MatrixView,
        _ weightGradient: MatrixView?,
        _ branches: LowRankBranches?,
        _ requested: RequestedGradients
    ) {
        if let weightGradient {
            requested.addWeight(
                products,
                outputGradient: outputGradient,
                input: input,
                weightGradient: weightGradient
            )
        }
        branches?.backwardWeights(outputGradient: outputGradient, input: input)
    }

    /// db += Σ dy over the tokens, where there is a bias whose gradient is asked for.
    func add(_ outputGradient: MatrixView, to biasGradient: FloatView?) {
        guard let biasGradient else { return }
        Bias.backward(outputGradient: outputGradient, biasGradient: biasGradient)
    }
}
