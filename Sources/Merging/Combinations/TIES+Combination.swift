import Kernels

extension TIES {
    /// Computes a whole tensor; the base is the first source.
    func apply(_ sources: [FloatView], into output: FloatView) {
        guard output.count > 0 else { return }
        let base = sources[0]
        let vectors = Array(sources.dropFirst())
        let thresholds = thresholds(of: vectors, from: base)
        withUnsafeTemporaryAllocation(of: Double.self, capacity: ElementBlock.length) { votes in
            withUnsafeTemporaryAllocation(of: Double.self, capacity: ElementBlock.length) {
                shares in
                votes.initialize(repeating: 0)
                shares.initialize(repeating: 0)
                ElementBlock.forEach(of: output.count) { range, sums in
                    votes.update(repeating: 0)
                    shares.update(repeating: 0)
                    sums.update(repeating: 0)
                    let start = range.lowerBound
                    for (number, term) in terms.enumerated() {
                        let threshold = thresholds[number]
                        TaskVector.with(vectors[number][range], from: base[range]) { vector in
                            for i in 0..<vector.count {
                                let isKept = threshold.keeps(vector[i], at: start + i)
                                votes[i] += isKept ? term.weight * vector[i] : 0
                            }
                        }
                    }
                    for (number, term) in terms.enumerated() {
                        let threshold = thresholds[number]
                        TaskVector.with(vectors[number][range], from: base[range]) { vector in
                            for i in 0..<vector.count {
                                let entry = vector[i]
                                let agrees = votes[i] > 0 ? entry > 0 : votes[i] < 0 && entry < 0
                                let counts = agrees && threshold.keeps(entry, at: start + i)
                                sums[i] += counts ? term.weight * entry : 0
                                shares[i] += counts ? term.weight : 0
                            }
                        }
                    }
                    for i in 0..<range.count {
                        // Without agreement the vote is zero, or not a number and to be seen.
                        sums[i] = shares[i] > 0 ? sums[i] / shares[i] : votes[i]
                    }
                    TaskVector.add(sums, times: lambda, to: base[range], into: output[range])
                }
            }
        }
    }

    private func thresholds(of vectors: [FloatView], from base: FloatView) -> [MagnitudeThreshold] {
        let kept = keptCount(of: base.count)
        let scratch = MagnitudeThreshold.Scratch(count: base.count)
        return vectors.map { model in
            TaskVector.with(model, from: base) {
                MagnitudeThreshold(ofLargest: kept, in: $0, using: scratch)
            }
        }
    }
}
