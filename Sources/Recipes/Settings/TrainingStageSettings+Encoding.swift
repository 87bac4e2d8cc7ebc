extension TrainingStageSettings {
    /// Writes all settings; those about other stages only where they say something.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        if let checkpoint {
            try container.encode(checkpoint, forKey: .checkpoint)
            if oracle { try container.encode(oracle, forKey: .oracle) }
            if sequenceLength > 0 { try container.encode(sequenceLength, forKey: .sequenceLength) }
            return
        }
        try container.encodeIfPresent(from, forKey: .from)
        if seeds > 1 { try container.encode(seeds, forKey: .seeds) }
        if oracle { try container.encode(oracle, forKey: .oracle) }
        try container.encode(steps, forKey: .steps)
        try container.encode(learningRate, forKey: .learningRate)
        try container.encode(schedule, forKey: .schedule)
        try container.encode(warmup, forKey: .warmup)
        try container.encode(finalRate, forKey: .finalRate)
        try container.encode(decay, forKey: .decay)
        try container.encode(weightDecay, forKey: .weightDecay)
        try container.encode(beta1, forKey: .beta1)
        try container.encode(beta2, forKey: .beta2)
        try container.encode(epsilon, forKey: .epsilon)
        try container.encode(clip, forKey: .clip)
        try container.encode(tokensPerBatch, forKey: .tokensPerBatch)
        try container.encode(accumulation, forKey: .accumulation)
        try container.encode(sequenceLength, forKey: .sequenceLength)
        try container.encode(validateEvery, forKey: .validateEvery)
        try container.encode(validationBatches, forKey: .validationBatches)
        try container.encode(checkpointEvery, forKey: .checkpointEvery)
        try container.encode(keepCheckpoints, forKey: .keepCheckpoints)
        try container.encode(precision, forKey: .precision)
        if frozen != .float32 { try container.encode(frozen, forKey: .frozen) }
        if recompute { try container.encode(recompute, forKey: .recompute) }
        if dataParallel { try container.encode(dataParallel, forKey: .dataParallel) }
        try container.encodeIfPresent(mixture, forKey: .mixture)
        try container.encodeIfPresent(partitions, forKey: .partitions)
        try container.encodeIfPresent(freeze, forKey: .freeze)
        try container.encodeIfPresent(lora, forKey: .lora)
    }
}
