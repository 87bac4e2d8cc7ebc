import Evaluation
import Foundations
import Recipes

extension Section {
    /// Who solves how many problems, how sure that is, and what the merge is made of.
    static func headline(_ run: RunArtifacts) -> Section {
        Section(
            identifier: "result",
            title: "The result",
            content: run.groups.count <= mostOpenGroups
                ? run.groups.flatMap { content(of: GroupResult(run, $0)) }
                : [paragraph("Each of the \(run.groups.count) settings by itself:")]
                    + run.groups.map { folded(GroupResult(run, $0)) }
        )
    }

    /// How many groups are shown in full; with more of them, what they have in common is the result.
    private static let mostOpenGroups = 3

    /// A group that opens on demand, with its shares beside its name.
    private static func folded(_ result: GroupResult) -> Markup {
        let shares = result.models.prefix(1).flatMap { model in
            result.metrics.compactMap { metric -> String? in
                guard let value = result.row(model)?.metrics[metric] else { return nil }
                let language = result.wording.language(of: metric) ?? metric.title
                return "\(language) \(Format.percent(value.value))"
            }
        }
        let words = ([result.group.name] + (shares.isEmpty ? [] : [shares.joined(separator: ", ")]))
            .joined(separator: ": ")
        return .element(
            "details",
            ["class": "more"],
            [.element("summary", [:], text: words)] + content(of: result, named: false)
        )
    }

    private static func content(of result: GroupResult, named: Bool = true) -> [Markup] {
        var content: [Markup] = []
        if named, !result.group.name.isEmpty {
            content.append(.element("h3", [:], text: result.group.name))
        }
        let words = [Markup.element("p", ["class": "note"], text: result.words), terms(result)]
        content += result.models.enumerated().map { number, model in
            outcome(of: model, result, and: number == 0 ? words : [])
        }
        if result.models.isEmpty { content += words }
        content += result.models.compactMap { differences(of: $0, result)?.markup }
        content += [solved(result)?.markup, more(result)].compactMap { $0 }
        return content
    }

    /// The shares of one model in both languages, what its tests say, and its picture.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - result: Where it stands.
    ///   - more: What else stands beside the picture.
    /// - Returns: Both columns.
    private static func outcome(
        of model: String,
        _ result: GroupResult,
        and more: [Markup]
    ) -> Markup {
        let scores = result.metrics.compactMap { metric -> Markup? in
            guard let value = result.row(model)?.metrics[metric] else { return nil }
            let interval = value.interval.map {
                "95 % interval \(Format.number(100 * $0.lowerBound, 1)) to "
                    + Format.percent($0.upperBound)
            }
            return .element(
                "div",
                ["class": "score"],
                [
                    .element(
                        "p",
                        ["class": "score-name"],
                        text: result.wording.language(of: metric) ?? metric.title
                    ),
                    .element("p", ["class": "share"], text: Format.percent(value.value)),
                    interval.map { .element("p", ["class": "note"], text: $0) } ?? .none,
                    .element(
                        "p",
                        ["class": "note"],
                        text: "\(NumberText.grouped(value.count)) problems"
                    ),
                ]
            )
        }
        let words = result.metrics.flatMap { result.sentences(about: model, metric: $0) }
        let left = Markup.element(
            "div",
            [:],
            [
                .element(
                    "p",
                    [:],
                    [
                        .text("Word problems that "), .element("strong", [:], text: model),
                        .text(" has solved:"),
                    ]
                ), .element("div", ["class": "scores"], scores),
            ]
                + words.map { .element("p", ["class": "verdict-words"], text: $0) } + more
        )
        return .element(
            "div",
            ["class": "outcome"],
            [left, stack(of: model, result)?.markup ?? .none]
        )
    }

    /// Which layer comes from which expert; nil when the model is no layer swap.
    private static func stack(of model: String, _ result: GroupResult) -> Figure? {
        let run = result.run
        guard let measured = run.measuredSwap(model, in: result.group),
            let chart = StackChart(
                measured.swap,
                layers: run.recipe.model.layers,
                tiedHead: run.recipe.model.tiedEmbeddings
            )
        else { return nil }
        return Figure(
            title: "What \(model) is made of",
            caption: chart.words
                + (measured.isOneOfSeveral ? " Other seeds have chosen other settings." : ""),
            chart: chart
        )
    }

