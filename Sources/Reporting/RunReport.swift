import Foundation

/// The report of one run: a page for the browser and a summary in Markdown.
package struct RunReport {
    private let run: RunArtifacts

    /// A report of what a run has left on disk.
    package init(_ run: RunArtifacts) { self.run = run }

    /// The page.
    package var html: String {
        Page(
            title: "LayerSwap: \(run.recipe.name)",
            subtitle: run.recipe.purpose ?? "",
            sections: sections
        ).html
    }

    private var sections: [Section] {
        var sections: [Section?] = [
            .overview(run), .effectMap(run), .setting(run), .headline(run), .tables(run),
            .gains(run), .examples(run), .zones(run),
        ]
        for experiment in run.experiments where experiment.hasAnalysis {
            sections += [
                experiment.change.map { .change($0, in: experiment.name) },
                experiment.localization.map { .localization($0, in: experiment.name) },
                experiment.interventions.map { .interventions($0, in: experiment.name) },
                experiment.line.map { .line($0, in: experiment.name) },
                experiment.representations.map { .representations($0, in: experiment.name) },
            ]
        }
        if !run.experiments.contains(where: \.hasAnalysis) {
            sections.append(
                Section(
                    identifier: "analysis",
                    title: "Why it works",
                    content: [
                        Section.source(
                            "Not analysed yet. Which layers changed, where mathematics lies and what "
                                + "depends on it is shown here after",
                            command: "layerswap analyze \(run.folder.lastPathComponent)"
                        )
                    ]
                )
            )
        }
        sections += [.data(run), .learning(run), .cost(run), .reproduction(run)]
        return unique(sections.compactMap { $0 })
    }

    /// Sections of several experiments have names of their own.
    private func unique(_ sections: [Section]) -> [Section] {
        var seen: [String: Int] = [:]
        return sections.map { section in
            var section = section
            seen[section.identifier, default: 0] += 1
            if let count = seen[section.identifier], count > 1 { section.identifier += "-\(count)" }
            return section
        }
    }

    /// Writes the page, and the summary beside it.
    ///
    /// - Parameter files: Both files; an earlier report is replaced, nothing else is.
    /// - Returns: Both files.
    /// - Throws: `OutputError`, errors of writing.
    package func write(to files: ReportFiles) throws -> [URL] {
        try files.write(html, summary: MarkdownSummary(run).text)
    }
}
