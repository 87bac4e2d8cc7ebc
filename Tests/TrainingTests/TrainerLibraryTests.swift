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
}
