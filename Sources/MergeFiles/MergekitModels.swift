import Checkpointing
import Foundation
import MergeMethods
import Merging
import RecipeDocuments
import Recipes

/// The models of a configuration file of mergekit, by names that are made from their folders.
struct MergekitModels {
    /// What an earlier merge of the same file makes.
    struct Output: Hashable {
        /// Where it is.
        var folder: URL
        /// The path that records have, seen from the merged folder.
        var recorded: String?
    }

    private enum ReferenceKeys: String, RecipeKey {
        case model, lora
        case overrideArchitecture = "override_architecture"
    }

    private enum PathKeys: String, RecipeKey { case path, revision }

    /// The folder of the file.
    let folder: URL
    /// Merges of the same file by the names that are used for them.
    let outputs: [String: Output]
    /// What was read of their configurations.
    let architectures = MergeArchitectures()
    private(set) var inputs: [MergeInput] = []

    init(folder: URL, outputs: [String: Output] = [:]) {
        self.folder = folder
        self.outputs = outputs
    }

    /// Whether there is a model that others have changed.
    var hasBase: Bool { base != nil }

    /// The model that others have changed, where there is one.
    var base: MergeInput? { inputs.first { $0.name == ModelPart.base.name } }

    /// The name of the model that a value means.
    mutating func name(_ value: RecipeValue) throws -> String {
        let model = try model(value, as: "")
        if let known = known(model) { return known }
        let stem = [model.folder, model.adapter].compactMap { $0.map(HubCache.title) }
            .joined(separator: "+")
        let taken = Set(inputs.map(\.name) + [ModelPart.base.name])
        let name =
            !taken.contains(stem)
            ? stem : (2...).lazy.map { "\(stem)-\($0)" }.first { !taken.contains($0) } ?? stem
        inputs.append(
            MergeInput(
                name: name,
                folder: model.folder,
                adapter: model.adapter,
                recordedPath: model.recordedPath
            )
        )
        return name
    }

    /// The name of a model that the file has merged already; nil for any other.
    func known(_ value: RecipeValue) throws -> String? { try known(model(value, as: "")) }

    private func known(_ model: MergeInput) -> String? {
        inputs.first { $0.folder == model.folder && $0.adapter == model.adapter }?.name
    }

    /// Takes a model as the one that others have changed.
    mutating func addBase(_ value: RecipeValue) throws {
        let model = try model(value, as: ModelPart.base.name)
        if let base {
            guard base == model else {
                throw value.error(
                    "slices have one base_model here, that of the file or of the first slice"
                )
            }
            return
        }
        inputs.insert(model, at: 0)
    }

    /// Takes the base that slices name, which is one for all.
    mutating func addBase(ofSlices slices: RecipeValue) throws {
        for slice in try slices.list("a list of slices") {
            let reader = try MappingReader(slice, keys: MergekitSlices.SliceKeys.self)
            if let base = reader.optional(.baseModel) { try addBase(base) }
        }
    }

    /// A place as seen from the file.
    func url(_ text: String) -> URL {
        URL(filePath: text, relativeTo: folder).standardizedFileURL.absoluteURL
    }

    // MARK: References

    /// The model of a reference: a path, a path and that of an adapter, or a mapping of both.
    private func model(_ value: RecipeValue, as name: String) throws -> MergeInput {
        if case .mapping = value.node { return try mapped(value, as: name) }
        let text = try value.text("the path of a model folder")
        if let output = outputs[text] { return input(output, nil, name) }
        // A folder may have a plus or an at in its name.
        if let folder = existing(text) { return MergeInput(name: name, folder: folder) }
        let parts = text.split(separator: "+", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2 else {
            throw value.error(
                "found \"\(text)\", expected MODEL or MODEL+ADAPTER; merge the adapters one by one"
            )
        }
        let adapter = try parts.dropFirst().first.map { try place($0, value, "adapter") }
        if let output = outputs[parts[0]] { return input(output, adapter, name) }
        return MergeInput(name: name, folder: try place(parts[0], value, "model"), adapter: adapter)
    }

    private func mapped(_ value: RecipeValue, as name: String) throws -> MergeInput {
        let reader = try MappingReader(value, keys: ReferenceKeys.self)
        if let other = reader.optional(.overrideArchitecture) {
            throw other.error(
                "a model has the architecture of its config.json here; change it there"
            )
        }
        func path(_ value: RecipeValue) throws -> (RecipeValue, String) {
            guard case .mapping = value.node else { return (value, try value.text("a path")) }
            let reader = try MappingReader(value, keys: PathKeys.self)
            let path = try reader.required(.path, "the path of a folder")
            let text = try path.text("a path")
            if let revision = reader.optional(.revision) {
                let name = try revision.text("a revision")
                throw revision.error(Self.revisionProblem(name, of: text))
            }
            return (path, text)
        }
        let (place, text) = try path(reader.required(.model, "the path of a model folder"))
        let adapter = try reader.optional(.lora).map { value in
            let (place, text) = try path(value)
            return try self.place(text, place, "adapter")
        }
        if let output = outputs[text] { return input(output, adapter, name) }
        return MergeInput(
            name: name,
            folder: try self.place(text, place, "model"),
            adapter: adapter
        )
    }

    private func input(_ output: Output, _ adapter: URL?, _ name: String) -> MergeInput {
        MergeInput(
            name: name,
            folder: output.folder,
            adapter: adapter,
            recordedPath: output.recorded
        )
    }

    private func place(_ text: String, _ value: RecipeValue, _ kind: String) throws -> URL {
        if let folder = existing(text) { return folder }
        if let mark = text.lastIndex(of: "@"), !text[..<mark].isEmpty {
            let revision = String(text[text.index(after: mark)...])
            throw value.error(Self.revisionProblem(revision, of: String(text[..<mark])))
        }
        let tried = places(of: text).map { $0.path(percentEncoded: false) }
        throw value.error(
            "there is no folder of the \(kind) \"\(text)\": tried \(tried.joined(separator: " and ")); "
                + HubCache.advice(for: text)
        )
    }

    /// The folder that a text means; nil where there is none.
    private func existing(_ text: String) -> URL? {
        places(of: text).first(where: isFolder) ?? HubCache.folder(of: text)
    }

    /// Where a folder may be: beside the file, or in the folder that the program was started in.
    private func places(of text: String) -> [URL] {
        let (beside, here) = (url(text), URL(filePath: text).standardizedFileURL.absoluteURL)
        return beside.path == here.path ? [beside] : [beside, here]
    }

    private static func revisionProblem(_ revision: String, of model: String) -> String {
        "the revision \"\(revision)\" is one of the Hugging Face hub; "
            + HubCache.advice(for: model, revision: revision)
    }

    private func isFolder(_ url: URL) -> Bool {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(
            atPath: url.path(percentEncoded: false),
            isDirectory: &isFolder
        )
        return exists && isFolder.boolValue
    }
}
