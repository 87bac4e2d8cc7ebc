/// Which rank updates which pieces of the parameters, and which gradients travel together.
///
/// The moments of a piece are kept by one rank alone, which receives its gradients from all and
/// sends its new parameters to all (ZeRO stage 1: Rajbhandari et al., 2020, section 5.1).
struct Shards: Sendable {
    /// Gradients that travel together: a section of the model, or a part of a large one.
    struct Bucket: Sendable {
        /// The section after which its gradients are complete.
        let section: Int
        /// The pieces of each rank.
        let pieces: [Range<Int>]
        /// The elements of each rank: from the first of its pieces to the last, with what is not
        /// trained between them.
        let spans: [Range<Int>]
        /// The elements of each rank in the moments of all ranks together.
        let moments: [Range<Int>]
        /// All elements in the moments of all ranks together.
        let allMoments: Range<Int>
    }

    /// The buckets of each part, in the order in which a backward pass completes them.
    let buckets: [[Bucket]]

    /// The most elements of a bucket, if not one piece alone is larger: enough that the network is
    /// used well, and little beside the model.
    static let bucketElements = 1 << 22

    /// Divides the pieces of each part.
    ///
    /// - Parameters:
    ///   - parts: The pieces of each part, in the order of the buffer.
    ///   - sections: Runs of the buffer, in the order in which their gradients are complete.
    ///   - ranks: How many ranks there are.
    init(_ parts: [[OptimizerPiece]], sections: [Range<Int>], ranks: Int) {
        buckets = parts.map { pieces in
            sections.enumerated().flatMap { section, range in
                let inside = pieces.indices.filter { range.contains(pieces[$0].range.lowerBound) }
                return Self.runs(of: inside, pieces).map {
                    Self.bucket(section, $0, pieces, ranks)
                }
            }
        }
    }

    /// The most elements that one rank receives at a time: its span from each rank.
    var mostReceived: Int {
        buckets.joined().map { bucket in
            bucket.spans.count * (bucket.spans.map(\.count).max() ?? 0)
        }.max() ?? 0
    }

    /// The most elements of the moments of a bucket.
    var mostMoments: Int {
        buckets.joined().map(\.allMoments.count).max() ?? 0
    }

    /// The pieces of a rank in a part, in the order of buckets.
    func pieces(of rank: Int, in part: Int) -> [Int] {
        buckets[part].flatMap { Array($0.pieces[rank]) }
    }

    /// All buckets in the order of their moments.
    var byMoments: [Bucket] {
        buckets.joined().sorted { $0.allMoments.lowerBound < $1.allMoments.lowerBound }
    }

    /// Cuts the pieces of a section into runs of not too many elements.
    private static func runs(of inside: [Int], _ pieces: [OptimizerPiece]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var elements = 0
        for index in inside {
            let count = pieces[index].range.count
            if let last = runs.last, last.upperBound == index, elements + count <= bucketElements {
                runs[runs.count - 1] = last.lowerBound..<(index + 1)
                elements += count
            } else {
                runs.append(index..<(index + 1))
                elements = count
            }
        }
        return runs
    }

    /// Gives each rank pieces that follow each other, with about as many elements as the others.
    private static func bucket(
        _ section: Int,
        _ run: Range<Int>,
        _ pieces: [OptimizerPiece],
        _ ranks: Int
    ) -> Bucket {
        let total = run.reduce(0) { $0 + pieces[$1].range.count }
        var owned = Array(repeating: run.upperBound..<run.upperBound, count: ranks)
        var before = 0
        for index in run {
            let count = pieces[index].range.count
            let rank = min(ranks - 1, (2 * before + count) * ranks / (2 * max(total, 1)))
            let start = owned[rank].isEmpty ? index : owned[rank].lowerBound
            owned[rank] = start..<(index + 1)
            before += count
        }
        /// Ranks without a piece have an empty range at the end of the run.
        func extent(_ own: Range<Int>, _ range: (OptimizerPiece) -> Range<Int>) -> Range<Int> {
            guard let first = own.first, let last = own.last else {
                let end = range(pieces[run.upperBound - 1]).upperBound
                return end..<end
            }
            return range(pieces[first]).lowerBound..<range(pieces[last]).upperBound
        }
        return Bucket(
            section: section,
            pieces: owned,
            spans: owned.map { extent($0, \.range) },
            moments: owned.map { extent($0, \.moments) },
            allMoments: extent(run, \.moments)
        )
    }
}
