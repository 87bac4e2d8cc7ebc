import Foundation
import Tokenization

// TokenizerExample FOLDER TEXT: a text as tokens and back.
let tokenizer = try Tokenizer(inModelFolder: URL(filePath: CommandLine.arguments[1]))
let text = CommandLine.arguments[2]

let tokens = tokenizer.encode(text)
print(tokens.map { tokenizer.piece(of: $0) }.joined(separator: "|"))
print(tokenizer.decode(tokens))

// Token by token, as a model writes: never half a character.
var decoder = StreamingDecoder(tokenizer: tokenizer)
for token in tokens { print(decoder.append(token), terminator: "") }
print(decoder.finish())
