import Checkpointing
import Kernels

/// One tensor of one model, to be read in parts.
package enum SourceTensor: @unchecked Sendable {  // Neither case is written while it is read.
    /// A tensor in memory.
    case floats(FloatView)
    /// A tensor in a mapped file, which its maker keeps open.
    case stored(UnsafeRawBufferPointer, ElementType)
    /// A tensor in a mapped file with the change of an adapter.
    case adapted(UnsafeRawBufferPointer, ElementType, LowRankFactors)
    /// So many numbers that are computed where they are read.
    case computed(count: Int, @Sendable (Range<Int>, FloatView) -> Void)

    /// The number of elements.
    var count: Int {
        switch self {
        case .floats(let view): view.count
        case .stored(let bytes, let type), .adapted(let bytes, let type, _):
            bytes.count / type.byteCount
        case .computed(let count, _): count
        }
    }

    /// Some consecutive elements.
    ///
    /// - Parameters:
    ///   - range: Which; inside the tensor.
    ///   - scratch: Room for them, used where they must be converted.
    /// - Returns: A view of the tensor, or of `scratch`.
    func floats(_ range: Range<Int>, scratch: FloatView) -> FloatView {
        switch self {
        case .floats(let view): return view[range]
        case .computed(_, let compute):
            let floats = scratch[0..<range.count]
            compute(range, floats)
            return floats
        case .adapted(let bytes, let type, let factors):
            let floats = SourceTensor.stored(bytes, type).floats(range, scratch: scratch)
            factors.add(to: floats, from: range.lowerBound)
            return floats
        case .stored(let bytes, let type):
            let width = type.byteCount
            // The slice is checked against the tensor's bytes.
            let part = bytes[range.lowerBound * width..<range.upperBound * width]
            let floats = scratch[0..<range.count]
            ElementConversion.decode(UnsafeRawBufferPointer(rebasing: part), as: type, into: floats)
            return floats
        }
    }
}
