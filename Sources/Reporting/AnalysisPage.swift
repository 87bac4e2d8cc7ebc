import Checkpointing
import Foundation
import Foundations
import RunRecords

/// A page of analyses that belong to no run: records of `layerswap analyze --checkpoint`.
package struct AnalysisPage {
    private let sections: [Section]
    private let files: [URL]

    /// Reads records.
    ///
    /// - Parameter files: Records of any analyses, in the order of the page.
    /// - Throws: `AnalysisFileError` for a file that is no record.
    package init(of files: [URL]) throws {
        self.files = files
        sections = try files.enumerated().map { number, file in
            var section = try Self.section(of: file)
            section.identifier += "-\(number + 1)"
            section.title += " (\(file.deletingPathExtension().lastPathComponent))"
            // The last part says how a run's record is made again.
            section.content[section.content.count - 1] = Section.paragraph(
                "Record: \(file.lastPathComponent)."
            )
            return section
        }
    }

    private struct Kind: Decodable {
        var analysis: AnalysisKind
    }

    private static func section(of file: URL) throws -> Section {
        let kind: AnalysisKind
        do {
            kind = try JSONDecoder().decode(Kind.self, from: InputFile.data(at: file)).analysis
        } catch {
            throw AnalysisFileError.unreadable(
                path: file.shownPath,
                reason: ErrorText.text(of: error)
            )
        }
        return switch kind {
        case .change: .change(try ChangeFile(at: file), in: "")
        case .localize: .localization(try LocalizationFile(at: file), in: "")
        case .intervene: .interventions(try InterventionFile(at: file), in: "")
        case .representations: .representations(try RepresentationFile(at: file), in: "")
        }
    }

    /// Writes the page, and a list of its records beside it.
    ///
    /// - Parameter place: Both files; an earlier report is replaced, nothing else is.
    /// - Returns: Both files.
    /// - Throws: `OutputError`, errors of writing.
    package func write(to place: ReportFiles) throws -> [URL] {
        let page = Page(
            title: "LayerSwap: analyses of checkpoints",
            subtitle: files.map(\.lastPathComponent).joined(separator: ", "),
            sections: sections
        )
        let list = sections.map { "- \($0.title)" }.joined(separator: "\n")
        return try place.write(page.html, summary: "\n# Analyses of checkpoints\n\n\(list)\n")
    }
}
