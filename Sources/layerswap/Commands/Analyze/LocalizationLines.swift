import Analysis
import Foundation
import Foundations
import RunAnalysis

/// Sets of mathematics and their overlap as lines of text.
struct LocalizationLines {
    private let result: LocalizationTool.Result

    init(_ result: LocalizationTool.Result) { self.result = result }

    /// For each model a table of the shares, and one of the layers at the middle share.
    var lines: [String] { result.models.flatMap(lines) }

    private func lines(_ model: LocalizationTool.ModelResult) -> [String] {
        let record = model.record
        guard record.languages.count > 1 else { return sizes(model) }
        guard record.languages.count < 3 else { return several(model) }
        let sets = record.languages.map { "set \($0)" }
        let shares = TextTable(
            header: ["share", "languages"] + sets + Self.overlapTitles,
            rows: record.cuts.flatMap { cut in
                cut.pairs.map { pair in
                    [Self.short(cut.share), pair.languages.joined(separator: "–")]
                        + cut.sets.map { NumberText.grouped($0.size) } + Self.cells(pair.all)
                }
            },
            rightAligned: Set(2..<2 + sets.count + Self.overlapTitles.count)
        )
        var lines = [
            "\n\(model.model): weights of mathematics, \(record.mathematics.min() ?? 0) samples of "
                + "each language and kind"
        ]
        lines += shares.lines
        guard let cut = record.cuts.min(by: { abs($0.share - 0.05) < abs($1.share - 0.05) }) else {
            return lines
        }
        let layers = TextTable(
            header: ["layer", "languages"] + sets + Self.overlapTitles,
            rows: cut.pairs.flatMap { pair in
                pair.layers.enumerated().map { layer, overlap in
                    ["\(layer)", pair.languages.joined(separator: "–")]
                        + cut.sets.map { Self.size($0, layer) } + Self.cells(overlap)
                }
            },
            rightAligned: Set(2..<2 + sets.count + Self.overlapTitles.count)
        )
        return lines + ["", "By layer at the share \(Self.short(cut.share)):"] + layers.lines
            + claims(record)
    }

    /// Of many languages: the sizes of their sets, and every pair at every share.
    private func several(_ model: LocalizationTool.ModelResult) -> [String] {
        let record = model.record
        let sizes = TextTable(
            header: ["share"] + record.languages,
            rows: record.cuts.map { cut in
                [Self.short(cut.share)] + cut.sets.map { NumberText.grouped($0.size) }
            },
            rightAligned: Set(1..<1 + record.languages.count)
        )
        let pairs = TextTable(
            header: ["share", "languages"] + Self.overlapTitles,
            rows: record.cuts.flatMap { cut in
                cut.pairs.map { pair in
                    [Self.short(cut.share), pair.languages.joined(separator: "–")]
                        + Self.cells(pair.all)
                }
            },
            rightAligned: Set(2..<2 + Self.overlapTitles.count)
        )
        return [
            "\n\(model.model): weights of mathematics, \(record.mathematics.min() ?? 0) samples of "
                + "each language and kind"
        ] + sizes.lines + [""] + pairs.lines + claims(record)
    }

    /// What the paper claims, at every share.
    private func claims(_ record: LocalizationRecord) -> [String] {
        let rows = record.cuts.flatMap { cut in
            (cut.claims ?? []).map { claim in
                [
                    Self.short(cut.share), claim.claim.words, NumberText.signed(claim.value),
                    "[\(claim.interval.map { NumberText.signed($0) }.joined(separator: ", "))]",
                    claim.verdict.rawValue,
                ]
            }
        }
        guard !rows.isEmpty else { return [] }
        return [
            "", "Claims of arXiv 2606.18453, with 95 % intervals over samples; above 0 they hold:",
        ]
            + TextTable(
                header: ["share", "claim", "value", "95 %", ""],
                rows: rows,
                rightAligned: [2]
            ).lines
    }

    /// What one language has alone: the sizes of its sets; overlaps are of two.
    private func sizes(_ model: LocalizationTool.ModelResult) -> [String] {
        let record = model.record
        let language = record.languages.first ?? ""
        var lines = [
            "\n\(model.model): weights of mathematics in \(language) alone, "
                + "\(record.mathematics.min() ?? 0) samples of each kind. Overlaps are of two "
                + "languages: give --samples of another one too."
        ]
        let titles = record.cuts.map { "share \(Self.short($0.share))" }
        let layerCount = record.cuts.first?.sets.first?.layers.count ?? 0
        let all = ["all"] + record.cuts.map { NumberText.grouped($0.sets.first?.size ?? 0) }
        let layers = (0..<layerCount).map { layer in
            ["\(layer)"] + record.cuts.map { $0.sets.first.map { Self.size($0, layer) } ?? "–" }
        }
        lines +=
            TextTable(
                header: ["layer"] + titles,
                rows: [all] + layers,
                rightAligned: Set(1..<1 + titles.count)
            ).lines
        return lines
    }

    private static let overlapTitles = [
        "Jaccard", "by groups", "same sizes", "z", "same |W|", "z", "without math",
    ]

    private static func cells(_ overlap: LocalizationRecord.Overlap) -> [String] {
        [
            number(overlap.jaccard),
            overlap.groups?.text ?? "–",
            number(overlap.sizeNull), score(overlap.sizeZ), number(overlap.weightNull),
            score(overlap.weightZ), number(overlap.control),
        ]
    }

    private static func size(_ set: LocalizationRecord.LanguageSet, _ layer: Int) -> String {
        NumberText.grouped(set.layers[layer])
    }

    private static func number(_ value: Double) -> String { NumberText.fixed(value) }

    private static func score(_ value: Double?) -> String {
        value.map { String(format: "%+.1f", $0) } ?? "–"
    }

    private static func short(_ share: Double) -> String { String(format: "%g", share) }
}
