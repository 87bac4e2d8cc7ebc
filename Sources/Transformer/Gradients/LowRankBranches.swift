import Kernels

/// An adapter of one weight, by its places in a buffer of adapters: A `[rank, in]` and B
/// `[out, rank]`.
package struct LowRankAdapter: Sendable {
    /// The weight.
    package let target: ParameterLayout.Entry
    /// A.
    package let down: Range<Int>
    /// B.
    package let up: Range<Int>

    /// Describes an adapter.
    package init(target: ParameterLayout.Entry, down: Range<Int>, up: Range<Int>) {
        self.target = target
        self.down = down
        self.up = up
    }
}

/// Adapters beside the weights of a model: y = x W₀ᵀ + s (x Aᵀ) Bᵀ (Hu et al., 2021, arXiv
/// 2106.09685).
///
/// The weights are only read, so that they may be in bfloat16, and have no gradients.
package struct LowRankAdapters: Sendable {
    /// r.
    package let rank: Int
    /// s.
    package let scale: Float
    /// All adapters.
    package let adapters: [LowRankAdapter]
    /// A and B of all of them; their owner must outlive this value.
    package let values: FloatView

    /// Describes adapters.
    package init(rank: Int, scale: Float, adapters: [LowRankAdapter], values: FloatView) {
        self.rank = rank
        self.scale = scale
        self.adapters = adapters
        self.values = values
    }
}

/// The adapters of the weights that one product of a block serves, for one thread.
struct LowRankBranches: Sendable {
    private struct Branch: Sendable {
        /// The columns of the product's output that the adapter adds to.
        let columns: Range<Int>
        let down: MatrixView
        let up: MatrixView
        let downGradient: MatrixView
        let upGradient: MatrixView
    }

    private let branches: [Branch]
    private let scale: Float
    private let products: LinearProduct
    /// s x Aᵀ or s dy B of one adapter, `[tokens, rank]`.
    private let projection: MatrixView

    /// - Parameters:
    ///   - adapters: All adapters.
    ///   - gradients: Where their gradients go, in the places of their values.
    ///   - entries: The weights that the product serves, in the order of its outputs.
    ///   - products: Multiplies; used by this thread alone.
    ///   - projection: Room for x Aᵀ or dy B, `[tokens, rank]`.
    init?(
        _ adapters: LowRankAdapters,
        gradients: FloatView,
        entries: [ParameterLayout.Entry],
        products: LinearProduct,
        projection: MatrixView
    ) {
        var column = 0
        var branches: [Branch] = []
        for entry in entries {
            let (rows, width) = (entry.shape[0], entry.shape[1])
            defer { column += rows }
            guard let own = adapters.adapters.first(where: { $0.target.range == entry.range })
            else { continue }
            branches.append(
                Branch(
                    columns: column..<(column + rows),
                    down: MatrixView(
                        adapters.values[own.down],
                        rows: adapters.rank,
                        columns: width
                    ),
                    up: MatrixView(adapters.values[own.up], rows: rows, columns: adapters.rank),
                    downGradient: MatrixView(
                        gradients[own.down],
                        rows: adapters.rank,
                        columns: width
                    ),
                    upGradient: MatrixView(
                        gradients[own.up],
                        rows: rows,
                        columns: adapters.rank
                    )
                )
            )
        }
        guard !branches.isEmpty else { return nil }
        self.branches = branches
        scale = adapters.scale
        self.products = products
        self.projection = projection
    }

    /// y += s (x Aᵀ) Bᵀ.
    func forward(_ input: MatrixView, into output: MatrixView) {
        for branch in branches {
            let own = output.columns(branch.columns)
            products.forward(
                input: project(input, branch),
                weight: branch.up,
                output: own,
                adding: own
            )
        }
    }

    /// dx += s (dy B) A, where dx holds what the weight itself gives.
    func backwardInput(outputGradient: MatrixView, inputGradient: MatrixView) {
        for branch in branches {
            products.backwardInput(
                outputGradient: gradient(outputGradient, branch),
                weight: branch.down,
                inputGradient: inputGradient,
                adding: inputGradient
            )
        }
    }

    /// dA += s (dy B)ᵀ x and dB += s dyᵀ (x Aᵀ).
    func backwardWeights(outputGradient: MatrixView, input: MatrixView) {
        for branch in branches {
            products.backwardWeight(
                outputGradient: outputGradient.columns(branch.columns),
                input: project(input, branch),
                weightGradient: branch.upGradient
            )
            products.backwardWeight(
                outputGradient: gradient(outputGradient, branch),
                input: input,
                weightGradient: branch.downGradient
            )
        }
    }

    /// s x Aᵀ.
    private func project(_ input: MatrixView, _ branch: Branch) -> MatrixView {
        let result = projection.rows(0..<input.rows)
        products.forward(input: input, weight: branch.down, output: result)
        scaleRows(result)
        return result
    }

    /// s dy B.
    private func gradient(_ outputGradient: MatrixView, _ branch: Branch) -> MatrixView {
        let result = projection.rows(0..<outputGradient.rows)
        products.backwardInput(
            outputGradient: outputGradient.columns(branch.columns),
            weight: branch.up,
            inputGradient: result
        )
        scaleRows(result)
        return result
    }

    private func scaleRows(_ matrix: MatrixView) {
        for row in 0..<matrix.rows {
            Elementwise.scale(matrix.row(row), by: scale, into: matrix.row(row))
        }
    }
}

/// The adapters of one block, by the products that they stand beside.
struct BlockBranches: Sendable {
    let queryKeyValue: LowRankBranches?
    let attentionOutput: LowRankBranches?
    let gateUp: LowRankBranches?
    let down: LowRankBranches?

    init(
        _ layer: Int,
        _ layout: ParameterLayout,
        _ adapters: (values: LowRankAdapters, gradients: FloatView)?,
        _ memory: GradientPass.Memory
    ) {
        // Small products, whose rounding to bfloat16 would save nothing.
        let products = LinearProduct()
        func branches(_ roles: ParameterRole...) -> LowRankBranches? {
            guard let adapters, let projection = memory.projection else { return nil }
            return LowRankBranches(
                adapters.values,
                gradients: adapters.gradients,
                entries: roles.compactMap { role in
                    layout.entries.first { $0.role == role && $0.layer == layer }
                },
                products: products,
                projection: projection
            )
        }
        queryKeyValue = branches(.query, .key, .value)
        attentionOutput = branches(.attentionOutput)
        gateUp = branches(.gate, .up)
        down = branches(.down)
    }
}

extension BlockOperators {
    /// The layers of a block in training, with the adapters that it has.
    init(
        _ views: BlockViews<WeightMatrix>,
        _ products: LinearProduct,
        _ branches: BlockBranches
    ) {
        func layer(_ weight: WeightMatrix, _ branches: LowRankBranches?) -> LinearOperator {
            branches.map { .adapted(weight, products, $0) } ?? .dense(weight, products)
        }
        self.init(
            attentionNorm: views.attentionNorm,
            queryKeyValue: layer(views.queryKeyValue, branches.queryKeyValue),
            attentionOutput: layer(views.attentionOutput, branches.attentionOutput),
            feedForwardNorm: views.feedForwardNorm,
            gateUp: layer(views.gateUp, branches.gateUp),
            down: layer(views.down, branches.down),
            additions: views.additions
        )
    }
}
