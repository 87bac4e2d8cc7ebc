/// A template in the language Jinja, as chat templates use it in the sandbox of `transformers`.
package struct Template: Sendable {
    // Literals of a template are texts and numbers, which nothing changes.
    private nonisolated(unsafe) let statements: [TemplateStatement]

    /// Reads a template.
    ///
    /// Throws `TemplateProblem` for what is none, or asks for what we do not do.
    package init(_ source: String) throws(TemplateProblem) {
        statements = try TemplateParser.statements(of: source)
    }

    /// The text of the template with values for its names.
    ///
    /// Throws `TemplateProblem`, also where the template itself refuses the values.
    package func text(_ values: [String: TemplateValue]) throws(TemplateProblem) -> TemplateText {
        try TemplateRenderer(values: values).text(of: statements)
    }
}
