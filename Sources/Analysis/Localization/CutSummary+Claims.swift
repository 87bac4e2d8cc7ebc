import Evaluation
import Foundation

/// The paper's claims at one share, tested over resamples of the groups of samples.
extension CutSummary {
    /// All claims that the languages and the layers allow; nil where nothing was resampled.
    ///
    /// The error of a statistic is the deviation of its resamples, times √(G / (G − 1)) for G groups:
    /// resamples spread around the mean of the groups and not around that of all samples.
    var claims: [LocalizationClaim]? {
        let resamples = tensors.first?.resampled.count ?? 0
        let groups = tensors.first?.groups.count ?? 0
        guard resamples > 1, groups > 1, languages.count > 1 else { return nil }
        let correction = (Double(groups) / Double(groups - 1)).squareRoot()
        let whole = Statistics(of: self) { $0.main }
        let resampled = (0..<resamples).map { draw in Statistics(of: self) { $0.resampled[draw] } }
        func claim(
            _ kind: LocalizationClaim.Kind,
            _ value: (Statistics) -> Double?
        ) -> LocalizationClaim? {
            guard let own = value(whole) else { return nil }
            let spread = DrawSpread(resampled.compactMap(value))
            return LocalizationClaim(
                kind,
                value: own,
                standardError: correction * spread.deviation,
                groups: groups
            )
        }
        let null = weightNull
        let claims = [
            claim(.overlap) { $0.meanJaccard - null }, partial,
            claim(.middle, \.middle), claim(.english) { $0.english(among: languages) },
            claim(.smaller, \.smaller), claim(.distinct, \.distinct),
        ]
        return claims.compactMap { $0 }
    }

    /// The mean Jaccard over pairs when the inputs are shuffled.
    private var weightNull: Double {
        let draws = tensors.first?.shuffled.count ?? 0
        return DrawSpread(
            (0..<draws).map { draw in Statistics(of: self) { $0.shuffled[draw] }.meanJaccard }
        ).mean
    }

    /// Sets from one group of samples each, of one language and of two: both have the same noise.
    ///
    /// A language's own sets are of a group and the next one, so that each group is in two of the G
    /// differences. Their mean then has up to twice the variance of a mean of independent values,
    /// s² / G, and s² is too small by up to (G − 1) / G as well: the error is s √(2 / (G − 1)).
    private var partial: LocalizationClaim? {
        let groups = tensors.first?.groups.count ?? 0
        guard groups > 1 else { return nil }
        let differences = (0..<groups).map { group in
            let own = languages.indices.map { language in
                OverlapCounts.sum(tensors.map { $0.agreement[language][group] })?.jaccard(0) ?? 0
            }
            let across = Statistics(of: self) { $0.groups[group] }.meanJaccard
            return DrawSpread(own).mean - across
        }
        let spread = DrawSpread(differences)
        return LocalizationClaim(
            .partial,
            value: spread.mean,
            standardError: spread.deviation * (2 / Double(groups - 1)).squareRoot(),
            groups: groups
        )
    }

    /// What claims are made of, for one set of counts.
    private struct Statistics {
        /// The sizes of the sets.
        let sizes: [Double]
        /// The Jaccards of all pairs.
        let jaccards: [Double]
        /// The mean Jaccard over pairs by layer.
        let layers: [Double]

        init(of summary: CutSummary, _ counts: (TensorCuts.Cut) -> OverlapCounts) {
            let count = summary.languages.count
            let pairs = OverlapCounts.pairs(of: count).indices
            func jaccards(in places: some Sequence<Int>) -> [Double] {
                let sum = OverlapCounts.sum(places.map { counts(summary.tensors[$0]) })
                return pairs.map { sum?.jaccard($0) ?? 0 }
            }
            let all = OverlapCounts.sum(summary.tensors.map(counts))
            sizes = (all?.sizes ?? []).map(Double.init)
            self.jaccards = jaccards(in: summary.names.indices)
            layers = summary.layers.map { DrawSpread(jaccards(in: $0)).mean }
        }

        var meanJaccard: Double { DrawSpread(jaccards).mean }

        var middle: Double? {
            let third = layers.count / 3
            guard third > 0 else { return nil }
            let inner = layers[third..<(layers.count - third)]
            let outer = layers.prefix(third) + layers.suffix(third)
            return DrawSpread(Array(inner)).mean - DrawSpread(Array(outer)).mean
        }

        func english(among languages: [String]) -> Double? {
            guard let place = languages.firstIndex(of: "en"), sizes[place] > 0 else { return nil }
            let others = sizes.indices.filter { $0 != place }.map { sizes[$0] }
            guard let largest = others.max(), largest > 0 else { return nil }
            return log(sizes[place] / largest)
        }

        /// The places of the richer and of the poorer half; the language between is in neither.
        private var halves: (richer: Range<Int>, poorer: Range<Int>)? {
            let half = sizes.count / 2
            return half > 1 ? (0..<half, (sizes.count - half)..<sizes.count) : nil
        }

        var smaller: Double? {
            guard let halves else { return nil }
            let means = [halves.richer, halves.poorer].map { DrawSpread(Array(sizes[$0])).mean }
            return means.allSatisfy { $0 > 0 } ? log(means[0] / means[1]) : nil
        }

        var distinct: Double? {
            guard let halves else { return nil }
            let pairs = OverlapCounts.pairs(of: sizes.count)
            func shared(by places: Range<Int>) -> Double {
                DrawSpread(
                    places.map { place in
                        DrawSpread(
                            pairs.indices.filter {
                                pairs[$0].first == place || pairs[$0].second == place
                            }.map { jaccards[$0] }
                        ).mean
                    }
                ).mean
            }
            return shared(by: halves.richer) - shared(by: halves.poorer)
        }
    }
}
