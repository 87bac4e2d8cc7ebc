import Arithmetic
import Evaluation
import Pipeline
import Tokenization
import Transformer

/// The next words of a model.
struct PieceMessage: Encodable, Sendable {
    let model: String
    let text: String
}

/// All that a model wrote.
struct ReplyMessage: Encodable, Sendable {
    /// One token of it.
    struct Token: Encodable, Sendable {
        let id: Int32
        let text: String
    }

    let model: String
    let text: String
    let tokens: [Token]
    let milliseconds: Double
    /// Whether the answer is right, judged as the squares are; nil where nobody knows.
    let right: Bool?

    init(
        _ model: String,
        _ reply: ModelSession.Reply,
        _ tokenizer: Tokenizer,
        answer: CanonicalNumber?
    ) {
        self.model = model
        text = reply.text
        right = answer.map { AnswerExtraction.strict(in: reply.text) == $0 }
        milliseconds = reply.seconds * 1000
        var decoder = StreamingDecoder(tokenizer: tokenizer)
        tokens = reply.identifiers.map { Token(id: $0, text: decoder.append($0)) }
    }
}

/// What would come next, by layer.
struct LensMessage: Encodable, Sendable {
    /// A place behind the embeddings or behind a layer.
    struct Layer: Encodable, Sendable {
        /// A token that may come next.
        struct Token: Encodable, Sendable {
            let text: String
            let probability: Double
        }

        let name: String
        let top: [Token]
    }

    /// How many tokens each place shows.
    static let tokenCount = 5

    let layers: [Layer]

    init(_ places: [[LayerReader.NextToken]], _ tokenizer: Tokenizer) {
        layers = places.enumerated().map { place, tokens in
            Layer(
                name: place == 0 ? "embeddings" : "layer \(place - 1)",
                top: tokens.map { token in
                    Layer.Token(
                        text: tokenizer.decode([token.token]),
                        probability: token.probability
                    )
                }
            )
        }
    }
}

/// A problem to ask.
struct DrawnMessage: Encodable, Sendable {
    let question: String
    let answer: String
    let translation: String?
}
