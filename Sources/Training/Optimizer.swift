import Foundation
import Kernels
import Transformer

/// AdamW over a model's flat buffer, with clipping by the global norm.
///
/// The gradient that arrives is that of the summed loss: division by the number of counted tokens
/// and clipping are one factor, applied on the way into the moments.
final class Optimizer: @unchecked Sendable {
    let firstMoment: SharedBuffer
    let secondMoment: SharedBuffer

    private let settings: OptimizerSettings
    private let pool: WorkerPool
    private let pieces: [Piece]
    private let squares: WorkerSlots<Double>
    /// What the threads are working on.
    private var current: Update?
    private var measured: FloatView?

    /// A stretch of one tensor; its borders depend on the model alone, and so do all sums.
    private struct Piece {
        let range: Range<Int>
        let weightDecay: Double
    }

    /// One round of work over all pieces.
    private struct Update {
        var parameters: FloatView
        var gradients: FloatView
        var rule: AdamW
        var gradientScale: Float
    }

    private static let pieceLength = 1 << 15

    init(model: TransformerModel, settings: OptimizerSettings, pool: WorkerPool) {
        self.settings = settings
        self.pool = pool
        firstMoment = SharedBuffer(count: model.parameterCount)
        secondMoment = SharedBuffer(count: model.parameterCount)
        let pieces = model.layout.entries.flatMap { entry in
            stride(from: entry.range.lowerBound, to: entry.range.upperBound, by: Self.pieceLength)
                .map { start in
                    Piece(
                        range: start..<min(start + Self.pieceLength, entry.range.upperBound),
                        weightDecay: entry.role.isMatrix ? settings.weightDecay : 0
                    )
                }
        }
        self.pieces = pieces
        squares = WorkerSlots(repeating: 0, count: pieces.count)
    }

    /// √ Σ g² over all tensors.
    func norm(of gradients: FloatView) -> Double {
        measured = gradients
        pool.performPrepared(count: pieces.count) { [self] in measurePiece($0) }
        return squares.reduce(into: 0.0) { $0 += $1 }.squareRoot()
    }

    private func measurePiece(_ index: Int) {
        guard let measured else { return }
        squares[index] = Elementwise.sumOfSquares(measured[pieces[index].range])
    }

    /// One update of all parameters.
    ///
    /// - Parameters:
    ///   - parameters: Overwritten.
    ///   - gradients: Of the summed loss.
    ///   - norm: Their norm.
    ///   - countedTokens: What the summed loss is divided by, above zero.
    ///   - learningRate: η.
    ///   - step: The number of this update, from 1.
    func update(
        parameters: FloatView,
        gradients: FloatView,
        norm: Double,
        countedTokens: Int,
        learningRate: Double,
        step: Int
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
            gradientScale: Float(scale)
        )
        pool.performPrepared(count: pieces.count) { [self] in updatePiece($0) }
    }

    private func updatePiece(_ index: Int) {
        guard let current else { return }
        let piece = pieces[index]
        current.rule.update(
            parameters: current.parameters[piece.range],
            gradients: current.gradients[piece.range],
            firstMoment: firstMoment.view[piece.range],
            secondMoment: secondMoment.view[piece.range],
            gradientScale: current.gradientScale,
            weightDecay: piece.weightDecay
        )
    }
}
