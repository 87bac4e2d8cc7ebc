import Evaluation
import MergeMethods
import Recipes

/// The setting of a model that is measured on the split of the recipe.
struct SettingChoice {
    /// The models, one for each choice of experts.
    var specifications: [ModelSpecification]
    /// Their scores on the development problems; empty when there was nothing to choose.
    var development: [Double]
    /// What is done, in one line; nil for trained models.
    var settings: String?
    /// The place among the settings of the recipe.
    var point: Int
    /// How many settings were compared.
    var searched: Int
    /// The method that a search or sentence retrieval found.
    var found: MergeMethod?
}

extension PipelineRunner {
    /// Chooses the setting with the highest mean score on the development problems over all choices
    /// of experts.
    ///
    /// Every score is a row of the database, so that a search that was interrupted goes on.
    ///
    /// - Returns: nil when it was asked to stop.
    func choose(_ model: String, _ models: ModelCache) throws -> SettingChoice? {
        let merge = experiment.recipe.merges[model]
        if let merge, let search = merge.search, case .layerSwap(let swap) = merge.points[0].method
        {
            return try self.search(search, from: swap, of: model, models)
        }
        let points = try experiment.recipe.specifications(of: model).map { experts in
            try experts.map { try withZones($0, models) }
        }
        var development: [[Double]] = points.map { _ in [] }
        if experiment.recipe.evaluation.development != nil, points.joined().count > 1 {
            let total = points.joined().count
            for (place, specifications) in points.enumerated() {
                let done = development.joined().count
                guard
                    let scores = try developmentScores(
                        of: specifications,
                        models,
                        done: done,
                        total: total
                    )
                else { return nil }
                development[place] = scores
            }
        }
        let chosen = try DevelopmentChoice(
            among: development.enumerated().map { place, scores in
                .init(name: "setting \(place + 1)", development: Self.mean(scores), test: place)
            },
            preferring: Self.choosingMetric.better
        ).index
        let written = merge?.points[chosen].method
        // Without zones by retrieval it is the method of the recipe.
        var method = written
        if case .merge(let known, _)? = points[chosen].first?.source { method = known }
        return SettingChoice(
            specifications: points[chosen],
            development: development[chosen],
            settings: method?.summary,
            point: chosen,
            searched: points.count,
            found: method == written ? nil : method
        )
    }

    /// Searches for coefficients.
    private func search(
        _ settings: SearchSettings,
        from swap: LayerSwap,
        of model: String,
        _ models: ModelCache
    ) throws -> SettingChoice? {
        var search = settings.search(
            from: swap,
            layerCount: experiment.recipe.model.layers
        )
        var best: (method: MergeMethod, scores: [Double], mean: Double)?
        var searched = 0
        let replicates = experiment.recipe.specifications(of: model).first?.count ?? 1
        while searched < settings.budget, let candidate = search.next() {
            let method = MergeMethod.layerSwap(settings.swap(swap, with: candidate))
            guard
                let scores = try developmentScores(
                    of: experiment.recipe.specifications(
                        of: model,
                        point: 0,
                        found: method
                    ),
                    models,
                    done: searched * replicates,
                    total: settings.budget * replicates
                )
            else { return nil }
            let mean = Self.mean(scores)
            search.tell(mean)
            searched += 1
            if best.map({ mean > $0.mean }) ?? true { best = (method, scores, mean) }
        }
        // The budget is at least 1, and every search has a first candidate.
        guard let best else { preconditionFailure("a search without candidates") }
        return SettingChoice(
            specifications: experiment.recipe.specifications(
                of: model,
                point: 0,
                found: best.method
            ),
            development: best.scores,
            settings: best.method.summary,
            point: 0,
            searched: searched,
            found: best.method
        )
    }

    /// The scores of one setting with each choice of experts; nil when it was asked to stop.
    private func developmentScores(
        of specifications: [ModelSpecification],
        _ models: ModelCache,
        done: Int,
        total: Int
    ) throws -> [Double]? {
        var scores: [Double] = []
        for specification in specifications {
            if try isStopping() { return nil }
            let (score, seconds) = try developmentScore(of: specification, models)
            scores.append(score)
            try attempt {
                try observer(
                    .chose(
                        model: specification.model,
                        done: done + scores.count,
                        of: total,
                        score: score,
                        seconds: seconds
                    )
                )
            }
        }
        return scores
    }

    private static func mean(_ scores: [Double]) -> Double {
        scores.reduce(0, +) / Double(max(scores.count, 1))
    }
}
