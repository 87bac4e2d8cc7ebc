import Analysis
import Checkpointing
import Foundation

/// What can be found out about a run or about checkpoints.
package enum AnalysisKind: String, Codable, CaseIterable, Sendable {
    /// How far the experts have moved from their base.
    case change
    /// Where mathematics lies in each language.
    case localize
    /// What becomes of the models when parts of them are changed.
    case intervene
    /// How alike the states are for the same sentences in two languages.
    case representations

    /// Raised when the same settings would give another result.
    var version: Int { 1 }
}

/// The record of an analysis: the result and all that is needed to make it again.
package struct AnalysisFile<
    Settings: Codable & Hashable & Sendable,
    Result: Codable & Hashable & Sendable
>: Codable, Hashable, Sendable {
    /// What was analysed.
    package var analysis: AnalysisKind
    /// The version of the program.
    package var version: String
    /// When.
    package var created: Timestamp
    /// How long it took, in seconds.
    package var seconds: Double
    /// The settings.
    package var settings: Settings
    /// The identity of each model, by its name: of the stages that it comes from, or of its files.
    package var inputs: [String: String]
    /// The hash of what decides the result: kind, settings and inputs.
    package var identity: ContentHash
    /// The result.
    package var result: Result

    /// The hash of what decides a result.
    static func identity(
        _ kind: AnalysisKind,
        _ settings: Settings,
        _ inputs: [String: String]
    ) throws -> ContentHash {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let facts = AnalysisFacts(
            kind: kind,
            version: kind.version,
            settings: settings,
            inputs: inputs
        )
        return ContentHash.of(try encoder.encode(facts))
    }

    /// Reads a record.
    ///
    /// - Throws: `AnalysisFileError`.
    package init(at url: URL) throws {
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: url))
        } catch {
            throw AnalysisFileError.unreadable(path: url.shownPath, reason: "\(error)")
        }
    }

    init(
        _ kind: AnalysisKind,
        settings: Settings,
        inputs: [String: String],
        identity: ContentHash,
        seconds: Double,
        result: Result
    ) {
        analysis = kind
        version = ProgramVersion.current
        created = Timestamp()
        self.seconds = seconds
        self.settings = settings
        self.inputs = inputs
        self.identity = identity
        self.result = result
    }

    /// Writes the record in place of an earlier one.
    func write(to url: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try AtomicFile.write(encoder.encode(self) + Data("\n".utf8), to: url)
    }
}

/// What decides the result of an analysis.
private struct AnalysisFacts<Settings: Encodable>: Encodable {
    var kind: AnalysisKind
    var version: Int
    var settings: Settings
    var inputs: [String: String]
}

/// Why the record of an analysis cannot be used.
package enum AnalysisFileError: Error, CustomStringConvertible {
    /// It is not there or not of this form.
    case unreadable(path: String, reason: String)
    /// Another record is there, which nobody asked to replace.
    case exists(path: String)

    package var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "\(path) is no record of this analysis (\(reason)); make it again with --force"
        case .exists(let path):
            "\(path) exists; nothing was changed. Remove it, name another file with --output, or "
                + "replace it with --force"
        }
    }
}

/// Where the record of an analysis goes, and whether one that is there serves.
package struct AnalysisTarget: Sendable {
    /// The file.
    package let url: URL
    /// Whether a record is made again although it is there.
    package let force: Bool
    /// Whether a record of other settings or inputs is replaced: those of a run are, since they can be
    /// made again from it.
    let replacesOthers: Bool

    /// A file of somebody's choice.
    package init(file url: URL, force: Bool) {
        self.url = url
        self.force = force
        replacesOthers = false
    }

    /// The record of a run.
    package init(_ kind: AnalysisKind, of run: AnalyzedRun, force: Bool) {
        url = Self.url(of: kind, in: run.folder)
        self.force = force
        replacesOthers = true
    }

    /// Where a run folder has the record of an analysis.
    package static func url(of kind: AnalysisKind, in folder: URL) -> URL {
        folder.appending(path: "analysis").appending(path: "\(kind.rawValue).json")
    }

    /// The record that is there, if it is of these settings and inputs; else a new one.
    ///
    /// - Parameters:
    ///   - kind: What is analysed.
    ///   - settings: The settings.
    ///   - inputs: The identities of the models by name.
    ///   - make: Makes the result; gets the identity.
    /// - Returns: The record and whether it was made now.
    /// - Throws: `AnalysisFileError.exists`, what `make` throws and errors of writing.
    func record<Settings, Result>(
        _ kind: AnalysisKind,
        _ settings: Settings,
        _ inputs: [String: String],
        make: (ContentHash) throws -> Result
    ) throws -> (file: AnalysisFile<Settings, Result>, isNew: Bool) {
        typealias File = AnalysisFile<Settings, Result>
        let identity = try File.identity(kind, settings, inputs)
        let exists = FileManager.default.fileExists(atPath: url.path(percentEncoded: false))
        if exists, !force {
            let known = try? File(at: url)
            if let known, known.identity == identity { return (known, false) }
            guard replacesOthers else { throw AnalysisFileError.exists(path: url.shownPath) }
        }
        let start = ContinuousClock.now
        let result = try make(identity)
        let file = File(
            kind,
            settings: settings,
            inputs: inputs,
            identity: identity,
            seconds: start.duration(to: .now).inSeconds,
            result: result
        )
        try file.write(to: url)
        return (file, true)
    }
}
