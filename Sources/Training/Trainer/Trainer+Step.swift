import Foundations
import Kernels
import Transformer

extension Trainer {
    /// Does one step.
    ///
    /// - Returns: Whether the run was asked to stop after it.
    func step(_ pace: TimeEstimate, _ shouldStop: () -> Bool) throws -> Bool {
        let start = ContinuousClock.now
        let number = state.step + 1
        let part = state.step % turns.count
        let (ownLoss, tokens) = try accumulateGradients(part: part)
        let waited = try gradientSum?.finish()
        if let mask { Elementwise.multiply(engine.gradients, by: mask.view) }
        let totals = try totals(ownLoss, part: part, shouldStop)
        let (loss, norm) = (totals.loss, totals.norm)
        let rate = settings.schedule.rate(at: number)
        if loss.count > 0 {
            try update(part: part, loss: loss, norm: norm, rate: rate, number: number)
        }
        state.step = number
        state.tokens += tokens
        let seconds = start.duration(to: .now).inSeconds
        state.seconds += seconds
        try notify(
            .step(
                StepRecord(
                    step: number,
                    steps: settings.steps,
                    partition: turns[part].partition,
                    loss: loss.count > 0 ? loss.mean : nil,
                    averageLoss: state.averageLoss,
                    gradientNorm: loss.count > 0 ? norm / Double(loss.count) : 0,
                    learningRate: rate,
                    tokens: tokens,
                    countedTokens: loss.count,
                    seconds: seconds,
                    waitSeconds: waited,
                    residentBytes: ProcessMemory.residentBytes,
                    remainingSeconds: pace.remaining(after: number, of: settings.steps)
                )
            )
        )
        try look(after: number)
        return peers == nil ? shouldStop() : totals.isStopping
    }

    /// The gradients of this process over all batches of the next step.
    ///
    /// - Parameter part: What the step updates.
    /// - Returns: The summed loss of this process, and the tokens of the batches.
    /// - Throws: Errors of the data; among several ranks they wait for the next agreement.
    private func accumulateGradients(part: Int) throws -> (loss: LossSum, tokens: Int) {
        var loss = LossSum()
        var tokens = 0
        engine.clearGradients()
        gradientSum?.begin(trainedGradients, part: part)
        try attempt {
            for micro in 0..<settings.accumulation {
                let batch = try queue.batch(state.step * settings.accumulation + micro)
                tokens += batch.tokens.count
                loss += engine.accumulateGradients(
                    ModelInput(batch),
                    demand: turns[part].demand,
                    listener: micro == settings.accumulation - 1 ? sectionListener : nil
                )
            }
        }
        engine.reduceGradients()
        if let adapters, adapters.form == .materialized {
            adapters.computeGradients(from: engine.gradients, part: part)
        }
        return (loss, tokens)
    }

    /// Gradients of whole tensors are added up while the backward pass runs; those of adapters are
    /// few, and known at its end.
    private var sectionListener: (any GradientListener)? { adapters == nil ? gradientSum : nil }

    /// Updates the parameters of a part, and the average of the loss.
    ///
    /// - Parameters:
    ///   - part: What is updated.
    ///   - loss: That of the step at all ranks, which has counted a token.
    ///   - norm: The norm of the gradient of the summed loss.
    ///   - rate: The learning rate.
    ///   - number: The step, from 1.
    /// - Throws: `TrainingError.notFinite`.
    private func update(
        part: Int,
        loss: LossSum,
        norm: Double,
        rate: Double,
        number: Int
    ) throws {
        guard loss.total.isFinite else {
            throw notFinite(number, "loss", loss.mean)
        }
        guard norm.isFinite else {
            throw notFinite(number, "gradient norm", norm)
        }
        optimizer.update(
            parameters: adapters?.parameters ?? model.parameters,
            gradients: trainedGradients,
            norm: norm,
            countedTokens: loss.count,
            learningRate: rate,
            step: state.countUpdate(ofPart: part),
            part: part
        )
        try shareParameters(part: part)
        adapters?.materialize(part: part)
        let weight = 1 / Double(min(state.updates, 50))
        state.averageLoss = (state.averageLoss ?? 0) * (1 - weight) + loss.mean * weight
    }

    /// Validates and saves when it is time for it.
    private func look(after step: Int) throws {
        let isLast = step == settings.steps
        if isLast { try checkWeights() }
        let every = cadence.validationInterval
        if !validation.isEmpty, isLast || (every > 0 && step % every == 0) { try validate() }
        if isCheckpoint(step) { try save() }
    }

    /// Whether a checkpoint is written after a step, stopped or not.
    func isCheckpoint(_ step: Int) -> Bool {
        let interval = cadence.checkpointInterval
        return interval > 0 && step % interval == 0 && step < settings.steps
    }
}
