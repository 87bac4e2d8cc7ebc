import Foundation
import Merging
import Transformer

/// The models of a run that are open, so that hundreds of merges read each expert once.
final class ModelShelf {
    private let store: RunStore
    private let workspace: MergeWorkspace
    private var opened: [String: TransformerModel] = [:]

    init(store: RunStore, threads: Int) {
        self.store = store
        workspace = MergeWorkspace(threadCount: threads)
    }

    /// Loads or merges a model.
    ///
    /// - Throws: Errors of checkpoints; `MergeError` and those of the method.
    func model(of specification: ModelSpecification) throws -> TransformerModel {
        switch specification.source {
        case .checkpoint(let folder): return try model(in: folder)
        case .merge(let method, let folders):
            let experts = try folders.mapValues { try model(in: $0) }
            guard let configuration = experts.values.first?.configuration else {
                throw MergeError.missingInput(name: "language", given: [])
            }
            let architecture = CheckpointArchitecture(configuration)
            let merged = TransformerModel(zeros: configuration)
            try MergePlan(method, architecture: architecture).merge(
                experts.mapValues(\.parameters),
                into: merged.parameters,
                layout: ParameterLayout(configuration),
                workspace: workspace
            )
            return withExtendedLifetime(experts) { merged }
        }
    }

    private func model(in folder: String) throws -> TransformerModel {
        if let known = opened[folder] { return known }
        let model = try TransformerModel(at: store.folder(of: folder))
        opened[folder] = model
        return model
    }
}
