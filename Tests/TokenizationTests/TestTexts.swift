import Foundation
import Tokenization

/// Texts in the languages that the project is about, and others that are hard to cut.
enum TestTexts {
    static let languages = [
        "Amani had 12 apples and gave 5 to Zuri.\nHow many are left?",
        "Mwalimu alinunua vitabu 24 na kuwapa wanafunzi 8.\nKila mmoja alipata vingapi?",
        "花子さんはりんごを15個持っています。太郎さんに7個あげると、残りは何個ですか？",
        "রহিমের কাছে ২৪টি আম ছিল। সে ৯টি আম বিক্রি করল। এখন তার কাছে কত আম আছে?",
        "రాము దగ్గర 36 పుస్తకాలు ఉన్నాయి. అతను 9 ఇచ్చాడు. ఇంకా ఎన్ని మిగిలాయి?",
    ]

    static let hard = [
        "",
        " ",
        "\n",
        "\n\nlines\n  indented\n",
        "\ttabs\tand\r\nreturns",
        "  two  spaces   at  every  place  ",
        "Good 👍🏽 morning 👩‍👩‍👧‍👦 and 🇹🇿!",
        "e\u{301} is not é, ﬁ is not fi, １２ is not 12",
        "Ωμέγα Ж 漢 \u{0} \u{7F} \u{FEFF} \u{10FFFF} \u{FFFD}",
        "<unk> <s> </s> <pad> <0x41> ⁇ \u{2585}",
        "<|user|>12 + 3 = ?<|assistant|>15 #### 15",
        "100,000.50 \"quoted, text\" \\n $5 50%",
    ]

    static let all = languages + hard

    static let options = TokenizerTrainingOptions(vocabularySize: 480, characterCoverage: 1)

    /// A tokenizer of the texts in all five languages.
    static func tokenizer(
        _ options: TokenizerTrainingOptions = options
    ) throws -> Tokenizer {
        try Tokenizer(model: TokenizerTrainer.train(sentences: languages, options: options))
    }

    /// A file beside the tests.
    static func fixture(_ name: String) -> URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/\(name)")
    }
}

/// Equality of bytes: Swift's `==` on strings would let composed and decomposed forms be equal.
func sameBytes(_ first: String, _ second: String) -> Bool {
    Array(first.utf8) == Array(second.utf8)
}
