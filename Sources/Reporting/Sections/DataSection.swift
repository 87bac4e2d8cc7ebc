import Foundations
import RunRecords

extension Section {
    /// What the sources of the training stages gave; nil when nothing is known of them.
    static func data(_ run: RunArtifacts) -> Section? {
        guard let table = dataTable(run) else { return nil }
        return Section(
            identifier: "data",
            title: "Data",
            content: [
                table.markup(
                    caption: "Documents and tokens of each source; of a generated source the "
                        + "first documents stand for all. Left out are questions with their "
                        + "replies that are longer than a sequence"
                )
            ]
        )
    }

    /// The counts of every source, each once however many experiments read it.
    static func dataTable(_ run: RunArtifacts) -> DataTable? {
        var seen: Set<SourceMeasure> = []
        let measures = run.experiments.flatMap(\.data).filter { seen.insert($0).inserted }
        guard !measures.isEmpty else { return nil }
        return DataTable(
            [
                "source", "part", "file", "rows", "documents", "tokens", "left out",
                "with chat symbols",
            ],
            rows: measures.map { measure in
                let left = (measure.tokens?.tooLong ?? 0) + (measure.rows?.unsolved ?? 0)
                return [
                    measure.name, measure.split.rawValue, measure.file ?? "generated",
                    measure.rows.map { NumberText.grouped($0.rows) } ?? "",
                    NumberText.grouped(measure.documents),
                    measure.tokens.map { NumberText.grouped($0.count) } ?? "",
                    NumberText.grouped(left), NumberText.grouped(measure.symbols),
                ]
            },
            names: 3
        )
    }
}
