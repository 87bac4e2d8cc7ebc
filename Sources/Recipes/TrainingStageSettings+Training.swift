import Kernels
import Training

extension TrainingStageSettings {
    /// The settings as the trainer wants them.
    ///
    /// - Parameters:
    ///   - threads: The number of threads.
    ///   - precision: The numbers that linear layers multiply, which can differ from what is asked.
    ///   - seed: The seed of the first values of adapters.
    /// - Returns: What decides the trained weights, data and first weights apart.
    package func trainingSettings(
        threads: Int,
        precision: LinearPrecision,
        seed: UInt64
    ) -> TrainingSettings {
        let shape: LearningRateSchedule.Shape =
            switch schedule {
            case .cosine: .cosine
            case .linear: .linear
            case .constant: .constant
            case .warmupStableDecay:
                .warmupStableDecay(decaySteps: Int((decay * Double(steps)).rounded()))
            }
        var settings = TrainingSettings(
            steps: steps,
            schedule: LearningRateSchedule(
                shape: shape,
                peak: learningRate,
                floor: finalRate,
                warmupSteps: Int((warmup * Double(steps)).rounded()),
                totalSteps: steps
            ),
            tokensPerBatch: tokensPerBatch,
            maximumSequenceLength: sequenceLength,
            threadCount: threads
        )
        settings.precision = precision
        settings.accumulation = accumulation
        settings.restriction = restriction(seed: seed)
        settings.optimizer.beta1 = beta1
        settings.optimizer.beta2 = beta2
        settings.optimizer.epsilon = epsilon
        settings.optimizer.weightDecay = weightDecay
        settings.optimizer.gradientClip = clip > 0 ? clip : nil
        return settings
    }

    /// When the trainer validates and saves.
    package var cadence: TrainingCadence {
        var cadence = TrainingCadence()
        cadence.validationInterval = validateEvery
        cadence.checkpointInterval = checkpointEvery
        cadence.keptCheckpoints = keepCheckpoints
        return cadence
    }
}
