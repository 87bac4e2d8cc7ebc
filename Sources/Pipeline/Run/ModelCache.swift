import Foundation
import MergeMethods
import Merging
import Recipes
import RunRecords
import Transformer

/// The models of a run that are open, so that hundreds of merges read each expert once.
package final class ModelCache {
    /// The folder of a model by its name.
    private let place: (_ name: String) throws -> URL
    private let workspace: MergeWorkspace
    private var opened: [String: TransformerModel] = [:]
    private var gathered: [StatisticsKey: ModelStatistics] = [:]
    /// Sequences of the data that the model of a folder was trained on.
    private let sequences: (_ folder: String, _ count: Int) throws -> [ModelInput]

    private struct StatisticsKey: Hashable {
        var folder: String
        var kind: DataWeightedAverage.Kind
        var sequences: Int
    }

    init(
        store: RunStore,
        threads: Int,
        sequences: @escaping (_ folder: String, _ count: Int) throws -> [ModelInput]
    ) {
        place = store.modelFolder
        self.sequences = sequences
        workspace = MergeWorkspace(threadCount: threads)
    }

    /// The models of some folders; methods that ask the models' data have none to ask.
    ///
    /// - Parameters:
    ///   - folders: The folders by the names of the models.
    ///   - threads: Threads that compute.
    package init(folders: [String: URL], threads: Int) {
        place = { name in
            guard let folder = folders[name] else {
                throw MergeError.missingInput(name: name, given: folders.keys.sorted())
            }
            return folder
        }
        sequences = { _, _ in throw MergeError.missingStatistics(method: "a mean weighted by data")
        }
        workspace = MergeWorkspace(threadCount: threads)
    }

    /// Loads or merges a model.
    ///
    /// - Throws: Errors of checkpoints; `MergeError` and those of the method.
    package func model(of specification: ModelSpecification) throws -> TransformerModel {
        switch specification.source {
        case .checkpoint(let folder): return try model(in: folder)
        case .merge(let method, let folders):
            let experts = try folders.mapValues { try model(in: $0) }
            guard let configuration = experts.values.first?.configuration else {
                throw MergeError.missingInput(name: ModelPart.language.name, given: [])
            }
            let architecture = CheckpointArchitecture(configuration)
            let merged = TransformerModel(zeros: configuration)
            let layout = ParameterLayout(configuration)
            let parameters = experts.mapValues(\.parameters)
            var method = method
            if method.needsChanges {
                method = method.resolved(
                    by: try ChangeProfile(
                        parameters,
                        architecture: architecture,
                        layout: layout,
                        workspace: workspace
                    )
                )
            }
            try MergePlan(method, architecture: architecture).merge(
                parameters,
                into: merged.parameters,
                layout: layout,
                statistics: try statistics(for: method, of: folders),
                workspace: workspace
            )
            return withExtendedLifetime(experts) { merged }
        }
    }

    /// What the data of the models say, gathered once for each of them.
    private func statistics(
        for method: MergeMethod,
        of folders: [String: String]
    ) throws -> [String: ModelStatistics] {
        guard let (kind, count) = method.statistics else { return [:] }
        return try folders.mapValues { folder in
            let key = StatisticsKey(folder: folder, kind: kind, sequences: count)
            if let known = gathered[key] { return known }
            let model = try model(in: folder)
            let sequences = try sequences(folder, count)
            let statistics =
                kind == .fisher
                ? try ModelStatistics.fisher(of: model, on: sequences)
                : try ModelStatistics.inputProducts(of: model, on: sequences)
            gathered[key] = statistics
            return statistics
        }
    }

    private func model(in folder: String) throws -> TransformerModel {
        if let known = opened[folder] { return known }
        let model = try TransformerModel(at: place(folder))
        opened[folder] = model
        return model
    }
}
