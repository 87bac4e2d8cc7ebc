/// A small world described in two languages: every content can be expressed in both.
///
/// Contents are drawn without language (a pattern, words, numbers) and then written in one. A
/// content's hash decides its split, so that what is held out in one language is held out in
/// every language and in every kind of text.
package struct BilingualWorld: Sendable {
    /// The language that mathematics is learned in.
    package let source: LanguagePack
    /// The language that mathematics is carried over to.
    package let target: LanguagePack
    /// What the world is like.
    package let settings: WorldSettings
    let core: WorldCore

    /// Aligns two packs.
    ///
    /// - Throws: `LanguagePackError` when the packs do not match, `DatasetError` for settings.
    package init(
        source: LanguagePack,
        target: LanguagePack,
        settings: WorldSettings = WorldSettings()
    ) throws {
        try settings.validate()
        guard source.code != target.code else {
            throw DatasetError.setting(
                name: "languages of the world",
                found: "'\(source.code)' twice",
                expected: "two packs with different codes"
            )
        }
        try target.verify(alignedWith: source)
        self.source = source
        self.target = target
        self.settings = settings
        core = try WorldCore(packs: [source, target], settings: settings)
    }

    /// The codes of both languages, the source first.
    package var languages: [String] { [source.code, target.code] }

    /// A text that changes whenever any document of the world would.
    package var fingerprint: String {
        "world 2 \(source.fingerprint) \(target.fingerprint) \(settings.fingerprint)"
    }

    /// The place of a language: 0 for the source, 1 for the target.
    func place(of language: String) throws -> Int {
        guard let place = languages.firstIndex(of: language) else {
            throw DatasetError.unknownName(kind: "language", found: language, known: languages)
        }
        return place
    }

    func pack(at place: Int) -> LanguagePack { place == 0 ? source : target }
}
