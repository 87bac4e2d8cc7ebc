import Recipes
import RunRecords
import Tokenization

extension PipelineRunner {
    /// Counts what the sources of training stages give, with tokens when there is a tokenizer.
    ///
    /// - Throws: `DataMeter.Failure` for a source that gives nothing; errors of the data.
    @discardableResult
    func measure(
        _ stages: [String],
        with tokenizer: Tokenizer?
    ) throws -> [SourceMeasure] {
        // Without a tokenizer nothing is to be learned of generated documents.
        let meter = DataMeter(
            experiment,
            tokenizer: tokenizer,
            form: try tokenizer.map(form) ?? .standard,
            filesOnly: tokenizer == nil
        )
        var all: [SourceMeasure] = []
        for stage in stages {
            let measured = try meter.measures(ofStage: stage)
            if tokenizer != nil { measures[stage] = measured }
            all += measured
        }
        if tokenizer != nil { all += try meter.measuresOfEvaluation() }
        return all
    }
}

extension StagePlan {
    /// The training stages of a recipe that are not finished, each once however many seeds it has.
    func untrainedStages(of recipe: Recipe) -> [String] {
        var names: [String] = []
        for entry in entries {
            guard case .training(let name) = entry.stage.work,
                let stage = recipe.replica(named: name)?.stage, !names.contains(stage)
            else { continue }
            if !entry.isSettled { names.append(stage) }
        }
        return names
    }
}
