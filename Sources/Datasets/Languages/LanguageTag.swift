/// The tag of a language as files write it: `sw`, `SW`, `sw-KE` and `swa` are all Swahili.
package struct LanguageTag: Hashable, Sendable {
    /// The language alone, in small letters: the two-letter code where the language has one that is
    /// known here.
    package let language: String

    /// Reads a tag: the primary subtag of BCP 47, or a code of ISO 639-2 or 639-3; what follows it,
    /// such as a region or a script, does not count.
    package init(_ text: String) {
        let primary = text.lowercased().split { $0 == "-" || $0 == "_" || $0.isWhitespace }.first
        let code = primary.map(String.init) ?? ""
        language = Self.shortCodes[code] ?? code
    }

    /// The two-letter codes of the languages with packs by their three-letter codes: that of
    /// ISO 639-3, the two of ISO 639-2 where it has two, and members of a macrolanguage.
    private static let shortCodes = [
        "ben": "bn", "deu": "de", "ger": "de", "eng": "en", "fra": "fr", "fre": "fr", "hin": "hi",
        "jpn": "ja", "swa": "sw", "swh": "sw", "swc": "sw", "tel": "te",
    ]
}
