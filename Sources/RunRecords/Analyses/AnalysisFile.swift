import Checkpointing
import Foundation
import Foundations

/// What can be found out about a run or about checkpoints.
package enum AnalysisKind: String, Codable, CaseIterable, Sendable {
    /// How far the experts have moved from their base.
    case change
    /// Where mathematics lies in each language.
    case localize
    /// What becomes of the models when parts of them are changed.
    case intervene
    /// What the models between both experts are worth.
    case line
    /// How alike the states are for the same sentences in two languages.
    case representations

    /// Raised when the same settings would give another result.
    var version: Int {
        switch self {
        // States count by their direction since 2.
        case .representations: 2
        case .change, .localize, .intervene, .line: 1
        }
    }
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
    /// The identity of each model, by its name: of the stages that it comes from, or of its files;
    /// beside them hashes of what models are shown.
    package var inputs: [String: String]
    /// The hash of what decides the result: kind, settings and inputs.
    package var identity: ContentHash
    /// The result.
    package var result: Result

    /// The hash of what decides a result.
    ///
    /// - Throws: An encoding error when a setting is infinite or not a number.
    package static func identity(
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
            self = try JSONDecoder().decode(Self.self, from: InputFile.data(at: url))
        } catch {
            let reason = ErrorText.text(of: error)
            throw AnalysisFileError.unreadable(path: url.shownPath, reason: reason)
        }
    }

    /// The record of an analysis that was made now, by this version of the program.
    ///
    /// - Parameters:
    ///   - kind: What was analysed.
    ///   - settings: The settings.
    ///   - inputs: The identity of each model, by its name, and hashes of what they are shown.
    ///   - identity: The hash of what decides the result.
    ///   - seconds: How long it took.
    ///   - result: The result.
    package init(
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

    /// The text of the file.
    ///
    /// - Throws: An encoding error when a number is infinite or not a number.
    package func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self) + Data("\n".utf8)
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
