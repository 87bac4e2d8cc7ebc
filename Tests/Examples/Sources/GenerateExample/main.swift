import Foundation
import Tokenization
import Transformer

// GenerateExample FOLDER TEXT: how a model continues a text.
let folder = URL(filePath: CommandLine.arguments[1])
let tokenizer = try Tokenizer(inModelFolder: folder)
let model = try TransformerModel(at: folder)
let prompt = tokenizer.prompt(CommandLine.arguments[2])

let logits = try SequenceScorer(model: model).nextTokenLogits(after: prompt)
print("\(logits.count) logits, the largest is \(logits.max() ?? 0)")

var options = GenerationOptions(maximumNewTokens: 16)
options.vocabularySize = tokenizer.vocabularySize
let reply = try TextGenerator(model: model).generate(prompt, options: options)
print(tokenizer.decode(reply))
