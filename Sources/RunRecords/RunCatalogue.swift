import Foundation
import Foundations
import Recipes

/// The run folders below a folder, usually `Checkpoints`.
package struct RunCatalogue: Sendable {
    /// A run that was asked for is not there.
    package enum Failure: Error, Hashable, CustomStringConvertible {
        /// No run has this name, recipe or folder.
        case unknown(name: String, folder: String, known: [String])
        /// The recipe was never run.
        case notRun(recipe: String, output: String)

        package var description: String {
            switch self {
            case .unknown(let name, let folder, let known) where known.isEmpty:
                "there is no run \"\(name)\", and none in \(folder); make one with "
                    + "'layerswap run RECIPE', or name the folder of your runs with --folder"
            case .unknown(let name, let folder, let known):
                "there is no run \"\(name)\" in \(folder)"
                    + NearestName.suggestion(for: name, among: known)
                    + "; known: \(known.joined(separator: ", "))"
            case .notRun(let recipe, let output):
                "\(recipe) was not run: \(output) holds no run; make one with "
                    + "'layerswap run \(recipe)', or name its folder if it was run with "
                    + "--set output=FOLDER"
            }
        }
    }

    /// The folder that is looked at.
    package let folder: URL

    /// Looks at a folder, which need not exist.
    package init(folder: URL) {
        self.folder = folder
    }

    /// Every run folder below, in order of its path; what lies inside of a run is a part of it.
    package func folders() -> [URL] { Self.runs(below: folder.standardizedFileURL) }

    private static func runs(below folder: URL) -> [URL] {
        if RunStore.isRun(folder) { return [folder] }
        let children = try? FileManager.default.contentsOfDirectory(
            at: folder,
            includingPropertiesForKeys: [.isDirectoryKey, .isSymbolicLinkKey],
            options: .skipsHiddenFiles
        )
        return (children ?? []).filter { child in
            let values = try? child.resourceValues(forKeys: [.isDirectoryKey, .isSymbolicLinkKey])
            if values?.isSymbolicLink == true { return RunStore.isRun(child) }
            return values?.isDirectory == true
        }.sorted { $0.lastPathComponent < $1.lastPathComponent }.flatMap(runs)
    }

    /// Each run folder in a line.
    package func summaries() -> [RunSummary] { folders().map { RunSummary(of: $0) } }

    /// The folder of the run that the user means: by the path of its folder, by the recipe's file,
    /// or by its name below the catalogue's folder.
    ///
    /// - Throws: `Failure`, and `RecipeError` when a recipe cannot be read.
    package func find(_ name: String) throws -> URL {
        let path = URL(filePath: name).standardizedFileURL
        if RunStore.isRun(path) { return path }
        if path.pathExtension == "yaml", FileManager.default.fileExists(atPath: path.path) {
            let output = try LoadedRecipe(at: URL(filePath: name)).output
            guard RunStore.isRun(output) else {
                throw Failure.notRun(recipe: name, output: output.shownPath)
            }
            return output
        }
        let below = folder.appending(path: name).standardizedFileURL
        if RunStore.isRun(below) { return below }
        let root = folder.standardizedFileURL.path
        throw Failure.unknown(
            name: name,
            folder: folder.shownPath,
            known: folders().map { run in
                run.path == root
                    ? run.shownPath : String(run.path.dropFirst(root.count).drop { $0 == "/" })
            }
        )
    }
}
