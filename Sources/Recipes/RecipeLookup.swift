import Datasets
import Foundation
import Foundations
import RecipeDocuments

/// Finds the recipe that a name on the command line means.
package enum RecipeLookup {
    /// The folder of recipes below a package.
    package static let folderName = "Recipes"

    /// The file of a recipe: the path itself, the path with `.yaml`, or for a bare name the file of
    /// this name in `Recipes` below the working folder or the package.
    ///
    /// - Parameter name: What the user has written, such as `tiny` or `Recipes/tiny.yaml`.
    /// - Returns: The file; it may still be unreadable.
    /// - Throws: `RecipeError` with the nearest recipe when there is none.
    package static func find(_ name: String) throws -> URL {
        let url = URL(filePath: name)
        if let found = candidates(for: name).first(where: isFile) { return found }
        // A folder or an empty name has an error of its own where it is read.
        guard !name.isEmpty, !FileManager.default.fileExists(atPath: url.path) else { return url }
        throw RecipeError(
            place: url.shownPath,
            problem: "there is no readable file here" + suggestion(for: name)
        )
    }

    private static func candidates(for name: String) -> [URL] {
        guard !name.isEmpty, !name.hasSuffix("/") else { return [] }
        let names = name.hasSuffix(".yaml") ? [name] : [name, "\(name).yaml"]
        let here = names.map { URL(filePath: $0) }
        guard !name.hasPrefix("/") else { return here }
        let places = PackageRoot.places
        // 'Recipes/tiny.yaml' is found from another folder too.
        let below = places.flatMap { place in names.map { place.appending(path: $0) } }
        guard !name.contains("/") else { return here + below }
        return here
            + places.flatMap { place in
                names.map { place.appending(path: folderName).appending(path: $0) }
            }
    }

    /// Whether something that can be read as a file is there: a pipe is, a folder is not.
    private static func isFile(_ url: URL) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
            && !isFolder.boolValue
    }

    private static func suggestion(for name: String) -> String {
        let url = URL(filePath: name)
        let beside = YAMLFiles.inside(url.deletingLastPathComponent())
        let folders = PackageRoot.places.map { $0.appending(path: folderName) }
        let files = beside + folders.flatMap(YAMLFiles.below)
        let titles = files.map { $0.deletingPathExtension().lastPathComponent }
        let wanted = url.pathExtension == "yaml" ? url.deletingPathExtension() : url
        guard
            let nearest = NearestName.nearest(to: wanted.lastPathComponent, among: titles),
            let place = titles.firstIndex(of: nearest)
        else { return "; 'layerswap list recipes' shows the recipes of the package" }
        return "; did you mean \(files[place].shownPath)?"
    }
}
