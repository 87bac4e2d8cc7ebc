import Foundation
import Foundations

/// Finds packages: folders with `Data/Languages`, beside which recipes and runs lie.
package enum PackageRoot {
    /// The folder that relative paths of a recipe begin at: the nearest folder above the recipe
    /// that holds `Data/Languages`, or the working folder.
    package static func find(from recipe: URL) -> URL {
        nearest(above: recipe) ?? working
    }

    /// The folders below which recipes, runs and models are looked for by name, nearest first: the
    /// working folder, the package around it, and the package that the program was built in.
    package static var places: [URL] {
        let around = nearest(above: working.appending(path: "recipe.yaml"))
        var places: [URL] = []
        for folder in [working, around, ofProgram].compactMap({ $0?.standardizedFileURL })
        where !places.contains(where: { $0.path == folder.path }) {
            places.append(folder)
        }
        return places
    }

    /// The nearest of the places that has language packs; the working folder when none has.
    package static var withLanguages: URL {
        places.first { FileManager.default.fileExists(atPath: languages(in: $0).path) } ?? working
    }

    /// The package that the program was built in; nil when it was moved elsewhere.
    package static var ofProgram: URL? {
        nearest(above: URL(filePath: "/proc/self/exe").resolvingSymlinksInPath())
    }

    /// The folder of the language packs below a root.
    package static func languages(in root: URL) -> URL {
        root.appending(path: "Data").appending(path: "Languages")
    }

    private static var working: URL {
        URL(filePath: FileManager.default.currentDirectoryPath)
    }

    private static func nearest(above file: URL) -> URL? {
        file.foldersAbove.first {
            FileManager.default.fileExists(atPath: languages(in: $0).path)
        }
    }
}
