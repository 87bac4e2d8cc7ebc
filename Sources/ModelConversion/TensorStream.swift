import Checkpointing
import Foundation
import Kernels

/// Moves one tensor from a form to the other, a piece at a time, so that memory stays small.
struct TensorStream {
    /// Where numbers come from and how they are stored at the other end.
    struct Plan {
        /// The file, for messages.
        let path: String
        /// The tensor, for messages.
        let name: String
        /// How many rows it has, and how long they are; a tensor of one extent is one row.
        let rows: Int
        /// The numbers of a row.
        let rowLength: Int
        /// The width of heads whose rows are reordered; nil where nothing is.
        let headWidth: Int?
        /// Which way they go.
        let direction: RotaryOrder.Direction
        /// How numbers are stored.
        let type: GGUFType
    }

    /// How many numbers are in memory at once, unless a head has more.
    private static let piece = 1 << 20

    private let plan: Plan
    private let rowsAtOnce: Int

    init(_ plan: Plan) {
        self.plan = plan
        let rows = max(1, Self.piece / plan.rowLength)
        // Rows go around within a head; a bias is one row that holds all heads.
        if let headWidth = plan.headWidth, plan.rows > 1 {
            rowsAtOnce = max(headWidth, rows / headWidth * headWidth)
        } else {
            rowsAtOnce = rows
        }
    }

    /// Moves the tensor.
    ///
    /// - Parameters:
    ///   - read: Reads some rows.
    ///   - emit: Takes stored bytes.
    /// - Throws: `GGUFError` for a number that is not finite or does not fit the type, and what
    ///   `read` and `emit` throw.
    func move(
        read: (Range<Int>, FloatView) throws -> Void,
        emit: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let count = min(rowsAtOnce, plan.rows) * plan.rowLength
        let input = SharedBuffer(count: count)
        let output = plan.headWidth.map { _ in SharedBuffer(count: count) }
        for start in stride(from: 0, to: plan.rows, by: rowsAtOnce) {
            let rows = start..<min(plan.rows, start + rowsAtOnce)
            let used = 0..<rows.count * plan.rowLength
            try withExtendedLifetime((input, output)) {
                var floats = input.view[used]
                try read(rows, floats)
                try check(
                    floats.withUnsafeBytes { ElementScan.firstNotFinite(in: $0, as: .float32) }
                )
                if let headWidth = plan.headWidth, let output {
                    RotaryOrder.copy(
                        floats,
                        to: output.view[used],
                        headWidth: headWidth,
                        rowLength: plan.rows > 1 ? plan.rowLength : 1,
                        plan.direction
                    )
                    floats = output.view[used]
                }
                try write(floats, emit)
            }
        }
    }

    private func write(
        _ floats: FloatView,
        _ emit: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let type = plan.type
        let size = floats.count / type.blockLength * type.blockByteCount
        try withUnsafeTemporaryAllocation(byteCount: size, alignment: 16) { bytes in
            GGUFQuantization.encode(floats, as: type, into: bytes)
            let stored = UnsafeRawBufferPointer(bytes)
            if let element = type.elementType {
                if let place = ElementScan.firstNotFinite(in: stored, as: element) {
                    throw tooLarge(floats[place])
                }
            } else if let largest = floats.array().max(by: { abs($0) < abs($1) }),
                !Float16(abs(largest) / 127).isFinite
            {
                throw tooLarge(largest)
            }
            try emit(stored)
        }
    }

    private func check(_ place: Int?) throws {
        guard place != nil else { return }
        throw GGUFError(
            path: plan.path,
            found: "tensor '\(plan.name)' holds a number that is not finite",
            expected: "finite numbers; the file is damaged, or training went wrong"
        )
    }

    private func tooLarge(_ value: Float) -> GGUFError {
        GGUFError(
            path: plan.path,
            found: "tensor '\(plan.name)' holds \(value), which does not fit \(plan.type.name)",
            expected: "another type: --type bf16 or f32"
        )
    }
}
