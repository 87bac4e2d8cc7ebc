import Checkpointing
import Foundation

extension OutputPlace {
    /// The folder of a merged model.
    ///
    /// - Parameters:
    ///   - models: The models that are merged.
    ///   - files: What else is read, such as the file that describes the merge.
    ///   - folder: The folder.
    ///   - replacing: Whether a folder that an earlier merge wrote is replaced.
    package init(
        merging models: [MergeInput],
        files: [Input] = [],
        to folder: URL,
        replacing: Bool
    ) {
        self.init(
            folder,
            kind: .folder,
            inputs: models.flatMap { model in
                [Input("the model '\(model.name)'", model.folder)]
                    + (model.adapter.map { [Input("the adapter of '\(model.name)'", $0)] } ?? [])
            } + files,
            mark: .mergedModel,
            replaces: replacing,
            force: "replace it with --force when an earlier merge wrote it",
            remedy: "name another folder with --to"
        )
    }
}

extension OutputMark {
    /// A folder that `layerswap merge` has made.
    static let mergedModel = OutputMark.folder(
        "a merged model",
        stage: MergeExecutor.recordedStage,
        companions: Set(MergeModel.companions).union([
            TensorCollection.indexName, MergeExecutor.modelCardName, AdapterConfiguration.fileName,
        ]),
        nested: MergeExecutor.otherMergesName
    )
}
