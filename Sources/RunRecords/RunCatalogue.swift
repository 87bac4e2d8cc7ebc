import Datasets
import Foundation
import Foundations
import Recipes

/// The run folders below one or more folders, usually `Checkpoints`.
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
                "there is no run \"\(name)\", and none in \(folder); start one with "
                    + "'layerswap run RECIPE', or name the folder of your runs with --folder"
            case .unknown(let name, let folder, let known):
                "there is no run \"\(name)\" in \(folder)"
                    + NearestName.suggestion(for: name, among: known)
                    + "; known: \(known.joined(separator: ", "))"
            case .notRun(let recipe, let output):
                "\(recipe) was not run: \(output) holds no run; start one with "
                    + "'layerswap run \(recipe)', or name its folder if it was run with "
                    + "--set output=FOLDER"
            }
        }
    }

    /// The folders that are searched, in this order.
    package let places: [URL]

    /// Searches one folder, which need not exist.
    package init(folder: URL) { places = [folder] }

    private init(places: [URL]) { self.places = places }

    /// Searches `Checkpoints` below the working folder, the package around it and the package of
    /// the program.
    package static var standard: RunCatalogue {
        let folders = PackageRoot.places.map { $0.appending(path: RunFolder.standardParent) }
        // A folder that is not there is named only when no other is.
        let found = folders.filter { FileManager.default.fileExists(atPath: $0.path) }
        return RunCatalogue(places: found.isEmpty ? Array(folders.prefix(1)) : found)
    }

    /// The places in words: `Checkpoints or ../layerswap/Checkpoints`.
    package var shownPlaces: String { places.map(\.shownPath).joined(separator: " or ") }

    /// Every run folder below, in order of its path; what lies inside of a run is a part of it.
    package func folders() -> [URL] { places.flatMap { Self.runs(below: $0.standardizedFileURL) } }

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

    /// The folder of the run that a name means: the path of its folder, the recipe's file, or its
    /// path below one of the places or beside it, as in `tiny` and `Checkpoints/tiny`.
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
        for place in places {
            let below = place.appending(path: name).standardizedFileURL
            if RunStore.isRun(below) { return below }
        }
        for place in places where name.hasPrefix("\(place.lastPathComponent)/") {
            let beside = place.deletingLastPathComponent().appending(path: name)
            if RunStore.isRun(beside) { return beside.standardizedFileURL }
        }
        throw Failure.unknown(name: name, folder: shownPlaces, known: places.flatMap(names))
    }

    /// The names of the runs below a place.
    private func names(below place: URL) -> [String] {
        let root = place.standardizedFileURL
        return Self.runs(below: root).map { run in
            run.path == root.path
                ? run.shownPath : String(run.path.dropFirst(root.path.count).drop { $0 == "/" })
        }
    }
}
