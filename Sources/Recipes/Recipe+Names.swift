import RecipeDocuments
import Yams

extension Recipe {
    /// Refuses names of stages, merges and experiments that would share a folder.
    static func checkNames(of recipe: Recipe, at value: RecipeValue) throws {
        var seen: [String: String] = [:]
        func take(_ name: String, _ section: CodingKeys, _ key: String, _ what: String) throws {
            let found = "the name \"\(name)\" "
            if RunFolder.isReserved(name) {
                throw value.error(
                    in: section.rawValue,
                    at: key,
                    found + "is needed for something else in the folder of the run; choose another "
                        + "for the \(what)"
                )
            }
            if let other = seen.updateValue(name, forKey: name.lowercased()) {
                let reason =
                    other == name
                    ? "is that of another folder of the run"
                    : "and \"\(other)\" are one folder where file systems take no notice of case"
                throw value.error(
                    in: section.rawValue,
                    at: key,
                    found + "\(reason); choose another for the \(what)"
                )
            }
        }
        for stage in recipe.stages.names {
            for name in recipe.replicas(of: stage) { try take(name, .stages, stage, "stage") }
        }
        for name in recipe.merges.names { try take(name, .merges, name, "merge") }
        guard !recipe.sweep.axes.isEmpty else { return }
        for cell in recipe.sweep.cells {
            guard cell.label.utf8.count <= longestLabel else {
                throw value.error(
                    in: CodingKeys.sweep.rawValue,
                    at: nil,
                    "the values of an experiment make a folder name of \(cell.label.utf8.count) "
                        + "bytes (\(cell.label)), expected \(longestLabel) at most; sweep over "
                        + "fewer keys or shorter values"
                )
            }
            try take(cell.label, .sweep, "", "values of the sweep")
        }
    }

    /// Bytes of a name that file systems take, with room for the name of a table.
    private static let longestLabel = 200
}

extension RecipeValue {
    /// An error about a key of a mapping below this one, or about that mapping itself.
    fileprivate func error(in section: String, at key: String?, _ problem: String) -> RecipeError {
        guard case .mapping(let mapping) = node,
            let pair = mapping.first(where: { $0.key.scalar?.string == section })
        else { return error(problem) }
        let below = RecipeValue(node: pair.value, path: path + [section], document: document)
        guard let key, case .mapping(let inner) = pair.value,
            let found = inner.first(where: { $0.key.scalar?.string == key })
        else { return error(atKey: pair.key, named: section, "\(section): \(problem)") }
        return below.error(atKey: found.key, named: key, "\(section).\(key): \(problem)")
    }
}
