/// How a model wants to be asked.
public struct ChatTemplate: Sendable {
    static let file = "chat_template.jinja"
}
