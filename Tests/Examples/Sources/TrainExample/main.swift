import Foundation
import Tokenization
import Training
import Transformer

// TrainExample MODEL OUTPUT: trains a model on two sentences, one batch of both.
let folders = CommandLine.arguments.dropFirst().map { URL(filePath: $0) }
let tokenizer = try Tokenizer(inModelFolder: folders[0])
let model = try TransformerModel(at: folders[0])

let texts = ["Tom has 3 apples and buys 4 more.", "Now he has 7 apples."]
let batch = ModelInput(sequences: texts.map { tokenizer.document($0) })
let schedule = LearningRateSchedule(shape: .cosine, peak: 3e-3, warmupSteps: 2, totalSteps: 20)

let trainer = try Trainer(model: model, batches: [batch], schedule: schedule)
let summary = try trainer.run { event in
    if case .step(let step) = event { print("step \(step.step) loss \(step.loss ?? 0)") }
}
try model.save(to: folders[1])
print("\(summary.step) steps, \(summary.tokens) tokens")
