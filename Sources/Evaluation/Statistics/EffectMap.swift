/// Where a layer swap pays: how far it is ahead of its best rival, by how much either expert has to
/// teach.
///
/// Each group of experiments is a point. Room in mathematics is what the math expert has above the
/// base in English; room in the language is what the language expert has above the base in the
/// target language; both as they were measured and not as they were set. The lead is the swap's
/// answers in the target language minus those of the best of base, experts, average and joint
/// training: the best of several noisy numbers is too good on average, so that the lead errs on the
/// side of caution. Joint training needs both data sets at once and all steps again, so that a map
/// without it answers another question: what to do with two experts that are there.
package struct EffectMap: Hashable, Sendable {
    /// One group of experiments.
    package struct Point: Hashable, Sendable {
        /// The name of the group.
        package let name: String
        /// Math expert minus base, English answers.
        package let mathematicsRoom: Double
        /// Language expert minus base, target answers.
        package let languageRoom: Double
        /// Swap minus its best rival, target answers.
        package let lead: PairedTest
        /// Whether the 95 % interval of the lead does not reach zero.
        package var isSure: Bool {
            guard let low = lead.interval.first, let high = lead.interval.last else { return false }
            return low > 0 || high < 0
        }
    }

    /// The points in the order of the groups.
    package let points: [Point]

    /// Those that the swap is compared with, where a table has them.
    package static let rivals = withoutTraining + [joint]
    /// Those that need no training where both experts are there, as the swap needs none.
    package static let withoutTraining = ["base", "math", "language", "soup"]
    /// The one that is trained on both data sets at once.
    package static let joint = "joint"

    /// The fewest points that make a map.
    private static let fewest = 4

    /// Finds the points of some groups; nil where fewer than four have all that is needed, and
    /// where either room is the same in all of them.
    ///
    /// - Parameters:
    ///   - groups: Tables by the names of their groups.
    ///   - swap: The model that is compared with the others.
    ///   - rivals: The others.
    package init?(
        of groups: [(name: String, table: ComparisonTable)],
        swap: String,
        rivals: [String] = EffectMap.rivals
    ) {
        let target = Metric(.math, .target)
        points = groups.compactMap { name, table in
            func value(_ model: String, _ metric: Metric) -> Double? {
                table.rows.first { $0.model == model }?.metrics[metric]?.value
            }
            func room(_ expert: String, _ metric: Metric) -> Double? {
                guard let expert = value(expert, metric), let base = value("base", metric) else {
                    return nil
                }
                return expert - base
            }
            let known = rivals.compactMap { rival in
                value(rival, target).map { (name: rival, value: $0) }
            }
            guard let best = known.max(by: { $0.value < $1.value }),
                let mathematics = room("math", Metric(.math, .english)),
                let language = room("language", target),
                let lead = table.tests.first(where: {
                    $0.metric == target && $0.a == swap && $0.b == best.name
                })
            else { return nil }
            return Point(
                name: name,
                mathematicsRoom: mathematics,
                languageRoom: language,
                lead: lead
            )
        }
        guard points.count >= Self.fewest, Set(points.map(\.mathematicsRoom)).count > 1,
            Set(points.map(\.languageRoom)).count > 1
        else { return nil }
    }
}
