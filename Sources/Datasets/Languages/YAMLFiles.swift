import Foundation

/// Finds recipes and language packs.
package enum YAMLFiles {
    /// Every YAML file below a folder, in order of its path.
    package static func below(_ folder: URL) -> [URL] {
        let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        let files = found?.compactMap { $0 as? URL }.filter { $0.pathExtension == "yaml" } ?? []
        return files.map(\.standardizedFileURL).sorted { $0.path < $1.path }
    }

    /// The YAML files in a folder itself, in order of their names.
    package static func inside(_ folder: URL) -> [URL] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        return (names ?? []).filter { $0.hasSuffix(".yaml") }.sorted()
            .map { folder.appending(path: $0).standardizedFileURL }
    }
}
