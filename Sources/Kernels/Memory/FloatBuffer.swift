import Foundation

/// A run of `Float` that owns its memory: aligned, zeroed at birth, freed at death.
///
/// Nothing else in the project allocates numeric memory. Work happens on views (`FloatView`,
/// `MatrixView`), which must not outlive the buffer that they were taken from.
package struct FloatBuffer: ~Copyable, @unchecked Sendable {
    private let base: UnsafeMutablePointer<Float>

    /// The number of elements.
    package let count: Int

    /// One cache line and one AVX-512 vector.
    private static let lineBytes = 64
    /// The larger page of x86-64 and of most ARM systems.
    private static let largePageBytes = 2 << 20

    /// Allocates `count` zeros.
    ///
    /// Buffers of several megabytes ask the system for large pages: products walk through matrices
    /// by rows that are further apart than a small page, and would wait for translations.
    ///
    /// - Parameter count: The number of elements, zero or more.
    package init(count: Int) {
        precondition(count >= 0, "a buffer cannot hold \(count) elements")
        let (bytes, overflow) = max(count, 1).multipliedReportingOverflow(by: 4)
        precondition(!overflow, "a buffer of \(count) elements does not fit the address space")
        let isLarge = bytes >= 2 * Self.largePageBytes
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: bytes,
            alignment: isLarge ? Self.largePageBytes : Self.lineBytes
        )
        // Advice only: where the system has no large pages, nothing changes.
        if isLarge { madvise(memory, bytes, MADV_HUGEPAGE) }
        memset(memory, 0, bytes)
        base = memory.bindMemory(to: Float.self, capacity: max(count, 1))
        self.count = count
    }

    deinit { base.deallocate() }

    /// All elements.
    package var view: FloatView { FloatView(base: base, count: count) }
}
