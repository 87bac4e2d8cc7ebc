import MergeMethods

/// One model that is measured: a checkpoint of the run, or a merge in memory.
package struct ModelSpecification: Hashable, Sendable {
    /// Where its parameters come from.
    package enum Source: Hashable, Sendable {
        /// The folder of a stage.
        case checkpoint(String)
        /// A merge of folders, by the part that each plays.
        case merge(MergeMethod, of: [String: String])
    }

    /// The row of the table that it belongs to.
    package let model: String
    /// Which of the experts it was made from, such as `math-2 language-1`; empty when there is one
    /// of each.
    package let replicate: String
    /// Where its parameters come from.
    package let source: Source

    /// A model of the table.
    ///
    /// - Parameters:
    ///   - model: The row of the table that it belongs to.
    ///   - replicate: Which of the experts it was made from, such as `math-2 language-1`; empty
    ///     when there is one of each.
    ///   - source: Where its parameters come from.
    package init(model: String, replicate: String, source: Source) {
        self.model = model
        self.replicate = replicate
        self.source = source
    }

    /// The same experts under another method.
    package func merged(by method: MergeMethod) -> ModelSpecification {
        guard case .merge(_, let folders) = source else { return self }
        return ModelSpecification(
            model: model,
            replicate: replicate,
            source: .merge(method, of: folders)
        )
    }

    /// The stages whose folders are read.
    package var folders: [String] {
        switch source {
        case .checkpoint(let folder): [folder]
        case .merge(_, let folders): Set(folders.values).sorted()
        }
    }
}

extension Recipe {
    /// The names under which a stage is trained: its own, or one for each of its seeds.
    package func replicas(of stage: String) -> [String] {
        let seeds = stages[stage]?.seeds ?? 1
        return seeds == 1 ? [stage] : (1...seeds).map { "\(stage)-\($0)" }
    }

    /// The stage and the number, from 1, of a name that `replicas` gives.
    package func replica(named name: String) -> (stage: String, number: Int)? {
        for stage in stages.names {
            if let place = replicas(of: stage).firstIndex(of: name) { return (stage, place + 1) }
        }
        return nil
    }

    /// The settings of a training stage by the name of one of its replicas.
    package func stage(named name: String) -> TrainingStageSettings? {
        replica(named: name).flatMap { stages[$0.stage] }
    }

    /// The settings of a stage with the mixture that the recipe's `resource` leaves of it.
    package func effective(stage name: String) -> TrainingStageSettings? {
        var settings = stages[name]
        if name == ModelPart.base.name, let mixture = settings?.mixture {
            settings?.mixture = resource.reduced(mixture)
        }
        return settings
    }

    /// The models that are tested against all others: those that the recipe names, or every layer
    /// swap.
    package var comparedModels: [String] {
        guard evaluation.compare.isEmpty else { return evaluation.compare }
        return merges.entries.filter { entry in
            entry.value.points.contains {
                if case .layerSwap = $0.method { true } else { false }
            }
        }.map(\.name)
    }

    /// What a replica begins with; nil for the base.
    ///
    /// The replica of a number begins with the replica of the same number, counted round when the
    /// stage before it has fewer.
    package func beginning(of name: String) -> String? {
        guard let replica = replica(named: name), replica.stage != ModelPart.base.name,
            let settings = stages[replica.stage]
        else { return nil }
        let earlier = replicas(of: settings.from ?? ModelPart.base.name)
        return earlier[(replica.number - 1) % earlier.count]
    }

    /// What is measured of a model: by setting, then by experts.
    package func specifications(of model: String) -> [[ModelSpecification]] {
        guard let merge = merges[model] else {
            return [
                replicas(of: model).map { name in
                    ModelSpecification(
                        model: model,
                        replicate: name == model ? "" : name,
                        source: .checkpoint(name)
                    )
                }
            ]
        }
        if merge.isWritten {
            return [
                [ModelSpecification(model: model, replicate: "", source: .checkpoint(model))]
            ]
        }
        return merge.points.map { point in
            combinations(of: point).map { folders in
                let several = point.inputs.values.filter { (stages[$0]?.seeds ?? 1) > 1 }
                let parts = folders.filter { several.contains(point.inputs[$0.key] ?? "") }
                return ModelSpecification(
                    model: model,
                    replicate: Set(parts.values).sorted().joined(separator: " "),
                    source: .merge(point.method, of: folders)
                )
            }
        }
    }

    /// What is measured of one setting of a model: one model for each choice of experts.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - point: The place of the setting.
    ///   - method: The method that a search or retrieval has found; nil for that of the setting.
    /// - Returns: The models; none where there is no such setting.
    package func specifications(
        of model: String,
        point: Int,
        found method: MergeMethod?
    ) -> [ModelSpecification] {
        let points = specifications(of: model)
        guard points.indices.contains(point) else { return [] }
        guard let method else { return points[point] }
        return points[point].map { $0.merged(by: method) }
    }

    /// Every choice of replicas for the parts of a merge.
    private func combinations(of point: MergeSettings) -> [[String: String]] {
        let order = stages.names
        let used = Set(point.inputs.values).sorted {
            (order.firstIndex(of: $0) ?? 0) < (order.firstIndex(of: $1) ?? 0)
        }
        var choices: [[String: String]] = [[:]]
        for stage in used {
            choices = choices.flatMap { begun in
                replicas(of: stage).map { name in
                    begun.merging([stage: name], uniquingKeysWith: { first, _ in first })
                }
            }
        }
        return choices.map { choice in point.inputs.mapValues { choice[$0] ?? $0 } }
    }
}
