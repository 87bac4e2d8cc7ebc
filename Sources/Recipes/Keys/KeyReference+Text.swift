import RecipeDocuments

extension KeyReference {
    /// The sections with the names of their keys, one section on two lines.
    package static var overview: [String] {
        sections.flatMap { section in
            ["\(section.title):", "    " + section.keys.map(\.name).joined(separator: ", ")]
        }
    }

    /// What is known about something that was found, as lines for a terminal.
    package static func lines(about finding: Finding) -> [String] {
        switch finding {
        case .key(let key): lines(about: key)
        case .section(let section):
            ["\(section.title):"]
                + section.keys.map {
                    "    \($0.name): \($0.entry.help) [\($0.entry.fallback.words)]"
                }
        }
    }

    private static func lines(about key: KeySection.Key) -> [String] {
        let entry = key.entry
        var lines = ["\(key.name): \(entry.help)", "    type:     \(entry.form.typeWords)"]
        if let range = entry.form.rangeWords { lines.append("    range:    \(range)") }
        if case .required(let reason) = entry.fallback {
            lines.append("    default:  none; the key is required (\(reason))")
        } else {
            lines.append("    default:  \(entry.fallback.words)")
        }
        lines.append("    written:  \(key.paths.joined(separator: ", "))")
        lines.append("    example:  \(key.name): \(entry.example)")
        return lines
    }

    /// The reference page in Markdown.
    package static var page: String {
        var lines = [
            "# Recipe reference", "",
            "Every key of a recipe with its type, its range and its default.", "",
            "## Overview", "",
            "This page is generated from the program (`make reference`), and `layerswap help recipe "
                + "KEY` shows the",
            "same in a terminal. <doc:WritingRecipes> explains how keys work together. `NAME` stands "
                + "for a name that",
            "the recipe chooses.", "",
        ]
        for section in sections {
            lines += [
                "## \(section.title)", "", "| key | value | default | meaning |",
                "| --- | --- | --- | --- |",
            ]
            lines += section.keys.map { row(of: $0, in: section) }
            lines.append("")
        }
        lines += [
            "## Merge methods", "",
            "`method` of a merge names one of these; a key that does not apply to it is an error. A "
                + "list of values for a",
            "key makes a grid.", "",
            "| method | what it does | formula | keys |", "| --- | --- | --- | --- |",
        ]
        lines += MethodListing.all.map { method in
            let keys = method.keys.joined(separator: ", ")
            return row(["`\(method.name)`", method.summary, method.formula, keys])
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func row(of key: KeySection.Key, in section: KeySection) -> String {
        let entry = key.entry
        let range: String? =
            switch entry.form {
            case .whole, .number, .numbers: entry.form.rangeWords
            default: nil
            }
        let value = entry.form.typeWords + (range.map { " \($0)" } ?? "")
        // A key that has not all places of its section says where it stands.
        let isEverywhere = key.paths.count == section.places.count
        let place = isEverywhere ? "" : " Only in \(key.paths.joined(separator: ", "))."
        return row(["`\(key.name)`", value, entry.fallback.words, entry.help + place])
    }

    private static func row(_ cells: [String]) -> String {
        "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }
}
