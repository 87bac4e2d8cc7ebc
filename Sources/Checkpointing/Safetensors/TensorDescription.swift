/// The name, element type and shape of a stored tensor, whose size is known to fit an `Int`.
public struct TensorDescription: Hashable, Sendable {
    /// The name, unique in its file.
    public let name: String
    /// What one element is.
    public let elementType: ElementType
    /// The extents, outermost first; empty for a scalar.
    public let shape: [Int]
    /// The product of the extents.
    public let elementCount: Int
    /// The bytes of all elements.
    public let byteCount: Int

    /// Describes a tensor.
    ///
    /// - Throws: `ShapeError` when an extent is negative or the size does not fit 64 bits.
    package init(name: String, elementType: ElementType, shape: [Int]) throws(ShapeError) {
        var count = 1
        var isEmpty = false
        for extent in shape {
            guard extent >= 0 else { throw ShapeError(name: name, shape: shape) }
            isEmpty = isEmpty || extent == 0
            // The product of the other extents must fit too, so that strides can be computed.
            let (product, overflow) = count.multipliedReportingOverflow(by: max(extent, 1))
            guard !overflow else { throw ShapeError(name: name, shape: shape) }
            count = product
        }
        // Types below a byte share bytes: n elements of b bits fill n · b / 8, which must be whole.
        let isWhole = elementType.bitCount % 8 == 0
        let unit = isWhole ? elementType.byteCount : elementType.bitCount
        let (size, overflow) = count.multipliedReportingOverflow(by: unit)
        guard !overflow, isWhole || size % 8 == 0 || isEmpty else {
            throw ShapeError(name: name, shape: shape)
        }
        let bytes = isWhole ? size : size / 8
        self.name = name
        self.elementType = elementType
        self.shape = shape
        elementCount = isEmpty ? 0 : count
        byteCount = isEmpty ? 0 : bytes
    }

    /// The same tensor stored with another element type.
    ///
    /// - Throws: `ShapeError` when the wider elements do not fit 64 bits.
    package func stored(as type: ElementType) throws(ShapeError) -> TensorDescription {
        try TensorDescription(name: name, elementType: type, shape: shape)
    }

    /// The shape as it is printed: `[512, 128]`.
    package var shapeText: String { "[" + shape.map(String.init).joined(separator: ", ") + "]" }
}

/// A shape that no tensor can have.
package struct ShapeError: Error, Hashable, CustomStringConvertible {
    /// The tensor.
    package let name: String
    /// The extents that were asked for.
    package let shape: [Int]

    /// What is wrong, with the numbers.
    package var description: String {
        "tensor '\(name)' cannot have the shape \(shape): "
            + "extents must be zero or more and their product in whole bytes must fit 64 bits"
    }
}
