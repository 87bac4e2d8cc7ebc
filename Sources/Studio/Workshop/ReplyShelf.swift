import Datasets
import Evaluation

/// What models replied to the development problems, so that nothing is asked twice.
///
/// Settings come and go by hundreds in an hour. The replies of the last ones are kept, and those of
/// models with a name always.
struct ReplyShelf {
    private struct Key: Hashable {
        let subject: Subject
        let role: LanguageRole
    }

    /// The most settings whose replies are kept.
    private static let capacity = 32

    private var records: [Key: [MathRecord]] = [:]
    /// The settings that were used last, the newest at the end.
    private var recent: [Subject] = []

    /// What a subject replied to the first problems of a language: as many as are known.
    func records(of subject: Subject, _ role: LanguageRole) -> [MathRecord] {
        records[Key(subject: subject, role: role)] ?? []
    }

    /// Adds the replies to the problems that follow those that are known.
    ///
    /// Two pages may ask the same at the same time; what another has added first stays.
    mutating func add(
        _ new: [MathRecord],
        from start: Int,
        of subject: Subject,
        _ role: LanguageRole
    ) {
        let key = Key(subject: subject, role: role)
        let known = records[key] ?? []
        guard known.count >= start, known.count < start + new.count else { return }
        records[key] = known.prefix(start) + new
        guard case .merge = subject else { return }
        recent.removeAll { $0 == subject }
        recent.append(subject)
        while recent.count > Self.capacity {
            let oldest = recent.removeFirst()
            for role in LanguageRole.allCases {
                records[Key(subject: oldest, role: role)] = nil
            }
        }
    }

    /// Forgets what a subject replied.
    mutating func forget(_ subject: Subject) {
        for role in LanguageRole.allCases { records[Key(subject: subject, role: role)] = nil }
    }
}
