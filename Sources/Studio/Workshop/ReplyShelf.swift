import Datasets
import Evaluation

/// What models replied to the development problems, so that nothing is asked twice.
///
/// Settings come and go by hundreds in an hour. The replies of those that were used last are kept,
/// and those of models with a name always.
package struct ReplyShelf {
    private struct Key: Hashable {
        let subject: Subject
        let role: LanguageRole
    }

    /// The most settings without a name whose replies are kept.
    package static let capacity = 32

    private var records: [Key: [MathRecord]] = [:]
    /// The settings whose replies are kept, the one that was used last at the end.
    private var recent: [Subject] = []

    /// An empty one.
    package init() {}

    /// What a subject replied to the first problems of a language: as many as are known.
    ///
    /// To read is to use: a setting that a page looks at again is not the next one to go.
    package mutating func records(of subject: Subject, _ role: LanguageRole) -> [MathRecord] {
        if let place = recent.firstIndex(of: subject) { recent.append(recent.remove(at: place)) }
        return records[Key(subject: subject, role: role)] ?? []
    }

    /// Keeps what a subject replied to the first problems of a language, unless more is known.
    ///
    /// - Parameters:
    ///   - all: The replies from the first problem on.
    ///   - subject: What replied.
    ///   - role: The language.
    ///   - named: The settings that have a name, whose replies stay.
    package mutating func keep(
        _ all: [MathRecord],
        of subject: Subject,
        _ role: LanguageRole,
        named: Set<Subject>
    ) {
        let key = Key(subject: subject, role: role)
        guard records[key, default: []].count < all.count else { return }
        records[key] = all
        guard case .merge = subject else { return }
        recent.removeAll { $0 == subject }
        recent.append(subject)
        for oldest in recent.filter({ !named.contains($0) }).dropLast(Self.capacity) {
            recent.removeAll { $0 == oldest }
            for role in LanguageRole.allCases {
                records[Key(subject: oldest, role: role)] = nil
            }
        }
    }
}
