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
    /// The moments of the pieces that this rank updates, one after the other.
    let firstMoment: SharedBuffer
    let secondMoment: SharedBuffer

    /// The number of elements of each moment at all ranks: those of all parts together.
    let count: Int
    /// The number of elements of each moment at this rank.
    var ownCount: Int { firstMoment.view.count }
    /// What each rank updates.
    let shards: Shards
    /// The number of this rank.
    let rank: Int

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
        /// The pieces of this rank; their moments are those of this rank.
        let pieces: [OptimizerPiece]
        let squares: WorkerSlots<Double>
        /// The pieces of every rank in the order of its squares, by their places among all.
        let places: [[Int]]
        /// The squares of all pieces.
        let allSquares: WorkerSlots<Double>
    }

    /// One round of work over all pieces.
    private struct Update {
        var parameters: FloatView
        var gradients: FloatView
        var rule: AdamW
        var gradientScale: Float
        var pieces: [OptimizerPiece]
    }

    /// - Parameters:
    ///   - parts: The tensors of each turn; no tensor is in two.
    ///   - settings: The settings of AdamW.
    ///   - pool: The threads.
    ///   - sections: Runs of the buffer in the order in which their gradients are complete; one
    ///     rank needs none.
    ///   - peers: The ranks that share the work; nil for this process alone.
    init(
        parts: [[Tensor]],
        settings: OptimizerSettings,
        pool: WorkerPool,
        sections: [Range<Int>] = [0..<Int.max],
        peers: (any ModelPeers)? = nil
    ) {
        self.settings = settings
        self.pool = pool
        let rank = peers?.rank ?? 0
        let ranks = peers?.count ?? 1
        self.rank = rank
        let pieces = OptimizerPiece.cut(parts, weightDecay: settings.weightDecay)
        let shards = Shards(pieces, sections: sections, ranks: ranks)
        self.shards = shards
        count = pieces.joined().last?.moments.upperBound ?? 0
        var ownCount = 0
        self.parts = pieces.indices.map { part in
            let places = (0..<ranks).map { shards.pieces(of: $0, in: part).sorted() }
            let own = places[rank].map { place in
                let piece = pieces[part][place]
                defer { ownCount += piece.range.count }
                return OptimizerPiece(
                    range: piece.range,
                    moments: ownCount..<(ownCount + piece.range.count),
                    weightDecay: piece.weightDecay
                )
            }
            return Part(
                pieces: own,
                squares: WorkerSlots(repeating: 0, count: own.count),
                places: places,
                allSquares: WorkerSlots(repeating: 0, count: pieces[part].count)
            )
        }
        firstMoment = SharedBuffer(count: ownCount)
        secondMoment = SharedBuffer(count: ownCount)
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

    /// √ Σ g² over the tensors of a part, when this process has all gradients.
    package func norm(of gradients: FloatView, part: Int = 0) -> Double {
        measure(gradients, part: part)
        return parts[part].squares.reduce(into: 0.0) { $0 += $1 }.squareRoot()
    }

    /// Σ g² of each piece of this rank, and zeros for as many as another rank may have more.
    func squares(of gradients: FloatView, part: Int) -> [Double] {
        measure(gradients, part: part)
        let most = parts[part].places.map(\.count).max() ?? 0
        let own = parts[part].squares
        return (0..<most).map { $0 < own.count ? own[$0] : 0 }
    }

    /// √ Σ g² from the squares of all ranks, added up in the order of pieces.
    func norm(ofSquares squares: [ArraySlice<Double>], part: Int) -> Double {
        let all = parts[part].allSquares
        for (places, own) in zip(parts[part].places, squares) {
            for (place, square) in zip(places, own) { all[place] = square }
        }
        return all.reduce(into: 0.0) { $0 += $1 }.squareRoot()
    }

    private func measure(_ gradients: FloatView, part: Int) {
        let part = parts[part]
        measured = (gradients, part)
        pool.performPrepared(count: part.pieces.count) { [self] in measurePiece($0) }
    }

    private func measurePiece(_ index: Int) {
        guard let (gradients, part) = measured else { return }
        part.squares[index] = Elementwise.sumOfSquares(gradients[part.pieces[index].range])
    }

    /// One update of this rank's parameters of a part.
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
