import Checkpointing
import Foundation
import Foundations
import Recipes

extension RunFolder {
    /// What a run folder holds, as inputs of a command that reads the run and writes elsewhere.
    ///
    /// - Parameters:
    ///   - folder: The folder of the run.
    ///   - excluded: Names that the command writes itself.
    /// - Returns: Its parts, and the names that it may use later.
    package static func inputs(
        of folder: URL,
        excluding excluded: Set<String> = reports.union([figures])
    ) -> [OutputPlace.Input] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.plainPath)) ?? []
        return fixed.union(names.filter { isPart($0, of: folder) }).subtracting(excluded).sorted()
            .map { OutputPlace.Input("\($0) of the run", folder.appending(path: $0)) }
    }

    /// Whether something in a run folder belongs to the run: folders do, and files of its names.
    private static func isPart(_ name: String, of folder: URL) -> Bool {
        var isFolder: ObjCBool = false
        let path = folder.appending(path: name).plainPath
        let isThere = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        return (isThere && isFolder.boolValue) || isReserved(name)
    }
}
