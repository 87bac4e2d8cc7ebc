import Evaluation

/// Puts the counts of all tensors at one share together, by layer and for the whole model.
struct CutSummary {
    let tensors: [TensorCuts.Cut]
    let names: [LocalizationRecord.Tensor]
    let languages: [String]
    /// The places of the tensors of each layer.
    let layers: [[Int]]

    init(tensors: [TensorCuts.Cut], names: [LocalizationRecord.Tensor], _ languages: [String]) {
        self.tensors = tensors
        self.names = names
        self.languages = languages
        let count = (names.compactMap(\.name.layer).max() ?? -1) + 1
        layers = (0..<count).map { layer in
            names.indices.filter { names[$0].name.layer == layer }
        }
    }

    func cut(share: Double) -> LocalizationRecord.Cut {
        let pairs = OverlapCounts.pairs(of: languages.count)
        return LocalizationRecord.Cut(
            share: share,
            sets: languages.indices.map(languageSet),
            pairs: pairs.indices.map { pair in
                LocalizationRecord.Pair(
                    languages: [languages[pairs[pair].first], languages[pairs[pair].second]],
                    all: overlap(pair, in: Array(names.indices)),
                    layers: layers.map { overlap(pair, in: $0) },
                    tensors: names.indices.map { overlap(pair, in: [$0]) }
                )
            },
            claims: claims
        )
    }

    private func languageSet(_ language: Int) -> LocalizationRecord.LanguageSet {
        func size(in places: [Int]) -> Int {
            places.reduce(0) { $0 + tensors[$1].main.sizes[language] }
        }
        /// The sizes in each group of samples.
        func groups(in places: [Int]) -> Estimate? {
            let count = tensors.first?.groups.count ?? 0
            guard count > 1 else { return nil }
            return .mean(
                of: (0..<count).map { group in
                    Double(places.reduce(0) { $0 + tensors[$1].groups[group].sizes[language] })
                }
            )
        }
        let all = Array(names.indices)
        return LocalizationRecord.LanguageSet(
            language: languages[language],
            size: size(in: all),
            groups: groups(in: all),
            layers: layers.map(size),
            layerGroups: layers.compactMap(groups),
            tensors: names.indices.map { size(in: [$0]) },
            agreement: agreement(of: language)
        )
    }

    /// The overlap of sets of one language from different samples.
    private func agreement(of language: Int) -> Estimate? {
        let count = tensors.first?.agreement[language].count ?? 0
        guard count > 1 else { return nil }
        return .mean(
            of: (0..<count).map { group in
                OverlapCounts.sum(tensors.map { $0.agreement[language][group] })?.jaccard(0) ?? 0
            }
        )
    }

    private func overlap(_ pair: Int, in places: [Int]) -> LocalizationRecord.Overlap {
        let (first, second) = OverlapCounts.pairs(of: languages.count)[pair]
        func sum(_ counts: (TensorCuts.Cut) -> OverlapCounts) -> OverlapCounts {
            OverlapCounts.sum(places.map { counts(tensors[$0]) })
                ?? OverlapCounts(languages: languages.count)
        }
        func jaccards(_ counts: (TensorCuts.Cut) -> [OverlapCounts]) -> [Double] {
            let number = tensors.first.map { counts($0).count } ?? 0
            return (0..<number).map { draw in sum { counts($0)[draw] }.jaccard(pair) }
        }
        let main = sum(\.main)
        var chance = SizeMatchedChance()
        for place in places {
            let sizes = tensors[place].main.sizes
            chance.add(sizes[first], sizes[second], of: names[place].count)
        }
        let groups = jaccards(\.groups)
        let shuffled = DrawSpread(jaccards(\.shuffled))
        let jaccard = main.jaccard(pair)
        return LocalizationRecord.Overlap(
            sizes: [main.sizes[first], main.sizes[second]],
            shared: main.shared[pair],
            jaccard: jaccard,
            groups: groups.count > 1 ? .mean(of: groups) : nil,
            sizeNull: OverlapCounts.jaccard(
                main.sizes[first],
                main.sizes[second],
                chance.expected
            ),
            sizeZ: chance.z(of: main.shared[pair]),
            weightNull: shuffled.mean,
            weightDeviation: shuffled.deviation,
            weightZ: shuffled.deviation > 0
                ? (jaccard - shuffled.mean) / shuffled.deviation : nil,
            control: sum(\.control).jaccard(pair)
        )
    }
}
