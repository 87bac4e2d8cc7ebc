import Foundation
import RunRecords

/// One change of a model that is measured: what an entry of the record is made from.
struct PlannedIntervention: Hashable {
    var kind: InterventionRecord.Kind
    var weights: InterventionRecord.Weights?
    var language: String?
    var factor: Double?
    var layers: ClosedRange<Int>?
    /// Which draw, from 0, where weights are drawn.
    var draw = 0

    /// What it is called in the file of finished work.
    var name: String {
        [
            kind.rawValue, weights?.rawValue, language, factor.map { "\($0)" },
            layers.map { "\($0.lowerBound)-\($0.upperBound)" }, "\(draw)",
        ].compactMap { $0 }.joined(separator: " ")
    }

    /// The same for all draws.
    var withoutDraw: PlannedIntervention {
        var plan = self
        plan.draw = 0
        return plan
    }

    /// Everything that is done to a model, in the order of the record.
    static func all(
        languages: [String],
        layers: Int,
        _ settings: InterventionTool.Settings
    ) -> [PlannedIntervention] {
        var plans: [PlannedIntervention] = []
        func add(
            _ kind: InterventionRecord.Kind,
            _ weights: [InterventionRecord.Weights],
            _ language: String,
            factor: Double? = nil,
            draws: Int
        ) {
            for weights in weights {
                for draw in 0..<(weights == .random ? draws : 1) {
                    plans.append(
                        PlannedIntervention(
                            kind: kind,
                            weights: weights,
                            language: language,
                            factor: factor,
                            draw: draw
                        )
                    )
                }
            }
        }
        for language in languages {
            for factor in [0] + settings.factors {
                add(
                    factor == 0 ? .prune : .scale,
                    [.mathematics, .top, .random],
                    language,
                    factor: factor,
                    draws: settings.draws
                )
            }
        }
        plans += (0..<layers).map { PlannedIntervention(kind: .bypass, layers: $0...$0) }
        plans += (0..<max(0, layers - 1)).map {
            PlannedIntervention(kind: .revert, layers: $0...($0 + 1))
        }
        if settings.trains {
            // Training takes far longer than measuring; one draw is enough to compare with.
            for language in languages { add(.train, [.mathematics, .random], language, draws: 1) }
            plans.append(PlannedIntervention(kind: .train, weights: .all))
        }
        return plans
    }
}
