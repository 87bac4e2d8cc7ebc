import Foundation
import Testing
import Training
import Transformer

@Suite("Training as other packages do it")
struct TrainerLibraryTests {
    private let batches = [
        ModelInput(sequences: [[1, 5, 6, 7, 2], [1, 8, 9, 2]]),
        ModelInput(sequences: [[1, 9, 8, 7, 6, 5, 2]]),
    ]
    private let schedule = LearningRateSchedule(
        shape: .constant,
        peak: 1e-2,
        warmupSteps: 1,
        totalSteps: 8
    )

    private func model(positions: Int = 16) -> TransformerModel {
        var configuration = ModelConfiguration(
            vocabularySize: 11,
            modelWidth: 8,
            layerCount: 2,
            headCount: 2,
            hiddenWidth: 12
        )
        configuration.maximumPositions = positions
        return TransformerModel(configuration: configuration, seed: 1)
    }

    @Test("a run without a folder trains, validates and writes nothing")
    func plain() throws {
        let model = model()
        let trainer = try Trainer(
            model: model,
            batches: batches,
            schedule: schedule,
            validation: [batches[1]],
            validationInterval: 4,
            threadCount: 2
        )
        var losses: [Double] = []
        var validations: [Int] = []
        var saved = 0
        let summary = try trainer.run { event in
            switch event {
            case .step(let step): losses.append(step.loss ?? .nan)
            case .validated(let record): validations.append(record.step)
            case .saved: saved += 1
            default: break
            }
        }
        #expect(summary.isComplete && losses.count == 8 && losses[6] < losses[0])
        #expect(validations == [4, 8] && saved == 0)
    }

    @Test("a run that was stopped resumes to the same weights, with the same batches alone")
    func resumption() throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "trainer-library-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        func trainer(_ model: TransformerModel, _ batches: [ModelInput], _ folder: URL?) throws
            -> Trainer
        {
            try Trainer(
                model: model,
                batches: batches,
                schedule: schedule,
                checkpointFolder: folder,
                threadCount: 2
            )
        }
        let (whole, resumed) = (model(), model())
        _ = try trainer(whole, batches, nil).run { _ in }
        var steps = 0
        let first = try trainer(model(), batches, folder).run { event in
            if case .step = event { steps += 1 }
        } shouldStop: {
            steps == 3
        }
        #expect(!first.isComplete && first.step == 3)
        #expect(throws: (any Error).self) {
            try trainer(model(), batches.reversed(), folder).run { _ in }
        }
        #expect(try trainer(resumed, batches, folder).run { _ in }.isComplete)
        for name in whole.tensorNames {
            #expect(whole.values(of: name) == resumed.values(of: name))
        }
    }

    @Test("batches that a model cannot read are refused by number")
    func refusals() throws {
        func words(_ batches: [ModelInput], positions: Int = 16) -> String {
            let error = #expect(throws: (any Error).self) {
                try Trainer(
                    model: model(positions: positions),
                    batches: batches,
                    schedule: schedule
                )
            }
            return error.map { "\($0)" } ?? ""
        }
        #expect(words([]) == "'batches' is empty; expected one or more")
        #expect(
            words([batches[0], ModelInput(sequences: [[3]])]).hasPrefix("'batches[1]' is 1 tokens")
        )
        #expect(
            words([ModelInput(sequences: [[3, 11]])]).contains("the token 11 is not in the model")
        )
        #expect(words(batches, positions: 6).contains("at most the model's 6 positions"))
        var short = batches[0]
        short.targets.removeLast()
        #expect(words([short]).contains("a target for each token"))
    }

    @Test("a schedule that no run can have is refused before the first step")
    func schedules() throws {
        func refuse(_ words: String, _ change: (inout LearningRateSchedule) -> Void) throws {
            var schedule = schedule
            change(&schedule)
            let error = #expect(throws: (any Error).self, "\(words)") {
                try Trainer(model: model(), batches: batches, schedule: schedule)
            }
            let found = error.map { "\($0)" } ?? ""
            #expect(found.hasPrefix(words), "\(found)")
        }
        try refuse("'peak' is nan; expected a learning rate") { $0.peak = .nan }
        try refuse("'peak' is inf") { $0.peak = .infinity }
        try refuse("'peak' is -0.1") { $0.peak = -0.1 }
        try refuse("'floor' is 5.0; expected a share of the peak") { $0.floor = 5 }
        try refuse("'floor' is nan") { $0.floor = .nan }
        try refuse("'warm-up steps' is -1") { $0.warmupSteps = -1 }
        try refuse("'decay steps' is -2") { $0.shape = .warmupStableDecay(decaySteps: -2) }
        try refuse("'steps' is -8") { $0.totalSteps = -8 }
    }

    @Test("a model that nothing can train, and a validation that counts nothing, are refused")
    func impossible() throws {
        func words(_ model: TransformerModel, validation: [ModelInput] = []) -> String {
            let error = #expect(throws: (any Error).self) {
                try Trainer(
                    model: model,
                    batches: batches,
                    schedule: schedule,
                    validation: validation
                )
            }
            return error.map { "\($0)" } ?? ""
        }
        var shape = model().configuration
        shape.keyValueHeadCount = 3
        #expect(
            words(TransformerModel(configuration: shape, seed: 1))
                .contains("'num_key_value_heads' of the model is 3")
        )
        var masked = batches[0]
        masked.targets = masked.targets.map { _ in ModelInput.ignoredTarget }
        let found = words(model(), validation: [masked])
        #expect(found.hasPrefix("'validation' is a set 'validation' without a token"), "\(found)")
    }
}
