import CProcessor

/// Who multiplies the matrices of linear layers in single precision.
package enum ProductMethod: String, CaseIterable, Codable, Sendable {
    /// Register tiles of this project, made for the 32 registers of sixteen floats of AVX-512.
    case tiles
    /// OpenBLAS, with the kernels of the processor at hand.
    case openBLAS = "openblas"

    /// The faster one: tiles where this program was built for AVX-512, OpenBLAS elsewhere.
    ///
    /// On processors with fewer or narrower registers the sums of a tile do not fit, while OpenBLAS
    /// has a kernel for each of them.
    package static var preferred: ProductMethod {
        processor_has_wide_vectors() != 0 ? .tiles : .openBLAS
    }

    /// Loads what the method needs and returns what multiplies, such as `OpenBLAS kernel Haswell`.
    ///
    /// - Throws: `OpenBLAS.LoadingError`.
    package func load() throws -> String {
        switch self {
        case .tiles: "AVX-512 tiles"
        case .openBLAS: "OpenBLAS kernel \(try OpenBLAS.load().kernel)"
        }
    }
}
