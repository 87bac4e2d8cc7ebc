import Foundation

/// The report of one run: a page for the browser and a summary in Markdown.
package struct RunReport {
    private let run: RunArtifacts

    /// A report of what a run has left on disk.
    package init(_ run: RunArtifacts) { self.run = run }

    /// The page.
    package var html: String { html(sections) }

    private func html(_ sections: [Section]) -> String {
        Page(
            title: "LayerSwap: \(run.recipe.name)",
            heading: run.recipe.name,
            subtitle: run.recipe.purpose ?? "",
            facts: facts,
            sections: sections
        ).html
    }

    /// What a reader has to know before the result.
    private var facts: [String] {
        let wording = Wording(run.recipe.languages)
        let seeds = Set(run.groups.map(\.table.seeds)).sorted()
        return [
            "\(wording.english) → \(wording.target)",
            "\(run.recipe.model.layers) layers of width \(run.recipe.model.width)",
            seeds == [1] ? "one seed" : "\(Format.list(seeds.map(String.init))) seeds",
            "\(run.recipe.evaluation.split.rawValue) problems",
        ]
    }

    /// The result first, then why, then what was run.
    private var sections: [Section] {
        let wording = Wording(run.recipe.languages)
        var sections: [Section?] = [
            .effectMap(run), .setting(run), .headline(run), .examples(run), .zones(run),
            .gains(run), .tables(run),
        ]
        for experiment in run.experiments where experiment.hasAnalysis {
            sections += [
                experiment.change.map { .change($0, in: experiment.name) },
                experiment.localization.map { .localization($0, in: experiment.name) },
                experiment.interventions.map { .interventions($0, in: experiment.name, wording) },
                experiment.line.map { .line($0, in: experiment.name, wording) },
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
        sections += [
            .learning(run), .data(run), .cost(run), .overview(run), .reproduction(run),
        ]
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

    /// Writes the page, the summary beside it, and the figures where they are asked for.
    ///
    /// - Parameter files: The files; an earlier report is replaced, nothing else is.
    /// - Returns: The page, the summary, and the folder of the figures.
    /// - Throws: `OutputError`, errors of writing.
    package func write(to files: ReportFiles) throws -> [URL] {
        let sections = sections
        return try files.write(
            html(sections),
            summary: MarkdownSummary(run).text,
            figures: sections
        )
    }
}
