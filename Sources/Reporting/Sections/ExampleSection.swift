import Evaluation

extension Section {
    /// Problems that the swap alone has solved; nil when answers were not kept.
    static func examples(_ run: RunArtifacts) -> Section? {
        guard let experiment = run.experiments.first(where: { $0.examples != nil }),
            let found = experiment.examples
        else { return nil }
        let others = found.others.joined(separator: " and ")
        let language = run.recipe.languages.target
        let articles = found.examples.map { example in
            Markup.element(
                "article",
                ["class": "example"],
                [
                    .element("p", ["lang": language, "class": "question"], text: example.target),
                    example.english.map {
                        .element("p", ["lang": run.recipe.languages.english], text: $0)
                    } ?? .none,
                    .element(
                        "p",
                        ["class": "source"],
                        text: "\(Metric.words(example.kind)); the answer is \(example.gold)"
                    ),
                    .element(
                        "ul",
                        [:],
                        example.replies.map { reply in
                            .element(
                                "li",
                                [:],
                                [
                                    .element("strong", [:], text: reply.model),
                                    .text(reply.isRight ? " is right: " : " is wrong: "),
                                    .element("code", [:], text: reply.text),
                                ]
                            )
                        }
                    ),
                ]
            )
        }
        return Section(
            identifier: "examples",
            title: "Solved by \(found.model) alone",
            content: [
                paragraph(
                    "Of \(found.asked) problems in the target language \(found.model) solves "
                        + "\(found.found) that neither of \(others) solves"
                        + "\(place(experiment.name)). Some of them, different kinds first:"
                )
            ] + articles
        )
    }
}
