import Evaluation

extension Section {
    /// Problems that the swap alone has solved, and that it has not; nil when answers were not
    /// kept.
    static func examples(_ run: RunArtifacts) -> Section? {
        guard let experiment = run.experiments.first(where: { $0.examples != nil }),
            let found = experiment.examples
        else { return nil }
        let others = Format.list(found.others)
        let target = Wording(run.recipe.languages).target
        var content = [
            paragraph(
                "Of \(found.asked) problems in \(target) \(found.model) solves \(found.won) that "
                    + "neither \(found.others.joined(separator: " nor ")) solves, and leaves "
                    + "\(found.lost) that at least one of \(others) solves"
                    + "\(place(experiment.name))."
            )
        ]
        if found.won + found.lost > 0 {
            content.append(
                paragraph(
                    "Those below were chosen to differ in kind and in what went wrong, so that they "
                        + "say nothing about how frequent each is."
                )
            )
        }
        for (title, examples) in [
            ("Solved by \(found.model) alone", found.wins),
            ("Lost by \(found.model)", found.losses),
        ] where !examples.isEmpty {
            content += [
                .element("h3", [:], text: title),
                .element("div", ["class": "examples"], examples.map { article(of: $0, run) }),
            ]
        }
        return Section(
            identifier: "examples",
            title: "Problems won and lost",
            content: content
        )
    }

    private static func article(of example: AnswerExamples.Example, _ run: RunArtifacts) -> Markup {
        let languages = run.recipe.languages
        return .element(
            "article",
            ["class": "example"],
            [
                .element(
                    "p",
                    ["lang": languages.target, "class": "question"],
                    text: example.target
                ),
                example.english.map {
                    .element("p", ["lang": languages.english], text: $0)
                } ?? .none,
                .element(
                    "p",
                    ["class": "note"],
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
                                .element(
                                    "span",
                                    [
                                        "class": reply.isRight ? "right" : "wrong",
                                        "aria-hidden": "true",
                                    ],
                                    text: reply.isRight ? "✓" : "✗"
                                ),
                                .element(
                                    "span",
                                    [:],
                                    [
                                        .element("strong", [:], text: reply.model),
                                        .text(" (\(reply.finding)): "),
                                        .element("code", [:], text: reply.text),
                                    ]
                                ),
                            ]
                        )
                    }
                ),
            ]
        )
    }
}