    /// How far one model is from those of the question, in both languages on one axis.
    private static func differences(of model: String, _ result: GroupResult) -> Figure? {
        let panels = result.metrics.compactMap { metric -> IntervalChart.Panel? in
            let tests = result.question(about: model, metric: metric)
            guard !tests.isEmpty else { return nil }
            return .init(
                title: result.wording.language(of: metric) ?? metric.title,
                rows: tests.map { test in
                    let verdict = Verdict(test)
                    return .init(
                        name: test.b,
                        value: 100 * test.difference,
                        interval: percentRange(test),
                        tint: .verdict(verdict),
                        isSure: verdict == .better || verdict == .worse
                    )
                }
            )
        }
        guard !panels.isEmpty else { return nil }
        let chart = IntervalChart(
            panels: panels,
            axis: "difference in percentage points",
            reference: 0,
            isDifference: true,
            key: Key([
                .dot(.verdict(.better), "\(model) solves more"),
                .dot(.verdict(.worse), "\(model) solves fewer"),
                .dot(.verdict(.open), isSure: false, "could be chance"),
            ])
        )
        return Figure(
            title: title("\(model) minus each of the others", result),
            caption: "Right of zero \(model) solves more. All models were asked the same problems, "
                + "and the lines are 95 % intervals of the difference. A mark is filled where "
                + "p < .05"
                + (result.isAdjusted
                    ? ", adjusted because several questions are asked at once." : "."),
            chart: chart
        )
    }

    /// A title that says which group of experiments a figure is about, where there are several.
    private static func title(_ text: String, _ result: GroupResult) -> String {
        text + (result.group.name.isEmpty ? "" : " (\(result.group.name))")
    }

    /// The interval of a difference of shares in points.
    static func percentRange(_ test: PairedTest) -> ClosedRange<Double>? {
        guard test.interval.count == 2, test.interval[0] <= test.interval[1] else { return nil }
        return (100 * test.interval[0])...(100 * test.interval[1])
    }

    /// The shares of the models that are the question.
    private static func solved(_ result: GroupResult) -> Figure? {
        figure(
            of: result.shownRows,
            result,
            title: "Problems solved",
            caption: "Lines are 95 % intervals. Intervals that overlap can belong to a difference "
                + "that is no chance: the differences above say it."
        )
    }

    /// The shares of some models, in both languages on one axis from 0 to 100 %.
    private static func figure(
        of rows: [ComparisonTable.Row],
        _ result: GroupResult,
        title: String,
        caption: String
    ) -> Figure? {
        let panels = result.metrics.map { metric in
            IntervalChart.Panel(
                title: result.wording.language(of: metric) ?? metric.title,
                rows: rows.compactMap { row in
                    row.metrics[metric].map { value in
                        let isCompared = result.models.contains(row.model)
                        let color = PageStyle.color(of: row.model, isCompared: isCompared)
                        return .init(
                            name: row.title,
                            value: 100 * value.value,
                            interval: value.interval.map {
                                (100 * $0.lowerBound)...(100 * $0.upperBound)
                            },
                            isEmphasized: isCompared,
                            tint: color.map { .color($0) } ?? .verdict(.open)
                        )
                    }
                }
            )
        }.filter { !$0.rows.isEmpty }
        guard !panels.isEmpty else { return nil }
        return Figure(
            title: Self.title(title, result),
            caption: caption,
            chart: IntervalChart(panels: panels, axis: "% of the problems", range: 0...100)
        )
    }

    /// What the models are that the figures name.
    private static func terms(_ result: GroupResult) -> Markup {
        let entries = result.shownRows.compactMap { row in
            result.run.words(for: row.model).map { (row.title, $0) }
        }
        return entries.isEmpty ? .none : definitions(entries)
    }

    /// Terms and what they mean.
    static func definitions(_ entries: [(String, String)]) -> Markup {
        .element(
            "dl",
            ["class": "terms"],
            entries.flatMap { name, meaning in
                [Markup.element("dt", [:], text: name), .element("dd", [:], text: meaning)]
            }
        )
    }

    /// Everything that is not the question, folded.
    private static func more(_ result: GroupResult) -> Markup? {
        let rows = result.table.rows
        let tests = comparisons(result)
        let hidden = rows.count > result.shownRows.count
        var words = hidden ? ["all \(rows.count) models"] : []
        if let tests { words.append("all \(tests.rows.count) comparisons with their p values") }
        guard !words.isEmpty else { return nil }
        let figure =
            hidden
            ? self.figure(
                of: rows,
                result,
                title: "Problems solved by every model",
                caption: "Lines are 95 % intervals."
            )?.markup : nil
        let label = words.joined(separator: ", ")
        return .element(
            "details",
            ["class": "more"],
            [
                .element("summary", [:], text: label.prefix(1).uppercased() + label.dropFirst()),
                figure ?? .none, tests?.markup(caption: comparisonCaption(result)) ?? .none,
            ]
        )
    }
}
