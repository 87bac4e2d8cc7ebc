import Foundation
import Tokenization

// TokenizerExample FOLDER TEXT
let arguments = CommandLine.arguments
guard arguments.count == 3 else { fatalError("expected a model folder and a text") }

let tokenizer = try Tokenizer(inModelFolder: URL(filePath: arguments[1]))
let tokens = tokenizer.encode(arguments[2])
print("\(tokens.count) of \(tokenizer.vocabularySize) pieces: \(tokens)")

var decoder = StreamingDecoder(tokenizer: tokenizer)
print(tokens.map { decoder.append($0) }.joined() + decoder.finish())
