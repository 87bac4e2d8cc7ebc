import Kernels

/// The order of rows of queries and keys in both forms.
///
/// Hugging Face turns number j of a head together with number j + d/2; ggml's llama turns
/// neighbours. So in each head of d rows, row 2j + p of a GGUF file is row p · d/2 + j of a folder,
/// p ∈ {0, 1}.
enum RotaryOrder {
    /// Which way rows go.
    enum Direction {
        /// From a folder to a GGUF file.
        case toFile
        /// From a GGUF file to a folder.
        case toHub
    }

    /// Reorders whole heads.
    ///
    /// - Parameters:
    ///   - input: The rows of some heads.
    ///   - output: Where they go, as many numbers.
    ///   - headWidth: The rows of a head, even.
    ///   - rowLength: The numbers of a row.
    ///   - direction: Which way they go.
    static func copy(
        _ input: FloatView,
        to output: FloatView,
        headWidth: Int,
        rowLength: Int,
        _ direction: Direction
    ) {
        precondition(input.count == output.count && headWidth % 2 == 0, "heads of even width")
        precondition(input.count % (headWidth * rowLength) == 0, "whole heads")
        let half = headWidth / 2
        for row in 0..<input.count / rowLength {
            let inside = row % headWidth
            let other =
                switch direction {
                case .toFile: inside % 2 * half + inside / 2
                case .toHub: inside % half * 2 + inside / half
                }
            let (to, from) = (row * rowLength, (row - inside + other) * rowLength)
            output[to..<to + rowLength].copy(from: input[from..<from + rowLength])
        }
    }
}
