import Checkpointing
import Foundation
import Foundations
import Kernels
import Transformer

/// What several ranks that train one model agree upon. Whatever goes wrong at one of them in the
/// middle of a step waits for the next agreement: nobody is left waiting for a rank that is gone.
extension Trainer {
    /// What a step amounts to at all ranks together.
    struct StepTotals {
        var loss = LossSum()
        /// The norm of the gradient of the summed loss.
        var norm = 0.0
        /// Whether a rank was asked to stop.
        var isStopping = false
    }

    /// Does what can fail at one rank alone; its error is thrown when all ranks agree.
    ///
    /// - Throws: The error at once, when there are no other ranks.
    func attempt(_ work: () throws -> Void) throws {
        guard peers != nil else { return try work() }
        do { try work() } catch { failure = failure ?? error }
    }

    /// Tells the observer what has happened.
    func notify(_ event: TrainingEvent) throws { try attempt { try observer(event) } }

    /// Ends the work of all ranks when one has failed.
    func agree() throws { try peers?.agree(failure) }

    /// Loss and norm of a step, and whether a rank was asked to stop.
    ///
    /// - Parameters:
    ///   - loss: That of this rank.
    ///   - part: What the step updates.
    ///   - shouldStop: Asked when there are other ranks.
    /// - Returns: What the step amounts to.
    /// - Throws: What has failed at a rank.
    func totals(_ loss: LossSum, part: Int, _ shouldStop: () -> Bool) throws -> StepTotals {
        guard let peers else {
            return StepTotals(loss: loss, norm: optimizer.norm(of: trainedGradients, part: part))
        }
        let flags = [failure == nil ? 0 : 1, shouldStop() ? 1 : 0, loss.total, Double(loss.count)]
        let own = flags + optimizer.squares(of: trainedGradients, part: part)
        let all = try peers.collect(own)
        let ranks = (0..<peers.count).map { all[($0 * own.count)..<(($0 + 1) * own.count)] }
        if let failure { throw failure }
        if let rank = ranks.firstIndex(where: { $0.first == 1 }) { throw PeerFailure(rank: rank) }
        var totals = StepTotals()
        for rank in ranks {
            let values = Array(rank.prefix(flags.count))
            if values[1] == 1 { totals.isStopping = true }
            totals.loss += LossSum(total: values[2], count: Int(values[3]))
        }
        totals.norm = optimizer.norm(
            ofSquares: ranks.map { $0.dropFirst(flags.count) },
            part: part
        )
        return totals
    }

    /// The sum of all ranks.
    func sumOfRanks(_ own: LossSum) throws -> LossSum {
        guard let peers else { return own }
        let all = try peers.collect([own.total, Double(own.count)])
        return (0..<peers.count).reduce(into: LossSum()) { sum, rank in
            sum += LossSum(total: all[2 * rank], count: Int(all[2 * rank + 1]))
        }
    }

    /// Gives every rank the parameters that the others have updated.
    func shareParameters(part: Int) throws {
        guard let peers else { return }
        let parameters = adapters?.parameters ?? model.parameters
        for bucket in optimizer.shards.buckets[part] {
            try peers.collect(parameters, spans: bucket.spans)
        }
    }

    /// Saves everything: rank 0 writes what all ranks have.
    ///
    /// - Returns: The folder at rank 0, and at the others what it would be.
    /// - Throws: What has failed at a rank.
    func save(in checkpoints: TrainingCheckpoints) throws -> URL {
        guard let peers else { return try checkpoints.save(objects, state) }
        let moments = MomentCollection(optimizer, peers)
        if peers.rank == 0 {
            try attempt { try checkpoints.save(objects, state, moments) }
            try moments.end()
        } else {
            try moments.serve()
        }
        try agree()
        return checkpoints.folder(ofStep: state.step)
    }

    /// Goes on from the newest checkpoint, which rank 0 names; all ranks read it.
    ///
    /// - Returns: The checkpoint; nil when there is none.
    /// - Throws: What has failed at a rank.
    func resume(from checkpoints: TrainingCheckpoints) throws -> URL? {
        var newest: URL?
        try attempt { newest = try checkpoints.newest() }
        if let peers {
            let own = newest.flatMap { TrainingCheckpoints.step(of: $0) } ?? -1
            let step = Int(try peers.collect([Double(own)])[0])
            newest = step < 0 ? nil : checkpoints.folder(ofStep: step)
        }
        if let newest {
            try attempt { state = try checkpoints.load(newest, into: objects, expecting: state) }
        }
        try agree()
        return newest
    }
}
