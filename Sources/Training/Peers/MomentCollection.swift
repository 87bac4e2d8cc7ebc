import Kernels

/// Brings the moments of all ranks to rank 0, which writes them into one file.
///
/// Rank 0 asks for one bucket after the other and so decides when it is over: also when the disk is
/// full in the middle of it.
struct MomentCollection {
    private let optimizer: Optimizer
    private let peers: any ModelPeers
    private let buckets: [(bucket: Shards.Bucket, own: Range<Int>)]
    private let room: SharedBuffer

    init(_ optimizer: Optimizer, _ peers: any ModelPeers) {
        self.optimizer = optimizer
        self.peers = peers
        buckets = optimizer.ownMoments
        room = SharedBuffer(count: optimizer.shards.mostMoments)
    }

    /// Gives rank 0 the bytes of a moment of all ranks.
    ///
    /// - Parameters:
    ///   - isFirst: Whether it is the first moment.
    ///   - emit: Gets the bytes in order.
    /// - Throws: What `emit` throws, what keeps ranks from hearing each other.
    func emit(first isFirst: Bool, _ emit: (UnsafeRawBufferPointer) throws -> Void) throws {
        for number in buckets.indices {
            let request = 1 + number + (isFirst ? 0 : buckets.count)
            _ = try peers.collect([Double(request)])
            try collect(request).withUnsafeBytes(emit)
        }
    }

    /// Tells the others that rank 0 asks for nothing more.
    func end() throws { _ = try peers.collect([0]) }

    /// Gives rank 0 what it asks for, until it asks for nothing more.
    func serve() throws {
        while true {
            let request = Int(try peers.collect([0])[0])
            guard request > 0 else { return }
            _ = try collect(request)
        }
    }

    private func collect(_ request: Int) throws -> FloatView {
        let (bucket, own) = buckets[(request - 1) % buckets.count]
        let moment = request > buckets.count ? optimizer.secondMoment : optimizer.firstMoment
        let start = bucket.allMoments.lowerBound
        let whole = room.view[0..<bucket.allMoments.count]
        let spans = bucket.moments.map { ($0.lowerBound - start)..<($0.upperBound - start) }
        whole[spans[peers.rank]].copy(from: moment.view[own])
        try peers.collect(whole, spans: spans)
        return whole
    }
}

extension Optimizer {
    /// The buckets in the order of their moments, each with the elements that this rank keeps.
    var ownMoments: [(bucket: Shards.Bucket, own: Range<Int>)] {
        var count = 0
        return shards.byMoments.map { bucket in
            defer { count += bucket.moments[rank].count }
            return (bucket, count..<(count + bucket.moments[rank].count))
        }
    }

    /// Where the moments of this rank are among those of all ranks.
    var places: [(place: Range<Int>, own: Range<Int>)] {
        ownMoments.map { ($0.bucket.moments[rank], $0.own) }
    }
}
