import Datasets
import Evaluation
import Foundation
import Recipes
import RunRecords

/// Merges with names, which stay in the database of the run.
extension Workshop {
    /// The variants of these models, the oldest first.
    ///
    /// - Throws: `RunDatabaseError`, `RecipeError` for a setting that does not fit any more.
    func variantList() throws -> [VariantMessage] {
        let rows = try storedVariants()
        variants = try Dictionary(rows.map { ($0.name, try shape.merge($0.setting)) }) { $1 }
        return try rows.map(message)
    }

    /// Gives a setting a name; what is known of its answers is written down with it.
    ///
    /// - Throws: `StudioError.name`, `StudioError.taken`, `RunLock.Taken`, `RunDatabaseError`.
    func name(_ setting: JSONValue, _ name: String, problems count: Int) throws -> VariantMessage {
        let merge = try shape.merge(setting)
        if let problem = VariantRow.problem(ofName: name) {
            throw StudioError.name(name, problem: problem)
        }
        guard !reservedNames.contains(name) else { throw StudioError.taken(name) }
        var scores: [String: Estimate] = [:]
        for role in LanguageRole.allCases {
            let known = replies.records(of: .merge(merge), role).prefix(count)
            scores[Metric(.math, role).rawValue] = Estimate.proportion(
                of: known.map(\.strictCorrect)
            )
        }
        let row = VariantRow(
            cell: material.run?.cell ?? "",
            name: name,
            setting: try JSONValue(encoding: merge),
            scores: scores
        )
        guard try writing({ try $0.insert(row) }) else { throw StudioError.taken(name) }
        variants[name] = merge
        return try message(row)
    }

    /// Takes a name away.
    ///
    /// - Throws: `StudioError.unknownModel`, `RunLock.Taken`, `RunDatabaseError`.
    func removeVariant(_ name: String) throws -> [VariantMessage] {
        guard try writing({ try $0.removeVariant(name, of: material.run?.cell ?? "") }) else {
            throw StudioError.unknownModel(name: name, known: variants.keys.sorted())
        }
        variants[name] = nil
        return try variantList()
    }

    /// Names that stand for something else.
    private var reservedNames: [String] {
        shape.trained + (material.experiment?.recipe.modelNames ?? [])
            + [Self.soup, Self.mergeName]
    }

    private func storedVariants() throws -> [VariantRow] {
        guard let run = material.run else { return [] }
        guard FileManager.default.fileExists(atPath: run.root.path) else {
            throw StudioError.vanished(run.root.path)
        }
        let file = run.root.appending(path: RunDatabase.fileName)
        guard FileManager.default.fileExists(atPath: file.path) else { return [] }
        return try RunDatabase(reading: file).variants(of: run.cell)
    }

    /// Writes to the database of the run, as the only one who does.
    private func writing<Value>(_ body: (RunDatabase) throws -> Value) throws -> Value {
        guard let run = material.run else { throw StudioError.homeless }
        guard FileManager.default.fileExists(atPath: run.root.path) else {
            throw StudioError.vanished(run.root.path)
        }
        let lock = try RunLock(folder: run.root)
        return try withExtendedLifetime(lock) {
            try body(RunDatabase(at: run.root.appending(path: RunDatabase.fileName)))
        }
    }

    private func message(_ row: VariantRow) throws -> VariantMessage {
        func share(_ role: LanguageRole) -> ShareMessage? {
            row.scores[Metric(.math, role).rawValue].flatMap(ShareMessage.init)
        }
        let known = share(.target) ?? share(.english)
        return VariantMessage(
            name: row.name,
            setting: row.setting,
            summary: try shape.merge(row.setting).method.summary,
            made: row.created.description,
            scores: known == nil ? nil : .init(target: share(.target), english: share(.english)),
            problems: known?.of
        )
    }
}
