import Foundation
import Tokenization
import Transformer

// GenerateExample FOLDER PROMPT
let arguments = CommandLine.arguments
guard arguments.count == 3 else { fatalError("expected a model folder and a prompt") }

let folder = URL(filePath: arguments[1])
let tokenizer = try Tokenizer(inModelFolder: folder)
let model = try TransformerModel(at: folder)
let prompt = (tokenizer.beginningOfSequence.map { [$0] } ?? []) + tokenizer.encode(arguments[2])

let logits = try SequenceScorer(model).nextTokenLogits(of: [prompt])[0]
print("most likely next token: \(logits.indices.max { logits[$0] < logits[$1] } ?? 0)")

let options = GenerationOptions(maximumNewTokens: 16, stopTokens: model.configuration.stopTokens)
print(tokenizer.decode(try TextGenerator(model).continuation(of: prompt, options: options)))
