import Datasets
import Foundation
import Testing

@Suite("The generated world")
struct BilingualWorldTests {
    /// Every source of a world in every language, by name.
    static func sources(of world: BilingualWorld) throws -> [String: any DocumentSource] {
        let kinds = ProblemKind.all.map(\.name)
        var sources: [String: any DocumentSource] = [
            "parallel": try world.parallel(),
            "arithmetic": try world.arithmetic(),
        ]
        for language in world.languages {
            sources["stories \(language)"] = try world.monolingual(language: language)
            sources["familiar \(language)"] = try world.monolingual(
                language: language,
                vocabulary: .familiar
            )
            sources["questions \(language)"] = try world.instructions(language: language)
            sources["cross \(language)"] = try world.instructions(
                language: language,
                replyLanguage: "en"
            )
            sources["problems \(language)"] = try world.wordProblems(
                language: language,
                kinds: kinds
            )
        }
        return sources
    }

    @Test("a document depends on seed, source and index alone")
    func determinism() throws {
        let first = try Self.sources(of: PackageFolder.world())
        let second = try Self.sources(of: PackageFolder.world())
        var otherSettings = WorldSettings()
        otherSettings.seed = 1
        let other = try Self.sources(of: PackageFolder.world(otherSettings))
        for (name, source) in first {
            // Backwards the second time: nothing may be carried from one document to the next.
            let documents = try (0..<50).map { try source.document(at: $0) }
            let again = try (0..<50).reversed().map { try second[name]?.document(at: $0) }
            #expect(documents == Array(again.reversed()).compactMap { $0 })
            let changed = try (0..<50).map { try other[name]?.document(at: $0) }
            #expect(documents != changed.compactMap { $0 })
            #expect(Set(documents).count > 40, "\(name) repeats itself")
            #expect(source.fingerprint == second[name]?.fingerprint)
            #expect(source.fingerprint != other[name]?.fingerprint)
        }
    }
}
