/// Checks that there are words for every pattern.
extension WorldCore {
    private var allPlans: [PatternPlan] {
        let used = Set(problemPlaces.values.joined())
        let told = problems.plans.indices.filter { used.contains($0) }.map { problems.plans[$0] }
        return sentences.plans + questions.plans + events.plans + distractors.plans + told
    }

    /// Checks that each vocabulary has enough words for the slots of every pattern.
    ///
    /// An unfamiliar vocabulary may lack verbs: then it is an error only to draw from it.
    func verifyVocabularies(of pack: LanguagePack) throws {
        let plans = allPlans
        for vocabulary in [WorldVocabulary.full, .familiar] {
            for slot in plans.flatMap(\.slots) {
                let count = allowed[vocabulary.order][slot.category.place].words.count
                guard count >= slot.number else {
                    throw DatasetError.setting(
                        name: "\(vocabulary.rawValue) vocabulary of \(pack.url.path)",
                        found: "\(count) words of kind '\(slot.category.rawValue)'",
                        expected: "at least \(slot.number), because a pattern uses {\(slot)}"
                    )
                }
            }
        }
    }

    /// Checks that a vocabulary has words of every kind.
    func verify(_ vocabulary: WorldVocabulary) throws {
        let plans = allPlans
        for slot in plans.flatMap(\.slots)
        where allowed[vocabulary.order][slot.category.place].words.count < slot.number {
            throw DatasetError.setting(
                name: "\(vocabulary.rawValue) vocabulary",
                found: "too few words of kind '\(slot.category.rawValue)'",
                expected: "a familiar share that leaves at least \(slot.number)"
            )
        }
    }
}
