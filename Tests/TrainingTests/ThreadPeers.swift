import Foundation
import Kernels
import Training

/// Ranks that are threads of this process.
final class ThreadPeers: ModelPeers, @unchecked Sendable {
    /// What the ranks of one training show each other.
    private final class Board: @unchecked Sendable {
        struct Absent: Error {}

        private let count: Int
        private let condition = NSCondition()
        private var arrived = 0
        private var round = 0
        var buffers: [FloatView?]
        var numbers: [[Double]]

        init(count: Int) {
            self.count = count
            buffers = Array(repeating: nil, count: count)
            numbers = Array(repeating: [], count: count)
        }

        func post(_ change: (Board) -> Void) { condition.withLock { change(self) } }

        /// Waits for all; a rank that never comes fails the test in place of stopping it.
        func meet() throws {
            try condition.withLock {
                arrived += 1
                let own = round
                if arrived == count {
                    arrived = 0
                    round += 1
                    condition.broadcast()
                }
                let end = Date(timeIntervalSinceNow: 30)
                while own == round {
                    guard condition.wait(until: end) else { throw Absent() }
                }
            }
        }
    }

    let rank: Int
    let count: Int
    private let board: Board

    /// Called before anything is shown to others.
    var beforeCall: () -> Void = {}

    private init(rank: Int, count: Int, board: Board) {
        self.rank = rank
        self.count = count
        self.board = board
    }

    /// Ranks that know each other.
    static func group(of count: Int) -> [ThreadPeers] {
        let board = Board(count: count)
        return (0..<count).map { ThreadPeers(rank: $0, count: count, board: board) }
    }

    func distribute(_ buffer: FloatView, spans: [Range<Int>], into received: FloatView) throws {
        beforeCall()
        board.post { $0.buffers[rank] = buffer }
        try board.meet()
        let own = spans[rank]
        for other in 0..<count {
            guard let theirs = board.buffers[other] else { continue }
            received[(other * own.count)..<((other + 1) * own.count)].copy(from: theirs[own])
        }
        try board.meet()
    }

    func collect(_ buffer: FloatView, spans: [Range<Int>]) throws {
        beforeCall()
        board.post { $0.buffers[rank] = buffer }
        try board.meet()
        for other in 0..<count where other != rank {
            guard let theirs = board.buffers[other] else { continue }
            buffer[spans[other]].copy(from: theirs[spans[other]])
        }
        try board.meet()
    }

    func collect(_ numbers: [Double]) throws -> [Double] {
        beforeCall()
        board.post { $0.numbers[rank] = numbers }
        try board.meet()
        let all = Array(board.numbers.joined())
        try board.meet()
        return all
    }
}

/// How a rank has ended: its run, and what it gave or threw.
typealias RankEnding = (
    run: TrainingRun, outcome: Result<(parameters: [Float], summary: TrainingSummary), any Error>
)

/// Trains one model with several ranks in one folder.
///
/// - Parameters:
///   - ranks: How many.
///   - folder: Where checkpoints go.
///   - stopAfter: The step after which rank 0 is asked to stop.
///   - change: Sets what is different from the usual; every rank has one thread.
/// - Returns: What became of each rank.
func trainTogether(
    _ ranks: Int,
    in folder: URL,
    stopAfter: Int? = nil,
    _ change: (TrainingRun) -> Void = { _ in }
) -> [RankEnding] {
    let peers = ThreadPeers.group(of: ranks)
    let runs = peers.map { own in
        let run = TrainingRun(in: folder)
        run.threads = 1
        change(run)
        run.peers = own
        return run
    }
    let board = EndingBoard(count: ranks)
    let done = DispatchGroup()
    for (rank, run) in runs.enumerated() {
        let holder = Holder(run)
        done.enter()
        Thread.detachNewThread {
            let ending = Result {
                try holder.run.train(stopAfter: rank == 0 ? stopAfter : nil)
            }
            board.note(ending, of: rank)
            done.leave()
        }
    }
    done.wait()
    return zip(runs, board.endings).map { run, ending in
        (run, ending ?? .failure(CancellationError()))
    }
}

/// Carries a run into its thread.
private struct Holder: @unchecked Sendable {
    let run: TrainingRun
    init(_ run: TrainingRun) { self.run = run }
}

/// One place for each rank.
private final class EndingBoard: @unchecked Sendable {
    typealias Ending = Result<(parameters: [Float], summary: TrainingSummary), any Error>

    private var stored: [Ending?]
    private let lock = NSLock()

    init(count: Int) { stored = Array(repeating: nil, count: count) }

    var endings: [Ending?] { lock.withLock { stored } }

    func note(_ ending: Ending, of rank: Int) { lock.withLock { stored[rank] = ending } }
}
