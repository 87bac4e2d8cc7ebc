import Checkpointing
import Foundation
import Merging
import RecipeDocuments
import Recipes
import Yams

/// Several merges in one file of mergekit, of which one uses what another makes (`mergekit-multi`).
///
/// Each document is a merge. One without a name is the last one, or, where all have names, the last
/// one that no other uses. Its result is the merged model; those of the others are kept in the
/// folder `merges` of it, by their names.
package struct MergekitSeries {
    /// One merge.
    private struct Step {
        let document: RecipeDocument
        /// The name, or the path under which others find it.
        let name: String?
        /// The names of the merges that it uses.
        let uses: [String]
    }

    /// The folder of the other merges in that of the merged model.
    package static let folderName = MergeExecutor.otherMergesName

    private let url: URL
    /// In the order in which they are made.
    private let steps: [Step]
    /// Where the result goes, when the file says so.
    package let output: URL?

    /// Reads a file; nil when it holds one document or is none of mergekit's.
    ///
    /// - Throws: `RecipeError` for names that are not there or lead in a circle.
    package init?(file url: URL) throws {
        guard let documents = try? RecipeDocument.several(at: url), documents.count > 1,
            documents.contains(where: { $0.kind == .mergekit })
        else { return nil }
        self.url = url
        let names = try documents.map(Self.name)
        for (index, name) in names.enumerated() {
            guard let first = names.firstIndex(of: name), first < index else { continue }
            throw documents[index].value.error(
                name.map { "two merges are named \"\($0)\"" }
                    ?? "two merges have no name; give each but the last one a name"
            )
        }
        let known = Set(names.compactMap { $0 })
        let all = zip(documents, names).map { document, name in
            Step(
                document: document,
                name: name,
                uses: Self.models(in: document.root).filter(known.contains)
            )
        }
        let used = Set(all.flatMap(\.uses))
        guard
            let last = all.first(where: { $0.name == nil })
                ?? all.last(where: { step in step.name.map { !used.contains($0) } ?? false })
        else { throw documents[0].value.error("every merge of the file uses another one of it") }
        let others = all.filter { $0.name != last.name }
        steps = try Self.sorted(others + [last])
        if case .mapping(let mapping) = last.document.root,
            let path = mapping[Node(MergekitFile.Keys.outPath.rawValue)]?.scalar?.string
        {
            output =
                URL(filePath: path, relativeTo: url.deletingLastPathComponent())
                .standardizedFileURL
        } else {
            output = nil
        }
    }

    private static func name(_ document: RecipeDocument) throws -> String? {
        guard document.kind == .mergekit else {
            throw document.value.error(
                "expected merge_method in each of several documents of one file"
            )
        }
        let reader = try MappingReader(document.value, keys: MergekitFile.Keys.self)
        if let value = reader.optional(.name) {
            let name = try value.text("the name of the merge")
            guard RecipeValue.isName(name) else {
                throw value.error("found \"\(name)\", expected letters, digits, - and _")
            }
            return name
        }
        return try reader.optional(.outPath)?.text("the folder of the merge")
    }

    /// The texts that may mean models, without adapters.
    private static func models(in node: Node) -> [String] {
        switch node {
        case .scalar(let scalar):
            return scalar.string.split(separator: "+").prefix(1).map(String.init)
        case .sequence(let sequence): return sequence.flatMap(models)
        case .mapping(let mapping):
            return mapping.flatMap { key, value -> [String] in
                let own = [MergekitFile.Keys.name, .outPath].map(\.rawValue)
                return own.contains(key.scalar?.string ?? "") ? [] : models(in: value)
            }
        case .alias: return []
        }
    }

    /// The steps so that each comes after those which it uses.
    private static func sorted(_ steps: [Step]) throws -> [Step] {
        var rest = steps
        var sorted: [Step] = []
        while !rest.isEmpty {
            let done = Set(sorted.compactMap(\.name))
            guard let next = rest.firstIndex(where: { $0.uses.allSatisfy(done.contains) }) else {
                throw rest[0].document.value.error(
                    "the merge uses \(rest[0].uses.map { "\"\($0)\"" }.joined(separator: ", ")), "
                        + "which leads back to it"
                )
            }
            sorted.append(rest.remove(at: next))
        }
        return sorted
    }

    // MARK: Doing it

    /// A merge and the lines of its plan.
    package struct Plan: Sendable {
        /// The name, as people read it.
        package let title: String
        /// The source of every tensor, or why it is not known yet.
        package let lines: [String]
        /// The same for other programs; nil where it is not known yet.
        package let tensors: [MergeTool.PlannedTensor]?
    }

    /// Opens all models and plans every merge; nothing is written.
    ///
    /// A model that is not there yet is stood for by the first one that it is made of, which has
    /// its shape. Where it has not, only its own plan is known.
    ///
    /// - Parameters:
    ///   - threads: How many threads there are.
    ///   - everyTensor: Whether each tensor has a line.
    /// - Returns: The plans in the order in which the merges are made.
    /// - Throws: `RecipeError`, and what keeps models from being merged.
    package func plans(threads: Int, everyTensor: Bool) throws -> [Plan] {
        var plans: [Plan] = []
        try forEachRequest { step, request, missing in
            let title = step.name ?? "the merged model"
            guard let request else {
                let names = missing.joined(separator: ", ")
                plans.append(
                    Plan(title: title, lines: ["planned when \(names) is there"], tensors: nil)
                )
                return false
            }
            let tool = try MergeTool(request, threads: threads)
            plans.append(
                Plan(
                    title: title,
                    lines: everyTensor ? tool.planLines : tool.briefLines,
                    tensors: tool.plannedTensors
                )
            )
            return tool.keepsLayers
        }
        return plans
    }

    /// Where the merged model goes, checked against every model that the file names.
    ///
    /// - Throws: `RecipeError`, and errors of reading configurations.
    package func place(of folder: URL, replacing: Bool) throws -> OutputPlace {
        var inputs: [MergeInput] = []
        try forEachRequest { _, request, _ in
            inputs += request?.inputs ?? []
            return request != nil
        }
        return OutputPlace(
            merging: inputs,
            files: [.init("the file of the merge", url)],
            to: folder,
            replacing: replacing
        )
    }

    /// Reads every merge in its turn.
    ///
    /// A model that is not there yet is stood for by the first one that it is made of, which has
    /// its shape.
    ///
    /// - Parameter body: Gets a merge, what it asks for, and the models that it misses; what it
    ///   asks for is nil where it misses any. Says whether its first model has the shape of its
    ///   result.
    /// - Throws: `RecipeError`, errors of reading configurations, and what `body` throws.
    private func forEachRequest(
        _ body: (Step, MergeRequest?, _ missing: [String]) throws -> Bool
    ) throws {
        var outputs: [String: MergekitModels.Output] = [:]
        for step in steps {
            let missing = step.uses.filter { outputs[$0] == nil }
            let request =
                missing.isEmpty
                ? try MergekitFile.request(step.document, at: url, outputs: outputs) : nil
            guard try body(step, request, missing), let name = step.name, let request,
                let first = request.inputs.first
            else { continue }
            let folder = try first.modelFolder(among: request.inputs)
            outputs[name] = MergekitModels.Output(folder: folder)
        }
    }

    /// Merges one after the other.
    ///
    /// - Parameters:
    ///   - folder: The merged model.
    ///   - replacing: Whether an existing folder is replaced.
    ///   - threads: How many threads there are.
    ///   - progress: Called at every step.
    /// - Returns: What was done, for every merge by its name; the last one is the merged model.
    /// - Throws: What keeps models from being merged, `OutputError`, `FileError`.
    package func write(
        to folder: URL,
        replacing: Bool,
        threads: Int,
        progress: (MergeProgress) throws -> Void
    ) throws -> [MergeTool.Summary] {
        try place(of: folder, replacing: replacing).createFolder { partial in
            try fill(
                partial,
                of: folder,
                replacing: replacing,
                threads: threads,
                progress: progress
            )
        }
    }

    private func fill(
        _ partial: URL,
        of folder: URL,
        replacing: Bool,
        threads: Int,
        progress: (MergeProgress) throws -> Void
    ) throws -> [MergeTool.Summary] {
        let place = partial.appending(path: Self.folderName)
        var summaries: [MergeTool.Summary] = []
        var names: [String: String] = [:]
        for (index, step) in steps.enumerated() {
            let isLast = index == steps.count - 1
            let outputs = names.mapValues { name in
                MergekitModels.Output(
                    folder: place.appending(path: name),
                    recorded: isLast ? "\(Self.folderName)/\(name)" : "../\(name)"
                )
            }
            let request = try MergekitFile.request(step.document, at: url, outputs: outputs)
            // Only now are all of its models known.
            let read = request.inputs.filter { $0.recordedPath == nil }
            try OutputPlace(merging: read, to: folder, replacing: replacing).check()
            let tool = try MergeTool(request, threads: threads, progress: progress)
            if isLast {
                summaries.append(try tool.fill(partial, of: folder, progress: progress))
            } else if let name = step.name {
                // A path is named by its last part.
                let stem = URL(filePath: name).lastPathComponent
                let taken = Set(names.values)
                let own = taken.contains(stem) ? "\(stem)-\(index)" : stem
                names[name] = own
                let summary = try tool.write(
                    to: place.appending(path: own),
                    replacing: false,
                    progress: progress
                )
                summaries.append(
                    summary.at(folder.appending(path: Self.folderName).appending(path: own))
                )
            }
        }
        return summaries
    }
}
