import Evaluation
import Foundation
import Testing

@Suite("Metrics")
struct MetricTests {
    @Test("the table has the names that records have, in the order of columns")
    func table() {
        #expect(
            Metric.all.map(\.rawValue) == [
                "target_math", "english_math", "target_equation", "english_equation",
                "target_bits_per_byte", "english_bits_per_byte", "target_math_calculator",
                "english_math_calculator", "target_operator", "english_operator",
                "translation_to_target", "translation_to_english", "translation_to_target_chrf",
                "translation_to_english_chrf", "target_answers", "target_answers_language",
                "english_equation_calculator", "target_equation_calculator", "target_choice",
                "english_choice", "target_choice_normalized", "english_choice_normalized",
                "target_mgsm", "english_mgsm", "target_mgsm_strict", "english_mgsm_strict",
            ]
        )
        #expect(Set(Metric.all).count == Metric.all.count)
        #expect(Measure.math.metrics == ["target_math", "english_math"])
        #expect(Measure.answers.metrics == ["target_answers"])
    }

    @Test("each metric has its direction, unit, language and words")
    func traits() {
        for metric in Metric.all {
            let isBits = metric.measure == .bitsPerByte
            #expect(metric.better == (isBits ? .lower : .higher), "\(metric)")
            #expect((metric.unit == .bitsPerByte) == isBits, "\(metric)")
        }
        #expect(Metric("english_operator").language == .english)
        #expect(Metric("target_answers_language").language == .target)
        #expect(Metric("translation_to_target").language == nil)
        #expect(Metric("translation_to_english_chrf").unit == .score)
        #expect(Metric("target_bits_per_byte").title == "target bits per byte")
        #expect(Measure.remark == "For bits per byte less is better.")
    }

    @Test("a part has the traits of its whole")
    func parts() {
        let part = Metric(.math, .target).part("unknown_words", by: .vocabulary)
        #expect(part.rawValue == "target_math/vocabulary/unknown_words")
        #expect(part.isPart && part.whole == "target_math" && part.measure == .math)
        #expect(part.language == .target && !part.whole.isPart)
        #expect(part.group(of: "target_math", by: .vocabulary) == "unknown words")
        #expect(part.group(of: "target_math", by: .kind) == nil)
        #expect(part.group(of: "english_math", by: .vocabulary) == nil)
        #expect(Metric("target_bits_per_byte/kind/x").better == .lower)
    }

    @Test("a name of another version is a metric whose meaning follows from its form")
    func unknown() throws {
        let old = Metric("target_riddles")
        #expect(old.measure == nil && old.better == .higher && old.unit == .share)
        #expect(old.language == .target && old.title == "target riddles")
        let bits = Metric("french_bits_per_byte")
        #expect(bits.better == .lower && bits.unit == .bitsPerByte && bits.language == nil)
        let order = ["zeta", "target_bits_per_byte", "alpha", "target_math", "zeta"] as [Metric]
        #expect(order.inTableOrder == ["target_math", "target_bits_per_byte", "alpha", "zeta"])
    }

    @Test("metrics are stored as their names, as values and as keys")
    func coding() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let values: [Metric: [Metric]] = ["target_math": ["odd"], "a/b": []]
        let data = try encoder.encode(values)
        #expect(String(decoding: data, as: UTF8.self) == #"{"a\/b":[],"target_math":["odd"]}"#)
        #expect(try JSONDecoder().decode([Metric: [Metric]].self, from: data) == values)
    }
}
