import Analysis
import MergeMethods
import Recipes

/// Swaps whose zones follow from what the base makes of sentences in both languages.
extension PipelineRunner {
    /// What decides about the zones of a swap besides its transitions.
    struct RetrievalKey: Hashable {
        /// The folder of the base.
        var base: String
        /// How many sentences it reads.
        var sentences: Int
    }

    /// The outer zones that a base suggests.
    struct OuterZones {
        var bottom: Int
        var top: Int
    }

    /// A model with its zones, where sentence retrieval decides about them; otherwise as it is.
    ///
    /// Where no layer brings translations nearer than another, all of them are the middle.
    ///
    /// - Throws: `AnalysisError.tooFew`, errors of checkpoints and tokenizers.
    func withZones(
        _ specification: ModelSpecification,
        _ models: ModelCache
    ) throws -> ModelSpecification {
        guard case .merge(let method, let folders) = specification.source,
            let sentences = method.neededSentences, let base = folders[ModelPart.base.name]
        else { return specification }
        let key = RetrievalKey(base: base, sentences: sentences)
        let zones =
            try outerZones[key] ?? team?.agreed { try suggestedZones(key, models) }
            ?? suggestedZones(key, models)
        outerZones[key] = zones
        return specification.merged(
            by: method.resolved(
                bottom: zones.bottom,
                top: zones.top,
                layerCount: experiment.recipe.model.layers
            )
        )
    }

    private func suggestedZones(_ key: RetrievalKey, _ models: ModelCache) throws -> OuterZones {
        let tokenizer = try tokenizer()
        let sentences = try experiment.sampleSentences(count: key.sentences).map { pair in
            (
                first: try tokenizer.sample(.text(pair.english)),
                second: try tokenizer.sample(.text(pair.target))
            )
        }
        let base = ModelSpecification(
            model: ModelPart.base.name,
            replicate: "",
            source: .checkpoint(key.base)
        )
        let found = try RepresentationAnalysis.found(
            in: models.model(of: base),
            sentences,
            threadCount: options.threads
        )
        let zones = RetrievalZones(found: found)
        return OuterZones(bottom: zones?.bottom ?? 0, top: zones?.top ?? 0)
    }
}

extension Experiment {
    /// Looks before anything is trained whether the sentences that decide about zones are there.
    ///
    /// - Throws: `ExperimentError.zonesByTestProblems`, `AnalysisError.tooFew`, errors of the data.
    func requireSentences() throws {
        let needed = recipe.merges.entries.flatMap(\.value.points).compactMap(
            \.method.neededSentences
        )
        guard let most = needed.max() else { return }
        guard sampleSplit == .development || recipe.evaluation.split == .development else {
            throw ExperimentError.zonesByTestProblems
        }
        let found = try sampleSentences(count: most).count
        guard found >= RepresentationAnalysis.fewestSentences else {
            throw AnalysisError.tooFew(
                what: "development problems that are there in both languages, for zones by "
                    + "retrieval",
                found: found,
                expected: RepresentationAnalysis.fewestSentences
            )
        }
    }
}
