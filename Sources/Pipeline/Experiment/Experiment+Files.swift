import Datasets
import Foundation
import Recipes
import Synchronization

extension Experiment {
    /// Where a file of the recipe's data lies.
    func url(of file: String) throws -> URL {
        guard let folder = loaded.dataFolder else { throw ExperimentError.noDataFolder(file: file) }
        guard FileManager.default.fileExists(atPath: folder.path(percentEncoded: false)) else {
            throw ExperimentError.missingDataFolder(folder: folder.path(percentEncoded: false))
        }
        return folder.appending(path: file)
    }

    /// How much of every file is kept for validation; measured on are other files.
    private var shares: SplitShares {
        SplitShares(development: recipe.world.splitShares.development, test: 0)
    }

    /// Reads the documents of a source from its file.
    func read(_ settings: SourceSettings, from file: String, split: Split) throws
        -> any DocumentSource
    {
        let url = try url(of: file)
        switch settings.kind {
        case .text:
            return try TextCorpus(
                at: url,
                field: settings.field ?? "text",
                split: split,
                shares: shares
            )
        case .translation:
            return try ParallelCorpus(
                at: url,
                source: Self.side(english),
                target: Self.side(target),
                split: split,
                shares: shares
            )
        default:
            let problems = try MathReader.problems(
                at: url,
                format: settings.format ?? .gsm8k,
                language: recipe.languages[settings.language],
                solution: settings.solution
            )
            let kept = problems.inSplit(split, shares: shares)
            let source = ProblemSource(
                kept,
                requiresSolution: settings.solution != .answer,
                rows: problems.rowCounts(shares: shares)
            )
            if let rows = source.rows {
                try DatasetError.check(source.problems.count, of: rows, from: url, in: split)
            }
            return source
        }
    }

    /// The fields of parallel files have the codes of the languages.
    private static func side(_ pack: LanguagePack) -> ParallelCorpus.Side {
        let cue = pack.translationCue
        return ParallelCorpus.Side(field: pack.code, cue: "\(cue.before){text}\(cue.after)")
    }
}

/// Keeps files that several stages read, so that each is read once.
final class SourceCache: Sendable {
    private struct Key: Hashable {
        var settings: SourceSettings
        var split: Split
    }

    private let sources = Mutex<[Key: any DocumentSource]>([:])

    func source(
        of settings: SourceSettings,
        split: Split,
        read: () throws -> any DocumentSource
    ) throws -> any DocumentSource {
        var plain = settings
        plain.weight = 1
        plain.maskPrompt = true
        let key = Key(settings: plain, split: split)
        if let known = sources.withLock({ $0[key] }) { return known }
        let source = try read()
        sources.withLock { $0[key] = source }
        return source
    }
}
