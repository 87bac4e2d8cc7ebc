import Checkpointing
import Datasets
import Foundation
import Foundations
import Recipes
import RunRecords
import Tokenization
import Training
import Transformer

extension PipelineRunner {
    /// Trains a stage or goes on with it.
    ///
    /// - Returns: The seconds it took in all, or nil when it was asked to stop before its end.
    func train(_ name: String, _ entry: StagePlan.Entry) throws -> Double? {
        guard let replica = experiment.recipe.replica(named: name),
            let settings = experiment.recipe.effective(stage: replica.stage)
        else { preconditionFailure("there is no training stage \(name)") }
        let stage = entry.stage
        for line in try LeakCheck.lines(for: replica.stage, of: experiment) {
            try observer(.proven(line))
        }
        let tokenizer = try tokenizer()
        let work = store.workFolder(of: name)
        let threads = try prepare(work, entry)
        let precision = settings.precision.orFallback
        if let reason = precision.reason {
            try observer(.fellBack(stage: name, reason: reason))
        }
        let meeting = settings.dataParallel ? options.meeting : nil
        let terms = ModelMeeting.Terms(threads: threads, precision: precision.precision)
        let trainer = try trainer(of: stage, name, terms, at: meeting)
        let metrics = work.appending(path: "metrics.jsonl")
        let log = MetricsLog(at: metrics)
        let observer = observer
        let summary = try trainer.run(
            observer: { event in
                try log.record(event)
                try observer(.training(stage: name, event))
            },
            shouldStop: shouldStop
        )
        guard summary.isComplete else { return nil }
        try observer(.trained(stage: name, summary))
        let end = ContinuousClock.now
        try finish(
            stage,
            since: end,
            earlier: summary.seconds,
            threads: threads,
            ranks: meeting?.peers.count,
            data: measures[replica.stage]
        ) { folder in
            try write(trainer, tokenizer, in: folder)
            try provenance(of: stage).write(in: folder)
            if InputFile.exists(metrics) {
                try AtomicFile.write(
                    InputFile.data(at: metrics),
                    to: folder.appending(path: metrics.lastPathComponent)
                )
            }
        }
        // The moments of a large model would fill the disk, run by run.
        try trainer.discardStates()
        return summary.seconds
    }

    /// What trains a stage, when all ranks of a meeting have it; nil for this process alone.
    private func trainer(
        of stage: Stage,
        _ name: String,
        _ terms: ModelMeeting.Terms,
        at meeting: ModelMeeting?
    ) throws -> Trainer {
        guard let meeting else { return try trainer(of: stage, name, terms, nil) }
        try meeting.open(terms)
        // The others look at the recipe first.
        try meeting.agreed {}
        return try meeting.agreed { try self.trainer(of: stage, name, terms, meeting.peers) }
    }

    /// Writes a trained model with its tokenizer, which `transformers` and llama.cpp can ask.
    private func write(_ trainer: Trainer, _ tokenizer: Tokenizer, in folder: URL) throws {
        try trainer.write(to: folder)
        try tokenizer.write(toModelFolder: folder)
        try writeHubTokenizer(
            tokenizer,
            positions: trainer.model.configuration.maximumPositions,
            in: folder
        )
    }

    /// Makes a stage together with rank 0, which alone writes into its folder.
    ///
    /// - Parameters:
    ///   - name: The name of the stage, a training or an evaluation.
    ///   - meeting: Where all ranks meet.
    ///   - terms: How all of them compute.
    ///   - observer: Gets the events of this rank.
    ///   - shouldStop: Asked within every step, and between parts of other stages.
    /// - Throws: What keeps this rank from going on, `PeerFailure` when it is another.
    package func join(
        _ name: String,
        at meeting: ModelMeeting,
        _ terms: ModelMeeting.Terms,
        observer: @escaping (PipelineEvent) throws -> Void,
        shouldStop: @escaping () -> Bool
    ) throws {
        guard let stage = stages.first(where: { $0.name == name }) else {
            preconditionFailure("there is no stage \(name)")
        }
        self.observer = observer
        self.shouldStop = shouldStop
        if case .evaluation(let model) = stage.work {
            return try joinEvaluation(of: model, at: meeting)
        }
        let trainer = try meeting.agreed {
            try self.trainer(of: stage, name, terms, meeting.peers)
        }
        _ = try trainer.run(
            observer: { try observer(.training(stage: name, $0)) },
            shouldStop: shouldStop
        )
    }

