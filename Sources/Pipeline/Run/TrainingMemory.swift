import Kernels
import Recipes
import Transformer

extension Recipe {
    /// What the most demanding of some training stages takes in memory.
    ///
    /// - Parameters:
    ///   - names: Names of models that the recipe trains.
    ///   - threads: Threads.
    /// - Returns: The model and the bytes; nil when nothing is trained.
    package func largestTraining(of names: [String], threads: Int) -> (name: String, bytes: Double)?
    {
        let estimate = MemoryEstimate(
            model.configuration(
                vocabularySize: tokenizer.vocabulary,
                beginningOfSequence: 0,
                endOfSequence: 0
            )
        )
        let trained = names.filter { stage(named: $0)?.isCheckpoint == false }
        let stages = trained.compactMap { name in
            stage(named: name).map { settings in
                (name: name, bytes: estimate.trainingBytes(settings.memory(estimate, threads)))
            }
        }
        return stages.max { $0.bytes < $1.bytes }
    }

    /// Why the training of a recipe does not fit the memory of this machine; nil when it does.
    package func memoryProblem(threads: Int) -> MemoryError? {
        do {
            try requireMemory(for: stages.names, threads: threads)
            return nil
        } catch {
            return error
        }
    }

    /// Refuses training that does not fit the memory that is free.
    func requireMemory(for names: [String], threads: Int) throws(MemoryError) {
        guard let largest = largestTraining(of: names, threads: threads) else { return }
        let width = "model.width, model.layers, training.tokens_per_batch or sequence_length"
        try AvailableMemory().require(
            largest.bytes,
            for: "training \(largest.name) on \(threads) threads",
            advice: "take fewer --threads, or lower \(width)"
        )
    }
}

extension PipelineRunner {
    /// Refuses a run whose training does not fit, before any of it begins.
    func requireMemory() throws {
        let names = plan().entries.compactMap { entry -> String? in
            guard case .training(let name) = entry.stage.work, !entry.isSettled else { return nil }
            return name
        }
        try experiment.recipe.requireMemory(for: names, threads: options.threads)
    }
}

extension TrainingStageSettings {
    /// What the training of a stage keeps in memory.
    fileprivate func memory(_ estimate: MemoryEstimate, _ threads: Int) -> MemoryEstimate.Training {
        var training = MemoryEstimate.Training(
            tokens: Double(tokensPerBatch),
            sequenceLength: Double(sequenceLength),
            threads: Double(threads)
        )
        training.precision = precision
        training.frozen = weightPrecision
        training.recomputes = recompute
        training.adapterElements = lora.map { estimate.adapterElements(rank: Double($0.rank)) }
        return training
    }
}
