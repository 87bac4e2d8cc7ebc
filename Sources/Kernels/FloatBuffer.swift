import Foundation

/// A run of `Float` that owns its memory: 64-byte aligned, zeroed at birth, freed at death.
///
/// Nothing else in the project allocates numeric memory. Work happens on views (`FloatView`,
/// `MatrixView`), which must not outlive the buffer that they were taken from.
package struct FloatBuffer: ~Copyable, @unchecked Sendable {
    private let base: UnsafeMutablePointer<Float>

    /// The number of elements.
    package let count: Int

    /// Allocates `count` zeros.
    ///
    /// - Parameter count: The number of elements, zero or more.
    package init(count: Int) {
        precondition(count >= 0, "a buffer cannot hold \(count) elements")
        let (bytes, overflow) = max(count, 1).multipliedReportingOverflow(by: 4)
        precondition(!overflow, "a buffer of \(count) elements does not fit the address space")
        // 64 bytes are one cache line and one AVX-512 vector.
        let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
        memset(memory, 0, bytes)
        base = memory.bindMemory(to: Float.self, capacity: max(count, 1))
        self.count = count
    }

    deinit { base.deallocate() }

    /// All elements.
    package var view: FloatView { FloatView(base: base, count: count) }
}
