import Kernels
import RecipeDocuments
import Training
import Transformer

extension TrainingStageSettings {
    enum CodingKeys: String, DescribedKey {
        case checkpoint, from, seeds, oracle, steps
        case learningRate = "learning_rate"
        case schedule, warmup
        case finalRate = "final_rate"
        case decay
        case weightDecay = "weight_decay"
        case beta1, beta2, epsilon, clip
        case tokensPerBatch = "tokens_per_batch"
        case accumulation
        case sequenceLength = "sequence_length"
        case validateEvery = "validate_every"
        case validationBatches = "validation_batches"
        case checkpointEvery = "checkpoint_every"
        case keepCheckpoints = "keep_checkpoints"
        case precision, frozen, recompute
        case dataParallel = "data_parallel"
        case mixture, joins, partitions, freeze, lora

        static let places = ["training", "stages.NAME"]

        /// What says something about one stage alone has no place in `training`.
        var excludedPlaces: Set<String> {
            switch self {
            case .checkpoint, .from, .seeds, .oracle, .mixture, .joins, .partitions, .freeze,
                .lora:
                ["training"]
            default: []
            }
        }

        private static let many = 10_000_000

        var entry: KeyEntry {
            switch self {
            case .checkpoint:
                .text("the folder of a model", .absent("the stage is trained")).meaning(
                    "The folder of a model that exists, in place of training one; shape and "
                        + "tokenizer of the recipe are then those of the base's folder."
                ).written(as: "Checkpoints/models/SmolLM2-135M-Instruct")
            case .from:
                .text(
                    "the name of an earlier stage",
                    .derived("`base`; the base itself begins with random weights")
                ).meaning("The stage whose weights this one begins with.").written(as: "base")
            case .seeds:
                .whole(1...1_000, .value(1)).meaning(
                    "How often it is trained, each time on other batches."
                )
            case .oracle:
                .boolean(.value(false)).meaning(
                    "Whether the stage may read what the experiment denies all others: an upper "
                        + "bound."
                )
            case .steps:
                .whole(0...Self.many, .required("how long it is trained")).meaning(
                    "Number of optimizer steps; 0 keeps the weights that the stage begins with."
                ).written(as: "300")
            case .learningRate:
                .number(.number(1e-12...10), .required("how far a step goes")).meaning(
                    "The highest learning rate."
                ).written(as: "3e-3")
            case .schedule:
                .choice(.value(ScheduleKind.cosine)).meaning("The course of the learning rate.")
            case .warmup:
                .number(.share, .value(0.05)).meaning(
                    "Share of the steps over which the rate rises from zero."
                )
            case .finalRate:
                .number(.share, .value(0.1)).meaning(
                    "The rate at the last step as a share of the highest."
                )
            case .decay:
                .number(.share, .value(0.2)).meaning(
                    "Share of the steps over which `warmup_stable_decay` comes down."
                )
            case .weightDecay:
                .number(.number(0...10), .value(0.1)).meaning("AdamW's decay of matrices.")
            case .beta1:
                .number(NumberRange("number", 0...1, excluding: .upper), .value(0.9)).meaning(
                    "AdamW's decay of the mean gradient."
                )
            case .beta2:
                .number(NumberRange("number", 0...1, excluding: .upper), .value(0.95)).meaning(
                    "AdamW's decay of the mean squared gradient."
                )
            case .epsilon:
                .number(.number(1e-20...1), .value(1e-8)).meaning(
                    "What AdamW adds to the root of the mean squared gradient."
                )
            case .clip:
                .number(.number(0...1e9), .value(1)).meaning(
                    "The largest norm of the gradient; longer ones are scaled down to it, and 0 "
                        + "switches clipping off."
                )
            case .tokensPerBatch:
                .whole(8...Self.many, .value(4_096)).meaning("The most tokens of one batch.")
            case .accumulation:
                .whole(1...100_000, .value(1)).meaning(
                    "Batches whose gradients are added up for one optimizer step."
                )
            case .sequenceLength:
                .whole(8...1_048_576, .value(128)).meaning(
                    "The longest segment; longer documents are cut into several."
                )
            case .validateEvery:
                .whole(0...Self.many, .value(100)).meaning(
                    "Steps between two measurements of the validation loss; 0 measures at the end "
                        + "only."
                )
            case .validationBatches:
                .whole(0...100_000, .value(4)).meaning("Batches of one such measurement.")
            case .checkpointEvery:
                .whole(1...Self.many, .value(200)).meaning(
                    "Steps between two checkpoints to resume from."
                )
            case .keepCheckpoints:
                .whole(1...1_000, .value(2)).meaning("How many of these checkpoints are kept.")
            case .precision:
                .choice(.value(LinearPrecision.float32)).meaning(
                    "The number format in which linear layers multiply."
                )
            case .frozen:
                .choice(.value(LinearPrecision.float32)).meaning(
                    "The number format in which a stage with `lora` keeps the weights; bf16 "
                        + "halves their memory."
                )
            case .recompute:
                .boolean(.value(false)).meaning(
                    "Whether the activations of a block are computed again for its gradients: the "
                        + "same weights in less memory and a third more time."
                )
            case .dataParallel:
                .boolean(.value(false)).meaning(
                    "Whether all ranks that a launcher has started train the model together, each "
                        + "on its part of every batch; without a launcher it changes nothing."
                )
            case .mixture:
                .section(.absent("required without `joins` and `partitions`")).meaning(
                    "What the stage reads; `like` names an earlier stage whose mixture it begins "
                        + "with."
                ).written(as: "{english: {source: text, language: english}}")
            case .joins:
                .texts(
                    "a list of earlier stages",
                    each: "the name of an earlier stage",
                    .absent("the stage has a mixture of its own")
                ).meaning(
                    "Stages whose documents are read in one training, for as many steps as all of "
                        + "them have, unless `steps` says otherwise: joint training with their "
                        + "tokens. Each gets the share of the documents that it has of the steps."
                ).written(as: "[language, math]")
            case .partitions:
                .section(.absent("none")).meaning(
                    "Partitions whose steps take turns, each with a mixture of its own."
                ).written(as: "{inner: {train: middle, mixture: {like: math}}}")
            case .freeze:
                .special(
                    "list of parts: \(ParameterSelection.forms)",
                    .absent("everything is trained")
                ).meaning("What is not trained and keeps its bytes.").written(
                    as: "[embeddings, layers 2-5]"
                )
            case .lora:
                .section(.absent("the weights themselves are trained")).meaning(
                    "Adapters that are trained in place of the weights."
                ).written(as: "{rank: 8}")
            }
        }
    }
}
