import COpenMPI
import Foundation

/// The one door to Open MPI, which joins processes on one machine or on many.
///
/// Nothing else needs the library: a program that no launcher has started works by itself.
package enum OpenMPI {
    /// What was loaded.
    package struct Status: Sendable {
        /// Such as `4.1.4`.
        package let version: String
    }

    /// Why processes cannot be joined here.
    package struct Unavailable: Error, CustomStringConvertible, Sendable {
        /// What the loader said of each name that it tried.
        package let reason: String

        package var description: String {
            "Open MPI could not be loaded: \(reason). Install it with 'apt-get install "
                + "openmpi-bin' on every machine and try again"
        }
    }

    private static let outcome: Result<Status, Unavailable> = open()

    /// Loads the library once; later calls give the same answer.
    ///
    /// - Throws: `Unavailable`.
    @discardableResult
    package static func load() throws(Unavailable) -> Status { try outcome.get() }

    /// Whether `mpirun`, or `srun` with PMIx, has started this process with others or alone.
    package static func isLaunched(
        _ environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> Bool {
        ["OMPI_COMM_WORLD_SIZE", "PMIX_RANK"].contains { environment[$0] != nil }
    }

    /// How many ranks the launcher has started on this machine; nil without a launcher.
    package static var ranksOfThisMachine: Int? {
        let environment = ProcessInfo.processInfo.environment
        return environment["OMPI_COMM_WORLD_LOCAL_SIZE"].flatMap { Int($0) }
    }

    private static func open() -> Result<Status, Unavailable> {
        var reasons: [String] = []
        for library in ["libmpi.so.40", "libmpi.so"] {
            guard let reason = openmpi_open(library) else {
                return .success(Status(version: version))
            }
            reasons.append(String(cString: reason))
        }
        return .failure(Unavailable(reason: reasons.joined(separator: "; ")))
    }

    /// The number in a text such as `Open MPI v4.1.4, package: …`.
    private static var version: String {
        let words = text { openmpi_version($0, $1) }
        let first = words.prefix { $0 != "," }
        return first.split(separator: "v").last.map(String.init) ?? words
    }

    /// A text that the library writes into a buffer.
    static func text(_ write: (UnsafeMutablePointer<CChar>, Int32) -> Void) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
            guard let start = buffer.baseAddress else { return "" }
            buffer.initialize(repeating: 0)
            write(start, Int32(buffer.count))
            return String(cString: start)
        }
    }
}
