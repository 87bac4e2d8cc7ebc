import Transformer

/// How long a training step over ranks takes.
///
/// With D tokens, N ranks, c seconds of computing a token and the buckets of 4 P_b bytes of the
/// model's sections:
///
///     C = c · D / N                                           computing
///     X_b = (N − 1) (α + 4 P_b / (N β))                       adding up the gradients of a bucket
///     T = C + max(Σ X_b − ⅔ C, X_last) + Σ X_b
///
/// Gradients are added up during the backward pass, two thirds of the computing; the last bucket,
/// the embedding's, is complete at its end. The second sum is that of the new parameters, which
/// ranks share after the update.
package struct RankTimeModel: Sendable {
    /// c, seconds of computing for each token, at one rank while all compute.
    package let secondsPerToken: Double
    /// The elements of each bucket, the last one last.
    private let buckets: [Int]

    /// A model whose computing was measured.
    package init(_ configuration: ModelConfiguration, secondsPerToken: Double) {
        self.secondsPerToken = secondsPerToken
        buckets = ParameterLayout(configuration).sections.map(\.count)
    }

    /// T.
    package func seconds(tokens: Int, ranks: Int, path: RankPath) -> Double {
        let computing = secondsPerToken * Double(tokens) / Double(ranks)
        guard ranks > 1 else { return computing }
        let others = Double(ranks - 1)
        let times = buckets.map { elements in
            others * (path.latency + 4 * Double(elements) / (Double(ranks) * path.bandwidth))
        }
        let sum = times.reduce(0, +)
        return computing + max(sum - computing * 2 / 3, times.last ?? 0) + sum
    }

    /// How many times faster than one rank.
    package func speedup(tokens: Int, ranks: Int, path: RankPath) -> Double {
        seconds(tokens: tokens, ranks: 1, path: path)
            / seconds(tokens: tokens, ranks: ranks, path: path)
    }

    /// The most ranks, by doubling, of which the last doubling was worth half of its machines: it
    /// made the step at least 1.5 times as fast.
    package func ranksWorthwhile(tokens: Int, upTo most: Int, path: RankPath) -> Int {
        var ranks = 1
        while 2 * ranks <= most {
            let before = seconds(tokens: tokens, ranks: ranks, path: path)
            guard before >= 1.5 * seconds(tokens: tokens, ranks: 2 * ranks, path: path) else {
                break
            }
            ranks *= 2
        }
        return ranks
    }
}