    /// What trains a stage from the results of its inputs.
    private func trainer(
        of stage: Stage,
        _ name: String,
        _ terms: ModelMeeting.Terms,
        _ peers: (any ModelPeers)?
    ) throws -> Trainer {
        guard let replica = experiment.recipe.replica(named: name),
            let settings = experiment.recipe.effective(stage: replica.stage)
        else { preconditionFailure("there is no training stage \(name)") }
        let tokenizer = try tokenizer()
        let model =
            try experiment.recipe.beginning(of: name).map {
                try TransformerModel(
                    at: store.modelFolder(of: $0),
                    precision: settings.weightPrecision
                )
            } ?? freshModel(for: tokenizer)
        let stream = Self.stream(of: replica)
        return try Trainer(
            model: model,
            settings: settings.trainingSettings(
                threads: terms.threads,
                precision: terms.precision,
                seed: experiment.recipe.seed
            ),
            cadence: settings.cadence,
            batches: batches(settings, tokenizer, split: .train, name: stream).map(\.source),
            validation: validation(settings, tokenizer, name: replica.stage),
            identity: stage.identity.hexadecimal,
            checkpointFolder: store.workFolder(of: name),
            recomputes: settings.recompute,
            peers: peers
        )
    }

    /// Marks the folder of work with what is made in it, and returns the number of threads.
    ///
    /// Another number of threads adds up in another order, so that a stage that goes on keeps its
    /// own, wherever it goes on.
    private func prepare(_ work: URL, _ entry: StagePlan.Entry) throws -> Int {
        if case .resume = entry.action, let threads = RunStore.record(in: work)?.threads {
            if threads != options.threads {
                try observer(.keptThreads(stage: entry.stage.name, threads: threads))
            }
            return threads
        }
        try Folder.make(at: work)
        let record = StageRecord(
            stage: entry.stage.name,
            identity: entry.stage.identity,
            facts: entry.stage.facts,
            seconds: 0,
            outputs: [:],
            threads: options.threads
        )
        try RunStore.write(record, in: work)
        return options.threads
    }

    /// The name of the data of a replica: the first of several reads what it would read alone.
    static func stream(of replica: (stage: String, number: Int)) -> String {
        replica.number == 1 ? replica.stage : "\(replica.stage) \(replica.number)"
    }

    private func freshModel(for tokenizer: Tokenizer) throws -> TransformerModel {
        let configuration = experiment.recipe.model.configuration(
            vocabularySize: tokenizer.vocabularySize,
            beginningOfSequence: tokenizer.beginningOfSequence,
            endOfSequence: tokenizer.endOfSequence
        )
        return TransformerModel(configuration: configuration, seed: experiment.recipe.seed)
    }

    /// The batches of a stage, or those of each of its partitions with their names.
    package func batches(
        _ settings: TrainingStageSettings,
        _ tokenizer: Tokenizer,
        split: Split,
        name: String
    ) throws -> [(partition: String?, source: BatchSource)] {
        try settings.reads.map { partition, mixture in
            let source = try BatchSource(
                mixture: experiment.mixture(mixture, split: split),
                tokenizer: tokenizer,
                format: form(for: tokenizer),
                tokensPerBatch: settings.tokensPerBatch,
                maximumSequenceLength: settings.sequenceLength,
                // Models of different seeds are watched on the same batches.
                seed: split == .train ? experiment.recipe.seed : 0,
                name: partition.map { "\(name)/\($0)" } ?? name
            )
            return (partition, source)
        }
    }

    /// The first sequences that a trained model has seen, one model input each batch.
    func trainingSequences(of name: String, count: Int) throws -> [ModelInput] {
        guard let replica = experiment.recipe.replica(named: name),
            let settings = experiment.recipe.effective(stage: replica.stage),
            let source = try batches(
                settings,
                tokenizer(),
                split: .train,
                name: Self.stream(of: replica)
            ).first?.source
        else { return [] }
        var inputs: [ModelInput] = []
        var found = 0
        var step = 0
        while found < count {
            let batch = try source.batch(step: step)
            let input = ModelInput(batch).firstSegments(count - found)
            found += input.segmentOffsets.count - 1
            inputs.append(input)
            step += 1
        }
        return inputs
    }

    private func validation(
        _ settings: TrainingStageSettings,
        _ tokenizer: Tokenizer,
        name: String
    ) throws -> [ValidationSet] {
        guard settings.validationBatches > 0 else { return [] }
        let sources = try batches(
            settings,
            tokenizer,
            split: .development,
            name: "\(name) validation"
        )
        return try sources.map { partition, source in
            ValidationSet(
                name: partition ?? "validation",
                batches: try source.fixedBatches(count: settings.validationBatches)
            )
        }
    }

    /// Where the result of a stage comes from.
    func provenance(of stage: Stage) throws -> Provenance {
        let inputs = stages.filter { stage.inputs.contains($0.name) }.map { input in
            Provenance.Input(name: input.name, path: "../\(input.name)", hash: input.identity)
        }
        return Provenance(
            version: ProgramVersion.current,
            stage: stage.name,
            seed: experiment.recipe.seed,
            inputs: inputs,
            recipe: stage.facts
        )
    }
}
