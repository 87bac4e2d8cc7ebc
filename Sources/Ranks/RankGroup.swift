import COpenMPI
import Foundation

/// The processes that a launcher has started together, each with a number: its rank.
///
/// Messages between two ranks arrive in the order in which they were sent. Any thread may send and
/// receive.
package struct RankGroup: Sendable {
    /// The number of this process, from 0.
    package let rank: Int
    /// How many processes there are.
    package let count: Int

    /// What a call of the library has failed with.
    package struct Failure: Error, CustomStringConvertible, Sendable {
        /// What was tried.
        package let call: String
        /// The library's words.
        package let reason: String

        package var description: String { "\(call) between ranks failed: \(reason)" }
    }

    /// What messages are about; those of one kind are received in order.
    package enum Kind: Int32, Sendable {
        /// What a rank says about itself.
        case report = 1
        /// Bytes whose way is timed.
        case probe = 2
        /// What a rank is to do.
        case order = 3
    }

    private static let joined: Result<RankGroup, any Error> = Result {
        try OpenMPI.load()
        var threads: Int32 = 0
        try check(openmpi_start(&threads), "joining")
        // Any thread may call at any time.
        guard threads == 3 else {
            throw Failure(call: "joining", reason: "this Open MPI was built without threads")
        }
        return RankGroup(rank: Int(openmpi_rank()), count: Int(openmpi_size()))
    }

    private init(rank: Int, count: Int) {
        self.rank = rank
        self.count = count
    }

    /// Joins the others, once; later calls give the same group.
    ///
    /// - Throws: `OpenMPI.Unavailable`, `Failure`.
    package static func join() throws -> RankGroup { try joined.get() }

    /// Ends this process and all others, which are not waited for.
    ///
    /// - Parameter code: The exit code of all.
    package func abort(_ code: Int32) -> Never {
        openmpi_abort(code)
        exit(code)
    }

    /// Leaves the others, and waits until they leave.
    ///
    /// - Throws: `Failure`.
    package func leave() throws { try Self.check(openmpi_finish(), "leaving") }

    /// Returns when every rank has called it.
    ///
    /// - Throws: `Failure`.
    package func wait() throws { try Self.check(openmpi_barrier(), "waiting") }

    /// Sends bytes to another rank.
    ///
    /// - Throws: `Failure`.
    package func send(_ data: Data, to rank: Int, _ kind: Kind) throws {
        let code = data.withUnsafeBytes { bytes in
            openmpi_send(bytes.baseAddress, Int32(bytes.count), Int32(rank), kind.rawValue)
        }
        try Self.check(code, "sending")
    }

    /// The next bytes of another rank, which are waited for.
    ///
    /// - Throws: `Failure`.
    package func receive(from rank: Int, _ kind: Kind) throws -> Data {
        var count: Int32 = 0
        try Self.check(openmpi_probe(Int32(rank), kind.rawValue, &count), "receiving")
        var data = Data(count: Int(count))
        let code = data.withUnsafeMutableBytes { bytes in
            openmpi_receive(bytes.baseAddress, count, Int32(rank), kind.rawValue)
        }
        try Self.check(code, "receiving")
        return data
    }

    /// A rank whose message has arrived; nil when there is none, without waiting for one.
    ///
    /// - Throws: `Failure`.
    package func sender(of kind: Kind) throws -> Int? {
        var rank: Int32 = -1
        try Self.check(openmpi_sender(kind.rawValue, &rank), "looking for messages")
        return rank < 0 ? nil : Int(rank)
    }

    static func check(_ code: Int32, _ call: String) throws {
        guard code != 0 else { return }
        throw Failure(call: call, reason: OpenMPI.text { openmpi_describe(code, $0, $1) })
    }
}
