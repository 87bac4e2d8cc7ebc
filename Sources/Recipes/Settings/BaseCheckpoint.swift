import Foundation
import Foundations
import MergeMethods
import RecipeDocuments
import Transformer

/// The model that exists and that a recipe takes for its base: where shape and tokenizer come from.
struct BaseCheckpoint {
    /// The folder as the recipe writes it.
    let folder: String
    /// What its `config.json` says; nil where the folder is not here, and the recipe has to say it.
    let configuration: ModelConfiguration?
    /// The place of the folder's name, for errors.
    let value: RecipeValue

    /// Looks for the base's folder; nil when the base is trained.
    ///
    /// - Parameters:
    ///   - stages: The stages as they are written.
    ///   - root: Where relative paths begin.
    /// - Throws: `RecipeError` for a folder whose `config.json` cannot be read.
    init?(in stages: RecipeValue, root: URL) throws {
        let path = [ModelPart.base.name, TrainingStageSettings.CodingKeys.checkpoint.rawValue]
        guard let value = stages.existing(path), !value.isEmpty else { return nil }
        self.value = value
        folder = try value.text("the folder of a model")
        let url = CheckpointPath.url(of: folder, root: root)
        guard FileManager.default.fileExists(atPath: url.plainPath) else {
            configuration = nil
            return
        }
        do {
            configuration = try ModelConfiguration(in: url)
        } catch {
            throw value.error("\(url.shownPath) cannot be the base: \(error)")
        }
    }

    /// What `config.json` says.
    ///
    /// - Parameter key: The key of the recipe that would say it.
    /// - Returns: The configuration.
    /// - Throws: `RecipeError` where the folder is not here.
    func required(insteadOf key: String) throws -> ModelConfiguration {
        guard let configuration else {
            throw value.error(
                "found \"\(folder)\", and there is no such folder, from which \(key) would come; "
                    + CheckpointPath.advice(stage: ModelPart.base.name)
            )
        }
        return configuration
    }

    /// Refuses what the recipe writes and the checkpoint has otherwise.
    func check<Key: DescribedKey>(
        _ reader: MappingReader<Key>,
        _ key: Key,
        has own: SettingValue
    ) throws {
        guard let written = reader.optional(key) else { return }
        let found = try key.entry.form.read(written)
        if found == own { return }
        // Files of other programs have numbers in single precision: 9.99999975e-06 is 1e-5.
        if case .number(let first) = found, case .number(let second) = own,
            abs(first - second) <= 1e-6 * abs(second)
        {
            return
        }
        throw written.error(
            "found \(found.words), but \(folder) has \(own.words); take the key out, or name another "
                + "checkpoint"
        )
    }
}

/// Folders of models that exist, as recipes name them.
package enum CheckpointPath {
    /// Where a folder lies; a relative one begins at the root of the recipe.
    package static func url(of folder: String, root: URL) -> URL {
        URL(filePath: folder, relativeTo: URL(filePath: root.path + "/")).standardizedFileURL
    }

    /// What to do about a folder that is not there.
    package static func advice(stage: String) -> String {
        "'make real-base' fetches the one of the shipped recipes; name another with "
            + "--set stages.\(stage).checkpoint=FOLDER"
    }
}

extension SettingValue {
    /// The value as messages show it.
    fileprivate var words: String {
        switch self {
        case .whole(let number): "\(number)"
        case .number(let number): NumberRange.text(of: number)
        case .boolean(let flag): "\(flag)"
        case .seed(let seed): "\(seed)"
        case .text(let text): "\"\(text)\""
        case .list(let values): "[\(values.map(\.words).joined(separator: ", "))]"
        case .named(let entries):
            entries.map { "\($0.name): \($0.value.words)" }.joined(separator: ", ")
        }
    }
}

extension RecipeValue {
    /// The value that keys lead to; nil when one of them is not there.
    fileprivate func existing(_ keys: [String]) -> RecipeValue? {
        var node = self.node
        for key in keys {
            guard case .mapping(let mapping) = node,
                let pair = mapping.first(where: { $0.key.scalar?.string == key })
            else { return nil }
            node = pair.value
        }
        return RecipeValue(node: node, path: path + keys, document: document)
    }
}
