import Foundation

/// A run of `Float` that owns its memory: aligned, zeroed at birth, freed at death.
///
/// Nothing else in the project allocates numeric memory. Work happens on views (`FloatView`,
/// `MatrixView`), which must not outlive the buffer that they were taken from.
package struct FloatBuffer: ~Copyable, @unchecked Sendable {
    private let base: UnsafeMutablePointer<Float>
    /// A mapping of its own; nil for memory of the heap.
    private let mapping: UnsafeMutableRawBufferPointer?

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
        self.count = count
        if bytes >= 2 * Self.largePageBytes, let mapping = Self.map(bytes),
            let start = mapping.baseAddress
        {
            base = start.alignedUp(toMultipleOf: Self.largePageBytes)
                .bindMemory(to: Float.self, capacity: count)
            self.mapping = mapping
            return
        }
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: bytes,
            alignment: Self.lineBytes
        )
        memset(memory, 0, bytes)
        base = memory.bindMemory(to: Float.self, capacity: max(count, 1))
        mapping = nil
    }

    /// Zeros from the system, which takes memory for a page of them when it is first written.
    ///
    /// - Returns: A large page more than asked for, so that the buffer can begin at the border of
    ///   one.
    private static func map(_ bytes: Int) -> UnsafeMutableRawBufferPointer? {
        let (length, overflow) = bytes.addingReportingOverflow(largePageBytes)
        guard !overflow else { return nil }
        let flags = MAP_PRIVATE | MAP_ANONYMOUS
        guard let memory = mmap(nil, length, PROT_READ | PROT_WRITE, flags, -1, 0),
            memory != MAP_FAILED
        else { return nil }
        // Advice only: where the system has no large pages, nothing changes.
        madvise(memory, length, MADV_HUGEPAGE)
        return UnsafeMutableRawBufferPointer(start: memory, count: length)
    }

    deinit {
        if let mapping { munmap(mapping.baseAddress, mapping.count) } else { base.deallocate() }
    }

    /// All elements.
    package var view: FloatView { FloatView(base: base, count: count) }
}
