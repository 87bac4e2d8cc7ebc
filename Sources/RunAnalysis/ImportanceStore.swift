import Analysis
import Checkpointing
import Foundation
import Recipes
import Transformer

/// Keeps the importance scores of a run's model, so that sets are cut at other shares, and used in
/// interventions, without showing the model its samples again.
struct ImportanceStore {
    private let url: URL
    private let model: String

    /// - Parameters:
    ///   - name: The model.
    ///   - run: The run, whose folder keeps the scores.
    /// - Throws: `AnalyzedRun.Failure`.
    init(for name: String, of run: AnalyzedRun) throws {
        url = run.folder.appending(path: RunFolder.analysis).appending(path: "importance")
            .appending(path: "\(name).safetensors")
        model = try run.identity(of: name)
    }

    /// Scores of one language, beside the record of a checkpoint.
    ///
    /// - Parameters:
    ///   - language: The language.
    ///   - checkpoint: The checkpoint.
    ///   - record: The record; the scores lie in a folder of its name.
    init(for language: String, of checkpoint: OpenedCheckpoint, beside record: URL) {
        let name = record.deletingPathExtension().lastPathComponent + ".norms"
        url = record.deletingLastPathComponent().appending(path: name)
            .appending(path: "\(checkpoint.name)-\(language).safetensors")
        model = checkpoint.identity
    }

    /// The stored scores, if they are of these samples; else new ones, which are stored.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - prompts: What it is shown.
    ///   - groups: The groups of samples.
    ///   - gather: Makes the scores.
    /// - Returns: The scores.
    /// - Throws: What `gather` throws, and errors of writing.
    func scores(
        of model: TransformerModel,
        _ prompts: [PromptSet],
        groups: Int,
        gather: () throws -> ImportanceScores
    ) throws -> ImportanceScores {
        let facts = "\(self.model)\n\(groups)\n\(Self.hash(prompts))"
        let identity = ContentHash.of(text: facts).hexadecimal
        // A file that cannot be read is made again.
        if FileManager.default.fileExists(atPath: url.path),
            let known = try? ImportanceScores(at: url, identity: identity, model: model)
        {
            return known
        }
        let made = try gather()
        try Folder.make(at: url.deletingLastPathComponent())
        try made.write(to: url, identity: identity)
        return made
    }

    /// The hash of texts.
    static func hash(of texts: [String]) -> String {
        ContentHash.of(text: texts.joined(separator: "\n")).hexadecimal
    }

    /// The hash of the samples of each language, under a name that no model has.
    static func inputs(_ prompts: [PromptSet]) -> [String: String] {
        Dictionary(prompts.map { ("samples \($0.language)", hash([$0])) }) { first, _ in first }
    }

    /// The hash of samples.
    static func hash(_ prompts: [PromptSet]) -> String {
        let text = prompts.map { prompt in
            let samples = (prompt.mathematics + [[]] + prompt.other).map { sample in
                sample.map(String.init).joined(separator: " ")
            }
            return "\(prompt.language)\n" + samples.joined(separator: "\n")
        }
        return ContentHash.of(text: text.joined(separator: "\n\n")).hexadecimal
    }
}
