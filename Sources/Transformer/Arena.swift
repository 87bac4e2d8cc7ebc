import Kernels

/// Hands out consecutive pieces of one buffer, sized once: first counted, then cut.
///
/// `Arena.cut` runs the same closure twice, so that the size cannot disagree with the use.
final class Arena: @unchecked Sendable {
    private let buffer: FloatBuffer
    private var next = 0
    private let counting: Bool

    private init(count: Int, counting: Bool) {
        buffer = FloatBuffer(count: count)
        self.counting = counting
    }

    /// The number of elements in use.
    var elementCount: Int { next }

    /// Cuts everything that `plan` asks for out of one buffer.
    static func cut<Pieces>(_ plan: (Arena) -> Pieces) -> (arena: Arena, pieces: Pieces) {
        let counter = Arena(count: 0, counting: true)
        _ = plan(counter)
        let arena = Arena(count: counter.next, counting: false)
        return (arena, plan(arena))
    }

    /// A piece of `count` floats that begins on a 64-byte border.
    func vector(_ count: Int) -> FloatView {
        let start = next
        next += (count + 15) & ~15
        // While counting nobody looks at the pieces, so an empty one stands for each.
        return counting ? buffer.view : buffer.view[start..<(start + count)]
    }

    /// A piece of `rows` by `columns` floats without gaps.
    func matrix(_ rows: Int, _ columns: Int) -> MatrixView {
        let elements = vector(rows * columns)
        return counting
            ? MatrixView(elements, rows: 0, columns: columns)
            : MatrixView(elements, rows: rows, columns: columns)
    }
}
