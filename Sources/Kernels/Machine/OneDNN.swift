import COneDNN
import Foundation

/// The one door to oneDNN, which multiplies matrices in bfloat16.
///
/// Nothing else needs the library: without it, and on processors without instructions for
/// bfloat16, products stay in single precision.
package enum OneDNN {
    /// What was loaded.
    package struct Status: Sendable {
        /// Such as `2.6.3`.
        package let version: String
    }

    /// Why products in bfloat16 are not to be had here.
    package enum Unavailable: Error, CustomStringConvertible, Sendable {
        /// The processor lacks the instructions.
        case processor(name: String)
        /// The library is missing, or is another one.
        case library(reason: String)

        package var description: String {
            switch self {
            case .processor(let name):
                "bf16 needs a processor with AVX512-BF16 or AMX; \(name) has neither"
            case .library(let reason):
                "bf16 needs oneDNN, which could not be loaded: \(reason). Install it with "
                    + "'apt-get install libdnnl-dev' and try again"
            }
        }
    }

    private static let outcome: Result<Status, Unavailable> = open()

    /// Loads the library once; later calls give the same answer.
    ///
    /// - Throws: `Unavailable`.
    @discardableResult
    package static func load() throws(Unavailable) -> Status { try outcome.get() }

    /// Whether a processor has instructions that multiply bfloat16.
    package static func isSuitable(_ processor: Processor) -> Bool {
        !processor.features.isDisjoint(with: ["avx512_bf16", "amx_bf16"])
    }

    private static func open() -> Result<Status, Unavailable> {
        guard isSuitable(.current) else {
            return .failure(.processor(name: Processor.current.name))
        }
        // This project parallelises over its own work; the library's OpenMP reads this as it loads.
        setenv("OMP_NUM_THREADS", "1", 1)
        var reasons: [String] = []
        for library in ["libdnnl.so.2", "libdnnl.so.3", "libdnnl.so"] {
            guard let reason = onednn_open(library) else {
                var numbers: (Int32, Int32, Int32) = (0, 0, 0)
                onednn_version(&numbers.0, &numbers.1, &numbers.2)
                return .success(Status(version: "\(numbers.0).\(numbers.1).\(numbers.2)"))
            }
            reasons.append(String(cString: reason))
        }
        return .failure(.library(reason: reasons.joined(separator: "; ")))
    }
}
