/// An expression of a template.
indirect enum TemplateExpression {
    case literal(TemplateValue)
    case name(String)
    case list([TemplateExpression])
    case mapping([(key: TemplateExpression, value: TemplateExpression)])
    case attribute(TemplateExpression, String)
    case element(TemplateExpression, TemplateExpression)
    case slice(
        TemplateExpression,
        from: TemplateExpression?,
        to: TemplateExpression?,
        step: TemplateExpression?
    )
    case call(TemplateExpression, TemplateArguments)
    case filter(TemplateExpression, String, TemplateArguments)
    case test(TemplateExpression, String, TemplateArguments, isNegated: Bool)
    case not(TemplateExpression)
    case negative(TemplateExpression)
    case operation(String, TemplateExpression, TemplateExpression)
    case condition(TemplateExpression, then: TemplateExpression, otherwise: TemplateExpression?)
}

/// What stands in the parentheses of a call.
struct TemplateArguments {
    var positional: [TemplateExpression] = []
    var named: [(name: String, value: TemplateExpression)] = []
}

/// A statement of a template.
indirect enum TemplateStatement {
    case text(String)
    case output(TemplateExpression)
    case condition(
        [(condition: TemplateExpression, body: [TemplateStatement])],
        otherwise: [TemplateStatement]
    )
    case loop(
        names: [String],
        over: TemplateExpression,
        filter: TemplateExpression?,
        body: [TemplateStatement],
        otherwise: [TemplateStatement]
    )
    case set(target: [TemplateTarget], TemplateExpression)
    case setBlock(target: TemplateTarget, body: [TemplateStatement])
    case macro(TemplateMacro)
    case stop
    case next
}

/// What a value is given to: a name, or one of a namespace.
struct TemplateTarget {
    let name: String
    let attribute: String?
}

/// Why a template cannot be used: what it asks for, or what it says itself.
package struct TemplateProblem: Error {
    /// The reason, in words.
    package let reason: String

    init(_ reason: String) { self.reason = reason }
}
