/// Merges by norms, angles or largest changes, with the parameters of mergekit.
extension MergekitTensor {
    /// The source; the base as it is where there is nothing to add to it.
    ///
    /// - Throws: `MergekitError` and the errors of the method.
    func tensorwise(_ kind: TensorwiseMerge.Kind) throws -> MergeSource {
        guard let merge = try tensorwiseMerge(kind) else { return .copy(of: ModelPart.base.name) }
        try merge.check()
        return merge.source
    }

    /// The merge; nil where a method that adds to its base has no other models.
    private func tensorwiseMerge(_ kind: TensorwiseMerge.Kind) throws -> TensorwiseMerge? {
        switch kind {
        case .nuslerp: .nuslerp(try nuSlerp())
        case .multislerp: .multislerp(try multiSlerp())
        case .karcher: .karcher(try karcherMean())
        case .sce: try selectedChanges().map(TensorwiseMerge.sce)
        case .nearswap:
            .nearswap(NearSwap(try onlyOther(), distance: max(0, try required("t"))))
        case .arceeFusion: .arceeFusion(ArceeFusion(try onlyOther()))
        case .ram: try agentMerge(gain: nil).map(TensorwiseMerge.ram)
        case .ramPlus:
            try agentMerge(gain: number("r") ?? AgentMerge.standardGain).map(TensorwiseMerge.ram)
        }
    }

    private func nuSlerp() throws -> NuSlerp {
        guard others.count == 2 else { throw models("two models, and perhaps a base_model") }
        let byRows = boolean("nuslerp_row_wise") ?? false
        let isWhole = boolean("nuslerp_flatten") ?? true
        // What mergekit calls row-wise goes along the first extent.
        let extent: NuSlerp.Extent = isWhole ? .whole : byRows ? .columns : .rows
        return NuSlerp(try weighted(), readsBase: readsBase, extent: extent)
    }

    private func multiSlerp() throws -> MultiSlerp {
        MultiSlerp(
            try weighted(),
            readsBase: readsBase,
            isNormalized: boolean("normalize_weights") ?? true,
            epsilon: number("eps") ?? MultiSlerp.standardEpsilon
        )
    }

    private func karcherMean() throws -> KarcherMean {
        KarcherMean(
            slice.sources.map(\.model),
            iterations: try karcherIterations(),
            tolerance: number("tol") ?? KarcherMean.standardTolerance
        )
    }

    /// How often `karcher` moves the mean; Python's `int` cuts a fraction off.
    private func karcherIterations() throws -> Int {
        guard let number = number("max_iter") else { return KarcherMean.standardIterations }
        guard let count = Int(exactly: number.rounded(.towardZero)) else {
            throw MergekitError.unsupported(
                parameter: "max_iter",
                reason: "found \(number), expected \(KarcherMean.iterationWords)"
            )
        }
        return count
    }

    private func selectedChanges() throws -> SelectedChanges? {
        let added = try modelsBesideBase()
        guard !added.isEmpty else { return nil }
        return SelectedChanges(added, density: min(1, max(0, number("select_topk") ?? 1)))
    }

    private func agentMerge(gain: Double?) throws -> AgentMerge? {
        let added = try modelsBesideBase()
        guard !added.isEmpty else { return nil }
        return AgentMerge(
            added,
            epsilon: number("epsilon") ?? AgentMerge.standardEpsilon,
            gain: gain,
            limit: number("alpha") ?? AgentMerge.standardLimit
        )
    }

    // MARK: Models

    private var others: [MergekitMerge.Source] { slice.sources.filter { !isBase($0) } }

    /// Whether there is a base, and it is a model of the slice.
    private var readsBase: Bool { merge.hasBase && slice.sources.contains(where: isBase) }

    private func weighted() throws -> [MergeTerm] {
        try others.map { MergeTerm($0.model, try required("weight", of: $0)) }
    }

    /// The models that are added to a base, which there must be.
    private func modelsBesideBase() throws -> [String] {
        guard readsBase else { throw models("a base_model and others") }
        return others.map(\.model)
    }

    /// The one model beside a base.
    private func onlyOther() throws -> String {
        guard readsBase, others.count == 1 else {
            throw models("two models, of which one is base_model")
        }
        return others[0].model
    }
}
