import Foundation

/// How often the process has taken memory from the heap, when something counts it.
///
/// The counter is a library of its own (`lib_AllocationCounter.so`) that has to be preloaded;
/// without it nothing is counted and nothing is slowed down.
package enum AllocationCount {
    private typealias Counter = @convention(c) () -> Int

    private static let counter: Counter? = {
        // Null stands for the whole program and everything that was loaded with it.
        guard let symbol = dlsym(nil, "layerswap_allocation_count") else { return nil }
        return unsafeBitCast(symbol, to: Counter.self)
    }()

    /// The number of allocations so far, by any thread, or nil when nobody counts.
    package static var current: Int? { counter?() }
}
