import Analysis
import Evaluation
import Foundation
import Foundations
import RunRecords

/// The changes of two experts as lines of text.
struct ChangeLines {
    private let record: ChangeRecord

    init(_ record: ChangeRecord) { self.record = record }

    /// A table of the layers and of what stands outside of them.
    var lines: [String] {
        let table = TextTable(
            header: [
                "layer", "language: mean |Δ|", "‖Δ‖/‖θ₀‖", "math: mean |Δ|", "‖Δ‖/‖θ₀‖", "cosine",
                "same sign", "rank: language", "math",
            ],
            rows: record.layers.enumerated().map(row) + outside,
            rightAligned: Set(1..<9)
        )
        return ["± half of the 95 % interval over rows; ranks are means over the layer's matrices."]
            + table.lines + (PublishedPicture(record).map { ["", $0.words] } ?? [])
    }

    private func row(_ number: Int, _ layer: ChangeRecord.Layer) -> [String] {
        let tensors = record.tensors.filter { $0.name.layer == number }
        let agreements = tensors.filter { $0.shape.count > 1 }.compactMap(\.signAgreement)
        return [
            "\(number)", Self.value(layer.language), Self.number(layer.languageNorm),
            Self.value(layer.math), Self.number(layer.mathNorm), Self.number(layer.cosine),
            Self.number(Self.mean(agreements)),
            Self.rank(tensors.compactMap(\.language.effectiveRank)),
            Self.rank(tensors.compactMap(\.math.effectiveRank)),
        ]
    }

    private var outside: [[String]] {
        record.tensors.filter { $0.name.layer == nil }.map { tensor in
            [
                tensor.name.module, Self.value(tensor.language.meanAbsolute),
                Self.number(tensor.language.relativeNorm), Self.value(tensor.math.meanAbsolute),
                Self.number(tensor.math.relativeNorm), Self.number(tensor.cosine),
                Self.number(tensor.signAgreement),
                Self.rank([tensor.language.effectiveRank].compactMap { $0 }),
                Self.rank([tensor.math.effectiveRank].compactMap { $0 }),
            ]
        }
    }

    private static func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }

    private static func rank(_ values: [Double]) -> String {
        mean(values).map { String(format: "%.1f", $0) } ?? "–"
    }

    private static func number(_ value: Double?) -> String {
        value.map { String(format: "%.3f", $0) } ?? "–"
    }

    private static func value(_ measurement: Estimate) -> String {
        let error = measurement.halfWidth.map { String(format: " ±%.5f", $0) } ?? ""
        return String(format: "%.5f", measurement.value) + error
    }
}
