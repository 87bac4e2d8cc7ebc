import Kernels
import Transformer

/// Makes the parts of a trainer that settings and model decide.
struct TrainerSetup {
    let model: TransformerModel
    /// With the precision in which weights stay that have adapters beside them.
    let settings: TrainingSettings
    /// The tensors of each turn.
    let parts: [TrainedPart]
    let pool: WorkerPool
    /// Adapters that are trained in place of the weights; nil without LoRA.
    let adapters: LoRAAdapters?
    private let peers: (any ModelPeers)?

    /// Starts the threads, and takes the memory of adapters.
    ///
    /// - Throws: `TrainingError.setting` for a restriction that the model cannot have.
    init(
        model: TransformerModel,
        settings: TrainingSettings,
        peers: (any ModelPeers)?
    ) throws {
        self.model = model
        self.peers = peers
        let restriction = settings.restriction ?? TrainingRestriction()
        let parts = try restriction.parts(of: model.layout)
        let pool = WorkerPool(threadCount: settings.threadCount)
        self.parts = parts
        self.pool = pool
        var settings = settings
        settings.frozen = model.precision == .float32 ? nil : model.precision
        self.settings = settings
        adapters = restriction.lora.map { lora in
            LoRAAdapters(
                model: model,
                settings: lora,
                parts: parts.map(\.entries),
                seed: restriction.seed,
                pool: pool,
                form: LoRAAdapters.form(for: model)
            )
        }
    }

    /// What computes losses and gradients.
    ///
    /// - Parameter recomputes: Whether activations are recomputed in place of being kept.
    /// - Returns: The engine, with all its memory.
    /// - Throws: `OneDNN.Unavailable` for bfloat16 where it cannot be had.
    func engine(recomputes: Bool) throws -> GradientEngine {
        var options = GradientEngine.Options()
        options.precision = settings.precision
        options.recomputes = recomputes
        options.adapters = adapters?.besideWeights
        options.trained = parts.flatMap(\.entries)
        if let peers { options.process = (peers.rank, peers.count) }
        return try GradientEngine(
            model: model,
            pool: pool,
            maximumTokens: settings.tokensPerBatch,
            maximumSegmentLength: settings.maximumSequenceLength,
            options: options
        )
    }

    /// AdamW over the adapters of each turn, or over its tensors where there are none.
    func optimizer() -> Optimizer {
        Optimizer(
            parts: parts.enumerated().map { part, trained in
                adapters?.tensors(ofPart: part) ?? trained.entries.map(Optimizer.Tensor.init)
            },
            settings: settings.optimizer,
            pool: pool,
            sections: sections,
            peers: peers
        )
    }

    /// What adds up the gradients of all ranks; nil without other ranks.
    func gradientSum(for optimizer: Optimizer) -> GradientSum? {
        peers.map { GradientSum(optimizer.shards, sectionCount: sections.count, peers: $0) }
    }

    /// What the steps of each turn update, and the gradients that they need.
    var turns: [Trainer.Turn] {
        parts.map { part in
            let isWhole = part.entries.count == model.layout.entries.count
            return Trainer.Turn(
                partition: part.name,
                demand: isWhole ? nil : demand(for: part.entries)
            )
        }
    }

    private func demand(for entries: [ParameterLayout.Entry]) -> GradientDemand {
        adapters?.form == .beside
            ? GradientDemand(adaptersOf: entries, of: model.configuration)
            : GradientDemand(entries, of: model.configuration)
    }

    /// The runs of what is trained whose gradients are complete one after the other; those of
    /// adapters are complete together.
    private var sections: [Range<Int>] {
        adapters.map { [0..<$0.parameters.count] } ?? model.layout.sections
    }
}
