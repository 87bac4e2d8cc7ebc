import Checkpointing
import Foundation
import Foundations
import RunRecords

/// A page of analyses that belong to no run: records of `layerswap analyze --checkpoint`.
package struct AnalysisPage {
    private let records: [Record]
    private let files: [URL]

    /// A record as a part of the page and as lines of Markdown.
    private struct Record {
        var section: Section
        var lines: [String]
    }

    /// Reads records.
    ///
    /// - Parameter files: Records of any analyses, in the order of the page.
    /// - Throws: `AnalysisFileError` for a file that is no record.
    package init(of files: [URL]) throws {
        self.files = files
        records = try files.enumerated().map { number, file in
            var record = try Self.record(of: file)
            var section = record.section
            section.identifier += "-\(number + 1)"
            section.title += " (\(file.deletingPathExtension().lastPathComponent))"
            // The last part says how a run's record is made again.
            section.content[section.content.count - 1] = Section.paragraph(
                "Record: \(file.lastPathComponent)."
            )
            record.section = section
            return record
        }
    }

    private struct Kind: Decodable {
        var analysis: AnalysisKind
    }

    private static func record(of file: URL) throws -> Record {
        let kind: AnalysisKind
        do {
            kind = try JSONDecoder().decode(Kind.self, from: InputFile.data(at: file)).analysis
        } catch {
            throw AnalysisFileError.unreadable(
                path: file.shownPath,
                reason: ErrorText.text(of: error)
            )
        }
        switch kind {
        case .change:
            let file = try ChangeFile(at: file)
            return Record(
                section: .change(file, in: ""),
                lines: AnalysisTables.change(file.result)
            )
        case .localize:
            let file = try LocalizationFile(at: file)
            return Record(
                section: .localization(file, in: ""),
                lines: [source(file.result.source), ""]
                    + file.result.models.flatMap(AnalysisTables.localization)
            )
        case .intervene:
            let file = try InterventionFile(at: file)
            return Record(
                section: .interventions(file, in: "", Wording()),
                lines: [source(file.result.source), ""]
                    + AnalysisTables.interventions(file.result, on: file.result.measured)
            )
        case .line:
            let file = try ExpertLineFile(at: file)
            return Record(
                section: .line(file, in: "", Wording()),
                lines: AnalysisTables.line(file.result)
            )
        case .representations:
            let file = try RepresentationFile(at: file)
            return Record(
                section: .representations(file, in: ""),
                lines: [source(file.result.source), ""]
                    + AnalysisTables.representations(file.result)
            )
        }
    }

    private static func source(_ text: String) -> String {
        MarkdownText.line("Read: \(text).")
    }

    /// Writes the page, its tables in Markdown beside it, and the figures where they are asked for.
    ///
    /// - Parameter place: The files; an earlier report is replaced, nothing else is.
    /// - Returns: The page, the summary, and the folder of the figures.
    /// - Throws: `OutputError`, errors of writing.
    package func write(to place: ReportFiles) throws -> [URL] {
        let page = Page(
            title: "LayerSwap: analyses of checkpoints",
            heading: "Analyses of checkpoints",
            subtitle: files.map(\.lastPathComponent).joined(separator: ", "),
            sections: records.map(\.section)
        )
        let lines = records.flatMap { record in
            ["## \(MarkdownText.line(record.section.title))", ""] + record.lines
        }
        return try place.write(
            page.html,
            summary: (["", "# Analyses of checkpoints", ""] + lines).joined(separator: "\n"),
            figures: records.map(\.section)
        )
    }
}
