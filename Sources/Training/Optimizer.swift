import Foundation
import Kernels
import Transformer

/// AdamW over tensors of a flat buffer, with clipping by the global norm.
///
/// Tensors that are in no part are never touched and have no moments. A run whose steps take turns
/// has a part for each turn: one update concerns the tensors of one part alone, norm included.
///
/// The gradient that arrives is that of the summed loss: division by the number of counted tokens
/// and clipping are one factor, applied on the way into the moments.
package final class Optimizer: @unchecked Sendable {
    let firstMoment: SharedBuffer
    let secondMoment: SharedBuffer

    /// The number of elements of each moment: those of all parts together.
    let count: Int

    private let settings: OptimizerSettings
    private let pool: WorkerPool
    private let parts: [Part]
    /// What the threads are working on.
    private var current: Update?
    private var measured: (gradients: FloatView, part: Part)?

    /// A tensor that is updated.
    struct Tensor: Sendable {
        /// Elements of the flat buffer.
        let range: Range<Int>
        /// Whether weight decay applies.
        let decays: Bool
    }

    /// What one turn updates.
    private struct Part {
        let pieces: [Piece]
        let squares: WorkerSlots<Double>
    }

    /// A stretch of one tensor; its borders depend on the model alone, and so do all sums.
    private struct Piece {
        let range: Range<Int>
        let moments: Range<Int>
        let weightDecay: Double
    }

    /// One round of work over all pieces.
    private struct Update {
        var parameters: FloatView
        var gradients: FloatView
        var rule: AdamW
        var gradientScale: Float
        var pieces: [Piece]
    }

    private static let pieceLength = 1 << 15

    /// - Parameters:
    ///   - parts: The tensors of each turn; no tensor is in two.
    ///   - settings: The settings of AdamW.
    ///   - pool: The threads.
    init(parts: [[Tensor]], settings: OptimizerSettings, pool: WorkerPool) {
        self.settings = settings
        self.pool = pool
        var count = 0
        self.parts = parts.map { tensors in
            var pieces: [Piece] = []
            for tensor in tensors {
                let end = tensor.range.upperBound
                for start in stride(
                    from: tensor.range.lowerBound,
                    to: end,
                    by: Self.pieceLength
                ) {
                    let range = start..<min(start + Self.pieceLength, end)
                    pieces.append(
                        Piece(
                            range: range,
                            moments: count..<(count + range.count),
                            weightDecay: tensor.decays ? settings.weightDecay : 0
                        )
                    )
                    count += range.count
                }
            }
            return Part(
                pieces: pieces,
                squares: WorkerSlots(repeating: 0, count: pieces.count)
            )
        }
        self.count = count
        firstMoment = SharedBuffer(count: count)
        secondMoment = SharedBuffer(count: count)
    }

    /// Updates all parameters of a model at every step.
    package convenience init(model: TransformerModel, settings: OptimizerSettings, pool: WorkerPool)
    {
        self.init(
            parts: [model.layout.entries.map(Tensor.init)],
            settings: settings,
            pool: pool
        )
    }

    /// Updates all adapters at every step.
    package convenience init(adapters: LoRAAdapters, settings: OptimizerSettings, pool: WorkerPool)
    {
        self.init(parts: [adapters.tensors(ofPart: 0)], settings: settings, pool: pool)
    }

    /// √ Σ g² over the tensors of a part.
    package func norm(of gradients: FloatView, part: Int = 0) -> Double {
        let part = parts[part]
        measured = (gradients, part)
        pool.performPrepared(count: part.pieces.count) { [self] in measurePiece($0) }
        return part.squares.reduce(into: 0.0) { $0 += $1 }.squareRoot()
    }

    private func measurePiece(_ index: Int) {
        guard let (gradients, part) = measured else { return }
        part.squares[index] = Elementwise.sumOfSquares(gradients[part.pieces[index].range])
    }

    /// One update of the parameters of a part.
    ///
    /// - Parameters:
    ///   - parameters: Overwritten.
    ///   - gradients: Of the summed loss.
    ///   - norm: Their norm.
    ///   - countedTokens: What the summed loss is divided by, above zero.
    ///   - learningRate: η.
    ///   - step: The number of this update of the part, from 1.
    ///   - part: Which tensors are updated.
    package func update(
        parameters: FloatView,
        gradients: FloatView,
        norm: Double,
        countedTokens: Int,
        learningRate: Double,
        step: Int,
        part: Int = 0
    ) {
        let mean = 1 / Double(countedTokens)
        var scale = mean
        if let clip = settings.gradientClip, norm * mean > clip {
            // The same guard against division by zero as torch.nn.utils.clip_grad_norm_.
            scale *= clip / (norm * mean + 1e-6)
        }
        current = Update(
            parameters: parameters,
            gradients: gradients,
            rule: AdamW(
                learningRate: learningRate,
                beta1: settings.beta1,
                beta2: settings.beta2,
                epsilon: settings.epsilon,
                step: step
            ),
            gradientScale: Float(scale),
            pieces: parts[part].pieces
        )
        pool.performPrepared(count: parts[part].pieces.count) { [self] in updatePiece($0) }
    }

    private func updatePiece(_ index: Int) {
        guard let current else { return }
        let piece = current.pieces[index]
        current.rule.update(
            parameters: current.parameters[piece.range],
            gradients: current.gradients[piece.range],
            firstMoment: firstMoment.view[piece.moments],
            secondMoment: secondMoment.view[piece.moments],
            gradientScale: current.gradientScale,
            weightDecay: piece.weightDecay
        )
    }
}

extension Optimizer.Tensor {
    /// A tensor of a model.
    init(_ entry: ParameterLayout.Entry) {
        self.init(range: entry.range, decays: entry.role.isMatrix)
    }
}
