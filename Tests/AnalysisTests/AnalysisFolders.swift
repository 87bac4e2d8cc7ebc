import Foundation
import Foundations
import Transformer

/// Small checkpoints of one test, removed at the end.
final class AnalysisFolders {
    let root = FileManager.default.temporaryDirectory.appending(
        path: "analysis-\(UUID().uuidString)",
        directoryHint: .isDirectory
    )

    deinit { try? FileManager.default.removeItem(at: root) }

    /// Writes a model.
    func write(_ name: String, _ model: TransformerModel) throws -> URL {
        let folder = root.appending(path: name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try model.write(to: folder)
        return folder
    }
}

/// Models of tests.
enum TestModel {
    /// A model of normal weights.
    static func random(
        layers: Int = 3,
        width: Int = 16,
        vocabulary: Int = 12,
        seed: UInt64 = 1,
        tied: Bool = true
    ) -> TransformerModel {
        let model = TransformerModel(
            zeros: ModelConfiguration(
                vocabularySize: vocabulary,
                modelWidth: width,
                layerCount: layers,
                headCount: 2,
                hiddenWidth: 24,
                tiedEmbeddings: tied
            )
        )
        var generator = SeededGenerator(seed: seed, stream: "analysis test")
        model.parameters.copy(
            from: (0..<model.parameterCount).map { _ in Float(generator.normal()) * 0.3 }
        )
        for entry in model.layout.entries where !entry.role.isMatrix {
            model.parameters[entry.range].fill(1)
        }
        return model
    }

    /// A copy that can be changed.
    static func copy(_ model: TransformerModel) -> TransformerModel {
        let copy = TransformerModel(zeros: model.configuration)
        copy.copyParameters(from: model)
        return copy
    }
}
