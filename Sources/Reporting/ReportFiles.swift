import Checkpointing
import Foundation
import Pipeline

/// Writes a page and its summary, and replaces nothing but earlier reports.
enum ReportFiles {
    /// Writes both files.
    ///
    /// - Parameters:
    ///   - html: The page.
    ///   - summary: The Markdown, without the mark by which it is known.
    ///   - page: The file of the page; the summary has the same name and the ending `.md`.
    /// - Returns: Both files.
    /// - Throws: `ReportError.exists`, errors of writing.
    static func write(_ html: String, summary: String, to page: URL) throws -> [URL] {
        let second = page.deletingPathExtension().appendingPathExtension("md")
        for (file, mark) in [(page, Page.mark), (second, MarkdownSummary.mark)]
        where FileManager.default.fileExists(atPath: file.path) {
            let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
            guard text.contains(mark) else { throw ReportError.exists(path: file.shownPath) }
        }
        try AtomicFile.write(Data(html.utf8), to: page)
        try AtomicFile.write(Data("\(MarkdownSummary.mark)\n\(summary)".utf8), to: second)
        return [page, second]
    }
}
