import Analysis
import Foundations
import RunAnalysis

/// States of models as lines of text.
struct RepresentationLines {
    private let result: RepresentationTool.Result

    init(_ result: RepresentationTool.Result) { self.result = result }

    /// A table for each model with a row for each place.
    var lines: [String] {
        result.models.flatMap { model -> [String] in
            let codes = model.record.languages
            let table = TextTable(
                header: [
                    "behind", "cosine", "shuffled", "CKA", "shuffled",
                    "found \(codes[0])→\(codes[1])", "\(codes[1])→\(codes[0])",
                    "lens on \(codes[1]): \(codes[0])", codes[1],
                ],
                rows: model.record.places.map(row),
                rightAligned: Set(1..<9)
            )
            return ["\n\(model.model), \(model.record.sentences) sentences in both languages"]
                + table.lines + zones(model.record)
        }
    }

    /// The zones that the states suggest for a layer swap.
    private func zones(_ record: RepresentationRecord) -> [String] {
        guard let zones = record.retrievalZones else { return [] }
        let threshold = NumberText.fixed(zones.threshold)
        return [
            "Zones of a swap by retrieval: \(zones) (in the middle at least \(threshold) of the "
                + "translations are found, half-way from the fewest to the most)"
        ]
    }

    private func row(_ place: RepresentationRecord.Place) -> [String] {
        let lens = place.lens.last
        return [
            place.place == 0 ? "embeddings" : "layer \(place.place - 1)",
            place.cosine.value.text, NumberText.fixed(place.cosine.shuffled),
            place.alignment.value.text, NumberText.fixed(place.alignment.shuffled),
            place.retrieval.text, place.retrievalBack.text,
            lens.map { $0.first.text } ?? "–", lens.map { $0.second.text } ?? "–",
        ]
    }
}
