import COpenBLAS
import Foundation

/// The one door to OpenBLAS: corrects the choice of its kernels, then loads it.
///
/// OpenBLAS 0.3.21 (Debian 12) does not know processors newer than Cooper Lake and falls back to
/// kernels from 2004 there. The choice is made while the library loads, so the environment variable
/// `OPENBLAS_CORETYPE` is set first, from the features of the processor, unless the user has.
package enum OpenBLAS {
    /// What was loaded, and what was corrected on the way.
    package struct Status: Sendable {
        /// The library's build description.
        package let configuration: String
        /// The kernel set in use, such as `SkylakeX`.
        package let kernel: String
        /// The kernel set that was asked for, or nil when the choice was left to OpenBLAS.
        package let requestedKernel: String?
        /// Whether the user had set `OPENBLAS_CORETYPE`.
        package let setByUser: Bool
    }

    /// The library could not be loaded.
    package struct LoadingError: Error, CustomStringConvertible {
        /// What the loader said.
        package let reason: String
        package var description: String {
            "OpenBLAS could not be loaded: \(reason). Install it with "
                + "'apt-get install libopenblas-dev' and try again."
        }
    }

    private static let variable = "OPENBLAS_CORETYPE"

    private static let outcome: Result<Status, LoadingError> = open()

    /// Loads the library once; later calls give the same answer.
    ///
    /// - Throws: `LoadingError` when the library is missing or is another one.
    @discardableResult
    package static func load() throws -> Status { try outcome.get() }

    /// The kernel set that suits a processor, or nil where OpenBLAS knows best.
    ///
    /// Names of OpenBLAS 0.3.21; each needs the features in front of it.
    package static func suitableKernel(for processor: Processor) -> String? {
        let features = processor.features
        guard features.isSuperset(of: ["avx2", "fma"]) else { return nil }
        guard features.isSuperset(of: ["avx512f", "avx512bw", "avx512dq", "avx512vl"]) else {
            return "Haswell"
        }
        return features.contains("avx512_bf16") ? "Cooperlake" : "SkylakeX"
    }

    private static func open() -> Result<Status, LoadingError> {
        let environment = ProcessInfo.processInfo.environment
        let setByUser = environment[variable].map { !$0.isEmpty } ?? false
        // "native" leaves the choice to OpenBLAS, so that `doctor` can show what it would be.
        let leftToLibrary = environment[variable] == "native"
        let requested =
            leftToLibrary
            ? nil : setByUser ? environment[variable] : suitableKernel(for: .current)
        if leftToLibrary {
            unsetenv(variable)
        } else if let requested {
            setenv(variable, requested, 1)
        }
        // This project parallelises over its own work; threads of the library would stand in the
        // way.
        setenv("OPENBLAS_NUM_THREADS", "1", 1)
        for library in ["libopenblas.so.0", "libopenblas.so"] {
            guard let reason = openblas_open(library) else {
                openblas_threads(1)
                return .success(
                    Status(
                        configuration: String(cString: openblas_configuration()),
                        kernel: String(cString: openblas_kernel()),
                        requestedKernel: requested,
                        setByUser: setByUser
                    )
                )
            }
            if library == "libopenblas.so" {
                return .failure(LoadingError(reason: String(cString: reason)))
            }
        }
        return .failure(LoadingError(reason: "no library was tried"))
    }

    /// Makes sure that the library is there before a kernel calls it.
    package static func require() {
        guard openblas_is_open() == 0 else { return }
        if case .failure(let error) = outcome { preconditionFailure(error.description) }
    }
}
