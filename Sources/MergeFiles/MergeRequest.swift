import Foundation
import Foundations
import MergeMethods
import Merging
import RecipeDocuments
import Recipes

/// A requested merge of checkpoint folders.
package struct MergeRequest: Sendable {
    /// How the models are merged.
    package let method: MergeMethod
    /// The models.
    package let inputs: [MergeInput]
    /// How the result is stored.
    package let storage: MergeStorage
    /// Where the result goes, when it was said.
    package let output: URL?
    /// What was read of the models' configurations on the way.
    let architectures: MergeArchitectures

    /// A merge that the command line describes.
    ///
    /// - Parameters:
    ///   - settings: The method and its settings.
    ///   - folders: The model folders by name: base, math, language. Configuration and tokenizer
    ///     come from the first.
    ///   - storage: How the result is stored.
    /// - Throws: `RecipeError` for settings; errors of reading the first configuration.
    package init(
        settings: MergeParameters,
        folders: [(name: String, folder: URL)],
        storage: MergeStorage
    ) throws {
        inputs = folders.map { MergeInput(name: $0.name, folder: $0.folder) }
        architectures = MergeArchitectures()
        method = try Self.method(settings, of: inputs, architectures)
        self.storage = storage
        output = nil
    }

    /// A merge that `provenance.json` of a merged folder describes.
    ///
    /// - Throws: `FolderError` when there is no such record.
    package init(recordedIn folder: URL) throws {
        let record = try MergeRecord(in: folder)
        architectures = MergeArchitectures()
        method = record.method
        inputs = record.inputs(of: folder)
        storage = record.storage
        output = folder
    }

    /// A merge that a file describes: one of ours (`MergeRecipe`) or mergekit's (`MergekitFile`).
    ///
    /// - Parameters:
    ///   - url: The file.
    ///   - overrides: Values to write over it, as `merge.zones.bottom=4`.
    /// - Throws: `RecipeError`; errors of reading the first model's configuration.
    package init(file url: URL, overrides: [String]) throws {
        var document = try RecipeDocument(at: url)
        for text in overrides { try document.override(text) }
        self =
            document.kind == .mergekit
            ? try MergekitFile.request(document, at: url)
            : try MergeRecipe.request(document, at: url)
    }

    /// A merge of models of one shape, stored as they are.
    ///
    /// - Parameters:
    ///   - method: How they are merged.
    ///   - inputs: The models; configuration and tokenizer come from the first.
    package init(_ method: MergeMethod, of inputs: [MergeInput]) {
        self.init(
            method: method,
            inputs: inputs,
            architectures: MergeArchitectures(),
            storage: MergeStorage(),
            output: nil
        )
    }

    /// A merge of known parts.
    init(
        method: MergeMethod,
        inputs: [MergeInput],
        architectures: MergeArchitectures,
        storage: MergeStorage,
        output: URL?
    ) {
        self.architectures = architectures
        self.method = method
        self.inputs = inputs
        self.storage = storage
        self.output = output
    }

    /// Reads a method for models whose shape is that of the first.
    static func method(
        _ settings: MergeParameters,
        of inputs: [MergeInput],
        _ architectures: MergeArchitectures
    ) throws -> MergeMethod {
        guard let first = inputs.first else {
            throw OptionError("there is no model to merge")
        }
        let architecture = try architectures.architecture(of: first, among: inputs)
        return try MergeSettings(
            settings,
            layers: architecture.layerCount,
            tiedHead: architecture.tiedHead,
            // A base that is needed and not given is missed when the models are opened.
            models: [ModelPart.base.name] + inputs.map(\.name).filter { $0 != ModelPart.base.name }
        ).method
    }
}
