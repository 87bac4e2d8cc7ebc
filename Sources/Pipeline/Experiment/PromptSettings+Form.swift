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
    /// - Throws: `TokenizerError` for a template that cannot be used, `DatasetError.missingSymbol`
    ///   for one whose symbols the tokenizer lacks.
    package func form(for tokenizer: Tokenizer, in folder: URL) throws -> PromptForm {
        if let texts { return .texts(texts) }
        switch template {
        case .auto:
            // The models of this project have symbols; a template that says the same to other
            // programs changes nothing, also in records.
            guard let template = try ChatTemplate.recognized(inModelFolder: folder),
                template.source != ChatSymbols.template
            else { return .fitting(tokenizer) }
            return .template(TemplateForm(template, system: system))
        case .plain: return .plain
        case .symbols: return .standard
        case .chatml: return try known(.chatml, tokenizer)
        case .qwen: return try known(.qwen, tokenizer)
        case .llama2: return try known(.llama2, tokenizer)
        case .llama3: return try known(.llama3, tokenizer)
        case .zephyr: return try known(.zephyr, tokenizer)
        }
    }

    private func known(_ template: KnownTemplate, _ tokenizer: Tokenizer) throws -> PromptForm {
        let form = PromptForm.template(
            try TemplateForm(template, system: system, tokenizer: tokenizer)
        )
        try form.check(tokenizer)
        return form
    }
}
