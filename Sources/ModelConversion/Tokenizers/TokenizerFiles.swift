import Checkpointing
import Foundation

/// The files of a folder that a tokenizer of a GGUF file becomes.
struct TokenizerFiles {
    /// Names and contents.
    let files: [(name: String, data: Data)]
    /// The keys of `config.json` and `generation_config.json` that name tokens.
    let tokenFields: [(key: String, value: JSONText)]

    /// Converts the tokenizer of a GGUF file.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - shape: Its model.
    /// - Throws: `GGUFError` for a tokenizer that is not converted here.
    init(of file: GGUFFile, _ shape: ModelShape) throws {
        let key = "tokenizer.ggml.model"
        var table = try TokenTable(of: file, rows: shape.vocabulary)
        let main: (name: String, data: Data)
        let className: String?
        var settings: [(key: String, value: JSONText)] = []
        let model = try file.text(key)
        switch model {
        case "gpt2":
            main = ("tokenizer.json", try BytePairFiles.json(of: file, &table))
            className = "PreTrainedTokenizerFast"
        case "llama", PieceReader.unigramName:
            main = ("tokenizer.model", try PieceFiles.model(of: file, &table))
            // With this class `transformers` 5 reads every model as BPE; without a class it reads a
            // unigram model as unigram.
            className = model == "llama" ? "LlamaTokenizer" : nil
            let prefix = try file.flag("tokenizer.ggml.add_space_prefix") ?? true
            // What `transformers` calls legacy is what llama.cpp does: a space goes before the text
            // behind a special token too.
            settings = [("legacy", .flag(true)), ("add_prefix_space", .flag(prefix))]
        default: throw file.error(key, expected: "gpt2, llama or \(PieceReader.unigramName)")
        }
        let special = table.special
        let ends = [special.end, special.endOfTurn].compactMap { $0 }
        let tokens: [(key: String, value: JSONText)] = [
            ("bos_token_id", special.beginning.map(JSONText.integer) ?? .null),
            (
                "eos_token_id",
                Set(ends).count > 1
                    ? .list(ends.map(JSONText.integer))
                    : ends.first.map(JSONText.integer) ?? .null
            ),
            ("pad_token_id", special.padding.map(JSONText.integer) ?? .null),
        ]
        tokenFields = tokens
        files = [
            main,
            (
                ChatTemplateFile.tokenizerFile,
                table.settings(className: className, context: shape.context, more: settings)
            ),
            ("special_tokens_map.json", JSONText.object(table.namedTokens).data()),
            ("generation_config.json", JSONText.object(tokens).data()),
        ]
    }
}
