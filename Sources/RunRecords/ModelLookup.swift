import Checkpointing
import Foundation
import Foundations

/// Finds the model that a name on the command line means.
package enum ModelLookup {
    /// A name means no model.
    package enum Failure: Error, Hashable, CustomStringConvertible {
        /// The name has no letters, and would mean the working folder.
        case empty
        /// The folder holds a run, whose models are known by their paths.
        case run(path: String, models: [String], likely: String?)
        /// Nothing has this name.
        case unknown(name: String, places: String, nearest: String?)

        package var description: String {
            switch self {
            case .empty:
                "the name of a model is empty; name its folder, or RUN/MODEL such as tiny/math. If "
                    + "the name came from a variable, that is not set"
            case .run(let path, let models, _) where models.isEmpty:
                "\(path) is the folder of a run that has no models yet, and is no model"
            case .run(let path, let models, let likely):
                "\(path) is the folder of a run and no model"
                    + (likely.map { "; did you mean \(path)/\($0)?" } ?? ";")
                    + " Its models: \(models.prefix(12).joined(separator: ", "))"
                    + (models.count > 12 ? ", …" : "")
            case .unknown(let name, let places, let nearest):
                "there is no model \"\(name)\" here or in \(places)"
                    + (nearest.map { "; did you mean \($0)?" }
                        ?? (HubCache.isName(name) ? "; \(HubCache.advice(for: name))" : ""))
            }
        }
    }

    /// The folder or file of a model: the path itself, its path in `Checkpoints` or in the package,
    /// or the copy of a model of the Hugging Face hub in that hub's cache.
    ///
    /// - Parameters:
    ///   - name: What the user has written, such as `tiny/math` or `Checkpoints/tiny/math`.
    ///   - role: The model of a run that is probably meant when the run itself is named.
    /// - Returns: What lies there; it is not opened.
    /// - Throws: `Failure`; `CheckpointReference.Changed` for a model that a run only refers to.
    package static func find(_ name: String, role: String = "math") throws -> URL {
        let runs = RunCatalogue.standard.places
        let others = runs.flatMap { [$0, $0.deletingLastPathComponent()] }
            .map { $0.appending(path: name) }
        let places = [URL(filePath: name)] + (name.hasPrefix("/") ? [] : others)
        return try first(of: places + [HubCache.folder(of: name)].compactMap { $0 }, name, role)
    }

    /// As `find`, for commands that record the path as it was written: it is looked for here alone.
    package static func inPlace(_ name: String, role: String) throws -> URL {
        try first(of: [URL(filePath: name)], name, role)
    }

    private static func first(of places: [URL], _ name: String, _ role: String) throws -> URL {
        guard !name.isEmpty else { throw Failure.empty }
        let found = places.first { FileManager.default.fileExists(atPath: $0.path) }
        guard let found else {
            throw Failure.unknown(
                name: name,
                places: RunCatalogue.standard.shownPlaces,
                nearest: nearest(to: name)
            )
        }
        if !isModel(found), RunStore.isRun(found) {
            let models = models(ofRun: found)
            let likely = NearestName.nearest(to: role, among: models) ?? models.first
            throw Failure.run(path: found.shownPath, models: models, likely: likely)
        }
        try CheckpointReference.check(found)
        return found
    }

    /// The models of a run by their paths below it, those of a sweep's experiments included.
    package static func models(ofRun run: URL) -> [String] {
        children(of: run).flatMap { child -> [String] in
            let folder = run.appending(path: child)
            if isModel(folder) { return [child] }
            guard RunStore.isRun(folder) else { return [] }
            return children(of: folder).filter { isModel(folder.appending(path: $0)) }
                .map { "\(child)/\($0)" }
        }
    }

    private static func children(of folder: URL) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
    }

    private static func isModel(_ folder: URL) -> Bool {
        ["config.json", "adapter_config.json"].contains {
            FileManager.default.fileExists(atPath: folder.appending(path: $0).path)
        }
    }

    /// The nearest model beside the path, or of any run.
    private static func nearest(to name: String) -> String? {
        let url = URL(filePath: name)
        let folder = url.deletingLastPathComponent()
        let beside = children(of: folder).filter { isModel(folder.appending(path: $0)) }
        if let near = NearestName.nearest(to: url.lastPathComponent, among: beside) {
            return folder.appending(path: near).shownPath
        }
        let all = RunCatalogue.standard.folders().flatMap { run in
            models(ofRun: run).map { run.appending(path: $0).shownPath }
        }
        let ends = all.map { $0.split(separator: "/").suffix(2).joined(separator: "/") }
        let end = name.split(separator: "/").suffix(2).joined(separator: "/")
        return NearestName.nearest(to: end, among: ends).flatMap { found in
            ends.firstIndex(of: found).map { all[$0] }
        }
    }
}
