import Foundation
import Kernels

extension TensorCollection {
    /// Elements that are compared at a time.
    private static let comparedElements = 1 << 16

    /// Whether two tensors hold the same numbers, in whatever floating types they are stored.
    ///
    /// Both are read in parts, so that memory does not grow with them.
    ///
    /// - Returns: False too when their shapes differ, or one holds no numbers to compute with.
    /// - Throws: `ShardError` when one of them is not there.
    package func hasSameValues(_ first: String, _ second: String) throws -> Bool {
        guard let own = description(of: first), let other = description(of: second),
            own.shape == other.shape
        else { return false }
        return try withBytes(of: first) { own in
            try withBytes(of: second) { other in
                try Self.hasSameValues(
                    own,
                    try elementType(of: first),
                    other,
                    try elementType(of: second)
                )
            }
        }
    }

    private func elementType(of name: String) throws -> ElementType {
        guard let description = description(of: name) else {
            throw ShardError.missingTensor(name: name, path: url.path(percentEncoded: false))
        }
        return description.elementType
    }

    private static func hasSameValues(
        _ first: UnsafeRawBufferPointer,
        _ firstType: ElementType,
        _ second: UnsafeRawBufferPointer,
        _ secondType: ElementType
    ) throws -> Bool {
        if firstType == secondType { return first.hasSameBytes(as: second) }
        guard firstType.convertsToFloat, secondType.convertsToFloat else { return false }
        let count = first.count / firstType.byteCount
        let rooms = (0..<2).map { _ in SharedBuffer(count: min(count, comparedElements)) }
        for start in stride(from: 0, to: count, by: comparedElements) {
            let range = start..<min(count, start + comparedElements)
            let views = [(first, firstType), (second, secondType)].enumerated().map {
                index,
                stored in
                let (bytes, type) = stored
                let width = type.byteCount
                // The slice is checked against the tensor's bytes.
                let part = bytes[range.lowerBound * width..<range.upperBound * width]
                let view = rooms[index].view[0..<range.count]
                ElementConversion.decode(
                    UnsafeRawBufferPointer(rebasing: part),
                    as: type,
                    into: view
                )
                return view
            }
            let isSame = withExtendedLifetime(rooms) { views[0].array() == views[1].array() }
            guard isSame else { return false }
        }
        return true
    }
}

extension UnsafeRawBufferPointer {
    /// Whether both have the same bytes.
    package func hasSameBytes(as other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        guard let own = baseAddress, let foreign = other.baseAddress else { return true }
        // Both ends were just found to be the same, so that memcmp stays inside.
        return memcmp(own, foreign, count) == 0
    }
}
