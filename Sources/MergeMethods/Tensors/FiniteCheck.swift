import Checkpointing
import Kernels
import Synchronization

/// Looks for what is no finite number in the tensors that a merge reads, while it reads them.
///
/// It sees elements as they are computed with: one that is finite as it is stored, in F64, may be
/// beyond the numbers of F32, and is seen too.
///
/// A method that drops elements at random, or takes signs alone, could lose a NaN on its way; here
/// it is seen whatever the method makes of it. Each element is looked at once, in the first pass
/// over a tensor.
package final class FiniteCheck: Sendable {
    /// An element of one of the tensors.
    package struct Place: Hashable, Sendable {
        /// The number of the tensor.
        package let source: Int
        /// The number of the element in it.
        package let element: Int
    }

    private struct State {
        var first: Place?
        var isDone = false
    }

    private let state = Mutex(State())

    /// Nothing was looked at yet.
    package init() {}

    /// The first element that is not finite, whatever the number of threads; nil when all are.
    package var first: Place? { state.withLock { $0.first } }

    /// Whether a whole pass has gone by, so that the next one need not look.
    var isDone: Bool { state.withLock { $0.isDone } }

    /// Says that a whole pass has gone by.
    func finish() { state.withLock { $0.isDone = true } }

    /// Looks at a part of all tensors.
    ///
    /// - Parameters:
    ///   - views: The part in each tensor.
    ///   - start: Where it begins.
    package func look(at views: [FloatView], from start: Int) {
        for (source, view) in views.enumerated() {
            let found = view.withUnsafeBytes { ElementScan.firstNotFinite(in: $0, as: .float32) }
            guard let found else { continue }
            let place = Place(source: source, element: start + found)
            state.withLock { state in
                let first = state.first ?? place
                let isLater = (place.element, place.source) > (first.element, first.source)
                state.first = isLater ? first : place
            }
        }
    }
}
