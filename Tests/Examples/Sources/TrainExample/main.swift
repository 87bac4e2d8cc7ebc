import Foundation
import Tokenization
import Training
import Transformer

// TrainExample FOLDER CHECKPOINTS
let arguments = CommandLine.arguments
guard arguments.count == 3 else { fatalError("expected a model folder and one for checkpoints") }

let folder = URL(filePath: arguments[1])
let tokenizer = try Tokenizer(inModelFolder: folder)
let model = try TransformerModel(at: folder)
let texts = ["2 + 2 = 4", "2 + 3 = 5", "3 + 3 = 6"].map { tokenizer.encode($0) }

let settings = TrainingRun.Settings(steps: 20, learningRate: 3e-3, sequenceLength: 32)
let run = try TrainingRun(of: model, settings, checkpoints: URL(filePath: arguments[2])) { step in
    texts.map { TrainingRun.Sequence(tokens: $0) }
}
try run.start { event in
    if case .step(let record) = event { print("step \(record.step) loss \(record.loss ?? 0)") }
}
