import Kernels

/// Averages in which the data of the models say how much each of them counts where.
///
/// - Fisher merging (Matena and Raffel, arXiv 2111.09832): element by element, by the diagonal of
///   the Fisher information F of each model,
///
///       θ = Σ w_i F_i θ_i / Σ w_i F_i
///
/// - Regression mean, RegMean (Jin et al., arXiv 2212.09849): for a linear layer W with the inputs
///   X_i that model i sees, the W whose outputs differ least from those of all models,
///
///       W = (Σ w_i W_i G_i) (Σ w_i G_i)⁻¹,  G_i = α X_iᵀX_i + (1 − α) diag(X_iᵀX_i)
///
///   All other tensors, the embeddings among them, are averaged.
///
/// The statistics are gathered by running the models (`ModelStatistics`), so that only models of
/// this project can be merged so, in a run.
package struct DataWeightedAverage: Hashable, Codable, Sendable {
    /// Which of the two.
    package enum Kind: String, CaseIterable, Hashable, Codable, Sendable {
        case fisher
        case regressionMean = "regmean"
    }

    /// Which of the two.
    package var kind: Kind
    /// The models and their weights w_i.
    package var terms: [MergeTerm]
    /// How many sequences of its training data each model is looked at with.
    package var sequences: Int
    /// α of the regression mean: the share of what lies beside the diagonal.
    package var offDiagonal: Double

    /// The published share beside the diagonal.
    package static let standardOffDiagonal = 0.9

    /// An average of models.
    package init(
        _ kind: Kind,
        _ terms: [MergeTerm],
        sequences: Int,
        offDiagonal: Double = standardOffDiagonal
    ) {
        self.kind = kind
        self.terms = terms
        self.sequences = sequences
        self.offDiagonal = offDiagonal
    }

    /// The models that are read.
    var inputs: [String] { terms.map(\.input) }

    /// For people: `fisher (0.500 math + 0.500 language), 256 sequences`.
    var formula: String {
        "\(kind.rawValue) (\(MergeTerm.sum(terms))), \(sequences) sequences"
    }

    /// Checks the weights.
    ///
    /// - Throws: `WeightedAverageError`.
    package func check() throws(WeightedAverageError) { try WeightedAverage(terms).check() }

    /// Where a tensor comes from.
    func source(of tensor: ArchitectureTensor, tiedHead: Bool) -> MergeSource {
        let present = terms.filter { $0.weight > 0 }
        guard present.count > 1 else { return .mix(terms) }
        var average = self
        average.terms = present
        switch kind {
        case .fisher: return .combine(.dataWeighted(average))
        case .regressionMean:
            let isLinear: Bool =
                switch tensor.place {
                case .layer: tensor.shape.count == 2
                case .head: !tiedHead
                case .embeddings, .finalNorm: false
                }
            return isLinear ? .combine(.dataWeighted(average)) : .mix(terms)
        }
    }
}

extension DataWeightedAverage {
    /// Information below this counts as this much, so that a parameter that no model's data touch
    /// is averaged.
    static let smallestFisher = 1e-12

    /// The average of a part by Fisher information; overwrites `output`.
    ///
    /// - Parameters:
    ///   - sources: The part in each model, then its information in each.
    ///   - weights: The weights of the models.
    ///   - output: The part of the merged tensor.
    static func fisher(_ sources: [FloatView], weights: [Double], into output: FloatView) {
        let count = weights.count
        for index in 0..<output.count {
            var sum = 0.0
            var total = 0.0
            for model in 0..<count {
                let information = Double(sources[count + model][index])
                let factor = weights[model] * max(information, smallestFisher)
                sum += factor * Double(sources[model][index])
                total += factor
            }
            output[index] = Float(sum / total)
        }
    }

    /// The regression mean of a whole tensor.
    ///
    /// - Parameters:
    ///   - pass: The tensor in each model, of shape `[out, in]`.
    ///   - products: X_iᵀX_i of each model, `[in, in]`.
    /// - Returns: The merged tensor.
    /// - Throws: `TensorwiseError.notPositiveDefinite`.
    func regressionMean(
        _ pass: TensorPass,
        products: [FloatView]
    ) throws(TensorwiseError) -> SharedBuffer {
        let width = pass.rowLength
        let rows = pass.count / max(1, width)
        var system = DenseMatrix(rows: width, columns: width)
        for (term, product) in zip(terms, products) {
            for i in 0..<width {
                for j in 0..<width {
                    let share = i == j ? 1 : offDiagonal
                    system[i, j] += term.weight * share * Double(product[i * width + j])
                }
            }
        }
        let (factor, ridge) = try Self.factor(system, tensor: pass.name)
        let total = terms.reduce(0) { $0 + $1.weight }
        let result = SharedBuffer(count: pass.count)
        let scratch = FloatBuffer(count: pass.count * pass.sources.count)
        let matrices = pass.sources.enumerated().map { index, source in
            source.floats(
                0..<pass.count,
                scratch: scratch.view[index * pass.count..<(index + 1) * pass.count]
            )
        }
        let view = result.view
        let share = offDiagonal
        let terms = terms
        pass.workspace.pool.perform(count: rows) { row in
            var right = [Double](repeating: 0, count: width)
            for (index, term) in terms.enumerated() {
                let weights = matrices[index][row * width..<(row + 1) * width]
                let product = products[index]
                for i in 0..<width {
                    let value = Double(weights[i])
                    let start = i * width
                    let factor = term.weight * value
                    product[start..<start + width].withFloats { line in
                        for j in 0..<width { right[j] += factor * share * Double(line[j]) }
                        right[i] += factor * (1 - share) * Double(line[i])
                    }
                    right[i] += ridge * term.weight / total * value
                }
            }
            factor.solve(&right)
            for i in 0..<width { view[row * width + i] = Float(right[i]) }
        }
        withExtendedLifetime(scratch) {}
        return result
    }

    /// Factors a system with a small ridge, and returns the ridge.
    ///
    /// Inputs that are never there leave the system singular; there the plain average counts. The
    /// products come in single precision, whose rounding can outweigh the first ridge; then a
    /// larger one is tried.
    private static func factor(
        _ system: DenseMatrix,
        tensor: String
    ) throws(TensorwiseError) -> (factor: CholeskyFactorization, ridge: Double) {
        let width = system.rows
        let trace = (0..<width).reduce(0) { $0 + system[$1, $1] }
        var ridge = max(trace / Double(max(1, width)) * 1e-6, 1e-12)
        for _ in 0..<7 {
            var raised = system
            for i in 0..<width { raised[i, i] += ridge }
            if let factor = CholeskyFactorization(of: raised) { return (factor, ridge) }
            ridge *= 10
        }
        throw .notPositiveDefinite(tensor: tensor)
    }
}
