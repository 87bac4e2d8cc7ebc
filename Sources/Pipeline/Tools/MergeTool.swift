import Foundation
import Merging
import Transformer

/// A merge of checkpoint folders that the command line describes.
package struct MergeTool {
    /// What was done.
    package struct Summary: Encodable, Sendable {
        /// The merged folder.
        package let output: String
        /// Tensors whose bytes were copied and proven equal to their source.
        package let copiedTensors: Int
        /// Tensors that were computed.
        package let computedTensors: Int
        /// SHA-256 of the weights.
        package let weights: String
    }

    private let executor: MergeExecutor

    /// Opens and compares the models and plans the merge; nothing is written.
    ///
    /// - Parameters:
    ///   - settings: The keys of a merge in a recipe with their values, as text.
    ///   - folders: The model folders by name: base, math, language. Configuration and tokenizer
    ///     come from the first.
    /// - Throws: `RecipeError` for settings, and what keeps models from being merged.
    package init(settings: [(key: String, value: String)], folders: [(name: String, URL)]) throws {
        let inputs = folders.map { MergeInput(name: $0.name, folder: $0.1) }
        let text = settings.map { "\($0.key): \($0.value)" }.joined(separator: "\n")
        let document = try RecipeDocument(text: text, file: "options of the merge")
        guard let first = folders.first else {
            throw ToolError.option("there is no model to merge")
        }
        let configuration = try ModelConfiguration(in: first.1)
        let merge = try MergeSettings(
            document.value,
            layers: configuration.layerCount,
            tiedHead: configuration.tiedEmbeddings,
            models: [LayerSwap.base, LayerSwap.math, LayerSwap.language]
        )
        executor = try MergeExecutor(merge.method, of: inputs)
    }

    /// The source of every tensor, one a line.
    package var planLines: [String] { executor.plan.lines(everyTensor: true) }

    /// The sources of layers, one line for each run of layers with the same.
    package var briefLines: [String] { executor.plan.lines() }

    /// Merges into a folder.
    ///
    /// - Throws: `FolderError` when the folder exists and may not be replaced.
    package func write(to folder: URL, replacing: Bool) throws -> Summary {
        let report = try executor.write(
            to: folder,
            replacing: replacing,
            version: ProgramVersion.current
        )
        return Summary(
            output: folder.shownPath,
            copiedTensors: report.copiedTensors,
            computedTensors: report.computedTensors,
            weights: report.weights.hexadecimal
        )
    }
}
