import Checkpointing
import Foundation
import Foundations
import Recipes

/// A page, its summary and, where asked for, its figures as files of their own; they replace nothing
/// but earlier ones.
package struct ReportFiles: Sendable {
    private let page: OutputPlace
    private let summary: OutputPlace
    private let files: [URL]
    private let folder: URL?
    private let inputs: [OutputPlace.Input]

    /// Describes both files.
    ///
    /// - Parameters:
    ///   - page: The file of the page; the summary has the same name and the ending `.md`.
    ///   - figures: The folder of the figures; nil when they are not written.
    ///   - runs: The folders of the runs that are reported on.
    ///   - records: Other files that are read.
    /// - Throws: `ReportError.ending` when both files would be one.
    package init(
        _ page: URL,
        figures: URL? = nil,
        of runs: [URL],
        reading records: [URL] = []
    ) throws {
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
        folder = figures
        self.inputs = inputs
    }

    /// Checks, before anything is read, that both files can be written.
    ///
    /// - Throws: `OutputError`, `FolderError`, `FileError`.
    package func check() throws {
        try page.check()
        try summary.check()
    }

    /// Writes all files.
    ///
    /// - Parameters:
    ///   - html: The page.
    ///   - text: The Markdown, without the mark by which it is known.
    ///   - sections: The sections of the page, of which the figures are written.
    /// - Returns: The page, the summary, and the folder of the figures.
    /// - Throws: As `check`.
    func write(_ html: String, summary text: String, figures sections: [Section]) throws -> [URL] {
        try check()
        let figures = folder.map { folder in
            Section.figures(of: sections).map { name, svg in
                let url = folder.appending(path: name)
                return (place: place(ofFigure: url), svg: svg)
            }
        }
        for figure in figures ?? [] { try figure.place.check() }
        try page.writeFile(Data(html.utf8))
        try summary.writeFile(Data("\(MarkdownSummary.mark)\n\(text)".utf8))
        for figure in figures ?? [] { try figure.place.writeFile(Data(figure.svg.utf8)) }
        return files + (folder.map { [$0] } ?? [])
    }

    private func place(ofFigure url: URL) -> OutputPlace {
        OutputPlace(
            url,
            kind: .file,
            inputs: inputs,
            mark: .file("a figure", ChartSheet.isSheet),
            replaces: true,
            remedy: "name another folder with --figures"
        )
    }
}
