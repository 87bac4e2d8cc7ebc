/// The two symbols between which the models of this project are asked, and the chat template that
/// asks so.
///
/// Two symbols stand for words such as "Question:" and "Swali:", so that the form itself shows
/// nothing about the language: a model that answers in one language knows the form of all.
package enum ChatSymbols {
    /// Stands before a question.
    package static let user = "<|user|>"
    /// Stands before a reply.
    package static let assistant = "<|assistant|>"
    /// Both.
    package static let all = [user, assistant]

    /// What other programs write a conversation by: each question begins a document, and each reply
    /// ends it.
    ///
    /// The models have learned questions and replies alone, so that anything else, such as a system
    /// message, is refused.
    package static let template =
        "{% for message in messages %}{% if message['role'] == 'user' %}"
        + "{{ bos_token + '\(user)' + message['content'] }}"
        + "{% elif message['role'] == 'assistant' %}"
        + "{{ '\(assistant)' + message['content'] + eos_token }}"
        + "{% else %}"
        + "{{ raise_exception('the model knows the roles user and assistant alone') }}"
        + "{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '\(assistant)' }}{% endif %}"
}
