import Checkpointing
import Foundation
import Foundations
import RunRecords

/// Where the record of an analysis goes, and whether one that is there serves.
package struct AnalysisTarget: Sendable {
    /// The file.
    package let url: URL
    /// Whether a record is made again although it is there.
    package let force: Bool
    /// Whether a record of other settings or inputs is replaced: those of a run are, since they can
    /// be made again from it.
    let replacesOthers: Bool
    private let kind: AnalysisKind
    private let place: OutputPlace

    /// A file that the user chose.
    ///
    /// - Parameters:
    ///   - kind: What is analysed.
    ///   - url: The file.
    ///   - force: Whether an earlier record of this kind is replaced.
    ///   - inputs: Everything that is read.
    package init(
        _ kind: AnalysisKind,
        file url: URL,
        force: Bool,
        inputs: [OutputPlace.Input]
    ) {
        self.kind = kind
        self.url = url
        self.force = force
        replacesOthers = false
        place = OutputPlace(
            url,
            kind: .file,
            inputs: inputs,
            mark: .analysis(kind),
            replaces: force,
            force: "replace an earlier record with --force",
            remedy: "name another file with --output"
        )
    }

    /// The record of a run.
    package init(_ kind: AnalysisKind, of run: AnalyzedRun, force: Bool) {
        self.kind = kind
        url = kind.file(in: run.folder)
        self.force = force
        replacesOthers = true
        place = OutputPlace(
            url,
            kind: .file,
            // The name is the run's, and an unreadable record is made again on request.
            mark: force ? OutputMark("a record") { _ in nil } : .analysis(kind),
            replaces: true,
            remedy: "make the record again with --force"
        )
    }

    /// Checks, before anything is measured, that the record can be written.
    ///
    /// - Returns: What will be replaced, in words; nil when nothing is there or what is there may
    ///   serve.
    /// - Throws: `AnalysisFileError`, `OutputError`, `FolderError`, `FileError`.
    package func check() throws -> String? {
        let exists = FileManager.default.fileExists(atPath: url.plainPath)
        guard exists, !force, !replacesOthers else {
            let replaced = try place.check()
            return replacesOthers ? nil : replaced
        }
        // It may be the very record that is wanted, which only its settings tell.
        try place.checkInputs()
        guard try OutputMark.analysis(kind).objection(url) == nil else {
            throw AnalysisFileError.exists(path: url.shownPath)
        }
        return nil
    }

    /// The record that is there, if it is of these settings and inputs; else a new one.
    ///
    /// - Parameters:
    ///   - kind: What is analysed.
    ///   - settings: The settings.
    ///   - inputs: The identities of the models by name, and hashes of what they are shown.
    ///   - make: Makes the result; gets the identity.
    /// - Returns: The record and whether it was made now.
    /// - Throws: `AnalysisFileError.exists`, what `check` and `make` throw and errors of writing.
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
        try place.check()
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
        try place.writeFile(file.json())
        return (file, true)
    }

    /// As `record`, of an analysis that keeps what it has measured so far, so that an interrupted
    /// one goes on.
    ///
    /// - Parameters:
    ///   - kind: What is analysed.
    ///   - settings: The settings.
    ///   - inputs: The identities of the models by name, and hashes of what they are shown.
    ///   - make: Makes the result; gets what is measured already.
    /// - Returns: The record and whether it was made now.
    /// - Throws: What `record` throws, and errors of the folder.
    func resumableRecord<Settings, Result>(
        _ kind: AnalysisKind,
        _ settings: Settings,
        _ inputs: [String: String],
        make: (FinishedProbes) throws -> Result
    ) throws -> (file: AnalysisFile<Settings, Result>, isNew: Bool) {
        try record(kind, settings, inputs) { identity in
            let folder = url.deletingLastPathComponent()
            let finished = try FinishedProbes(kind, in: folder, identity: identity)
            let result = try make(finished)
            finished.remove()
            return result
        }
    }
}

extension OutputMark {
    /// A record of an analysis, with whatever settings.
    fileprivate static func analysis(_ kind: AnalysisKind) -> OutputMark {
        .file("a record of 'layerswap analyze \(kind.rawValue)'") { data in
            let fields = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any]
            return fields?["analysis"] as? String == kind.rawValue
                && fields?["identity"] is String && fields?["settings"] != nil
        }
    }
}
