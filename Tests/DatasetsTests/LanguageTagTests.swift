import Datasets
import Testing

@Suite("Tags of languages")
struct LanguageTagTests {
    @Test(
        "one language has one tag, however it is spelt",
        arguments: [
            ("sw", ["sw", "SW", "sw-KE", "sw_TZ", "sw-Latn-KE", " sw ", "swa", "swh", "SWA-ke"]),
            ("de", ["de", "de-AT", "deu", "ger"]), ("fr", ["FR", "fra", "fre"]),
            ("bn", ["ben"]), ("en", ["eng", "en-GB"]), ("hi", ["hin"]), ("ja", ["jpn"]),
            ("te", ["tel", "te-IN"]),
        ]
    )
    func spellings(_ code: String, _ texts: [String]) {
        for text in texts { #expect(LanguageTag(text) == LanguageTag(code), "\(text)") }
    }

    @Test("other languages and what is no tag stay apart")
    func others() {
        for text in ["", "-", "s", "sv", "swe", "swahili", "en"] {
            #expect(LanguageTag(text) != LanguageTag("sw"), "\(text)")
        }
        #expect(LanguageTag("xx-YY").language == "xx")
    }
}
