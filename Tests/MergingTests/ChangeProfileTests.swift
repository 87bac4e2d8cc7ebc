import Foundation
import MergeMethods
import Merging
import Testing
import Transformer

@Suite("How far experts have moved")
struct ChangeProfileTests {
    /// A base, and experts whose change of layer l is a known share of the base's weights.
    private func experts(
        language: [Float],
        math: [Float]
    ) throws -> (MergeFolders, [MergeInput]) {
        let folders = try MergeFolders()
        let shape = MergeFolders.shape(layers: language.count)
        let base = try folders.make("base", shape, seed: 1)
        let model = try TransformerModel(at: base.folder)
        let inputs = try [("language", language), ("math", math)].map { name, shares in
            let expert = TransformerModel(zeros: shape)
            expert.parameters.copy(from: model.parameters)
            for entry in expert.layout.entries {
                guard let layer = entry.layer else { continue }
                for index in entry.range { expert.parameters[index] *= 1 + shares[layer] }
            }
            let folder = folders.folder(name)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try expert.write(to: folder)
            try Data("pieces".utf8).write(to: folder.appending(path: "tokenizer.model"))
            return MergeInput(name: name, folder: folder)
        }
        return (folders, [base] + inputs)
    }

    private func profile(_ inputs: [MergeInput]) throws -> ChangeProfile? {
        try MergeExecutor(
            .average(.uniform(of: ["language", "math"])),
            of: inputs,
            workspace: MergeWorkspace(threadCount: 2)
        ).changes()
    }

    @Test("Changes are shares of the base's norm, and cosines show their direction")
    func measured() throws {
        let (folders, inputs) = try experts(
            language: [0.5, 0.1, 0, 0.25],
            math: [0.25, -0.1, 0.5, 0.25]
        )
        let profile = try #require(try profile(inputs))
        withExtendedLifetime(folders) {}
        for entries in [profile.layers, profile.attention, profile.mlp] {
            for (layer, (language, math, cosine)) in [
                (0.5, 0.25, 1.0), (0.1, 0.1, -1), (0, 0.5, 0), (0.25, 0.25, 1),
            ].enumerated() {
                #expect(abs(entries[layer].language - language) < 1e-6)
                #expect(abs(entries[layer].math - math) < 1e-6)
                #expect(abs(entries[layer].cosine - cosine) < 1e-6)
            }
        }
        #expect(try self.profile(Array(inputs.dropFirst())) == nil)
    }

    @Test("Who has changed a layer more, as a share of his largest change, owns it")
    func rule() {
        let entries = [(0.4, 0.1), (0.2, 0.09), (0.1, 0.2), (0.36, 0.2)].map {
            ChangeProfile.Entry(language: $0.0, math: $0.1, cosine: 0)
        }
        // Shares 1, .5, .25, .9 and .5, .45, 1, 1.
        #expect(ChangeProfile.languageWeights(entries, threshold: 0.06) == [1, 0.5, 0, 0])
        #expect(ChangeProfile.languageWeights(entries, threshold: 0.2) == [1, 0.5, 0, 0.5])
        #expect(ChangeProfile.languageWeights(entries, threshold: 0) == [1, 1, 0, 0])
    }

    @Test(
        "A swap by changes is the swap with the coefficients of the rule",
        arguments: LayerSwap.Granularity.allCases
    )
    func swapByChanges(granularity: LayerSwap.Granularity) throws {
        let (folders, inputs) = try experts(
            language: [0.4, 0.2, 0.1, 0.36],
            math: [0.1, 0.09, 0.2, 0.2]
        )
        let pattern = LayerSwap.Pattern.changes(threshold: 0.06, granularity: granularity)
        let executor = try MergeExecutor(
            .layerSwap(LayerSwap(bottom: 0, top: 0, pattern: pattern)),
            of: inputs,
            workspace: MergeWorkspace(threadCount: 2)
        )
        let weights = [1, 0.5, 0, 0]
        var expected = LayerSwap(bottom: 0, top: 0, coefficients: weights)
        if granularity == .module { expected.mlpCoefficients = weights }
        #expect(executor.plan.method == .layerSwap(expected))
        // The base decides, so it must be there.
        #expect(throws: MergeError.missingInput(name: "base", given: ["language", "math"])) {
            try MergeExecutor(
                .layerSwap(LayerSwap(bottom: 0, top: 0, pattern: pattern)),
                of: Array(inputs.dropFirst()),
                workspace: MergeWorkspace(threadCount: 2)
            )
        }
        #expect(throws: LayerSwapError.changesUnknown) {
            try MergePlan(
                .layerSwap(LayerSwap(bottom: 0, top: 0, pattern: pattern)),
                architecture: executor.plan.architecture
            )
        }
        // In memory the same changes decide.
        let models = try inputs.map { ($0.name, try TransformerModel(at: $0.folder)) }
        let profile = try ChangeProfile(
            Dictionary(uniqueKeysWithValues: models.map { ($0.0, $0.1.parameters) }),
            architecture: executor.plan.architecture,
            layout: models[0].1.layout,
            workspace: MergeWorkspace(threadCount: 1)
        )
        #expect(profile == (try executor.changes()))
        withExtendedLifetime((folders, models)) {}
    }

    @Test("Far experts and contradicting ones are warned of, near ones are not")
    func warnings() throws {
        let (folders, near) = try experts(language: [0.1, 0.1], math: [0.1, 0.2])
        #expect(try profile(near)?.warnings == [])
        let (others, far) = try experts(language: [0.1, 0.5], math: [-0.1, 0.2])
        let warnings = try #require(try profile(far)?.warnings)
        withExtendedLifetime((folders, others)) {}
        #expect(warnings.count == 2)
        #expect(warnings[0].contains("the language expert has changed layer 1 by more than 33 %"))
        #expect(warnings[0].contains("33 % of its size"))
        #expect(warnings[1].contains("contradict each other in layer 0 "))
        #expect(warnings[1].hasSuffix("averages of this layer undo what was learned"))
    }
}
