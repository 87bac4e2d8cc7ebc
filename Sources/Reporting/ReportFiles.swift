import Checkpointing
import Foundation
import Foundations
import Recipes

/// A page and its summary, which replace nothing but earlier reports.
package struct ReportFiles: Sendable {
    private let page: OutputPlace
    private let summary: OutputPlace
    private let files: [URL]

    /// Describes both files.
    ///
    /// - Parameters:
    ///   - page: The file of the page; the summary has the same name and the ending `.md`.
    ///   - runs: The folders of the runs that are reported on.
    ///   - records: Other files that are read.
    /// - Throws: `ReportError.ending` when both files would be one.
    package init(_ page: URL, of runs: [URL], reading records: [URL] = []) throws {
        let second = page.deletingPathExtension().appendingPathExtension("md")
        guard page.pathExtension.lowercased() != "md" else {
            throw ReportError.ending(path: page.shownPath)
        }
        let inputs =
            runs.flatMap { RunFolder.inputs(of: $0) } + records.map { .init("a record", $0) }
        func place(_ file: URL, _ name: String, _ isOne: @escaping @Sendable (String) -> Bool)
            -> OutputPlace
        {
            OutputPlace(
                file,
                kind: .file,
                inputs: inputs,
                mark: .file(name) { isOne(String(decoding: $0.prefix(1 << 14), as: UTF8.self)) },
                replaces: true,
                remedy: "name another file with --output"
            )
        }
        self.page = place(page, "a report") { $0.contains(Page.mark) }
        summary = place(second, "a summary") { $0.hasPrefix(MarkdownSummary.mark) }
        files = [page, second]
    }

    /// Checks, before anything is read, that both files can be written.
    ///
    /// - Throws: `OutputError`, `FolderError`, `FileError`.
    package func check() throws {
        try page.check()
        try summary.check()
    }

    /// Writes both files.
    ///
    /// - Parameters:
    ///   - html: The page.
    ///   - text: The Markdown, without the mark by which it is known.
    /// - Returns: Both files.
    /// - Throws: As `check`.
    func write(_ html: String, summary text: String) throws -> [URL] {
        try check()
        try page.writeFile(Data(html.utf8))
        try summary.writeFile(Data("\(MarkdownSummary.mark)\n\(text)".utf8))
        return files
    }
}
