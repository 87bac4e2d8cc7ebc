import Datasets
import Foundation
import Recipes
import Tokenization

extension PromptSettings {
    /// How a model is asked.
    ///
    /// - Parameters:
    ///   - tokenizer: Its tokenizer.
    ///   - folder: The folder with the tokenizer, which may have a chat template.
    /// - Returns: The form.
    package func form(for tokenizer: Tokenizer, in folder: URL) throws -> PromptForm {
        if let texts { return .texts(texts) }
        switch template {
        case .auto: return .fitting(tokenizer)
        case .plain: return .plain
        case .symbols: return .standard
        case .chatml, .qwen, .llama2, .llama3, .zephyr: return .plain
        }
    }
}
