import MergeMethods

/// The style of every page: light and dark by the reader's own setting, and one for paper.
///
/// Studio has it too; what reports alone have is in `report`.
package enum PageStyle {
    /// How many colours curves have.
    static let colors = 6
    /// The colour of what an experiment is about; those of the experts are 0 and 1, of the base 5.
    static let emphasis = 3

    /// The colour of a model in every chart.
    static func color(of model: String, isCompared: Bool) -> Int? {
        if isCompared { return emphasis }
        return switch ModelPart(rawValue: model) {
        case .language: 0
        case .math: 1
        case .base: 5
        case nil: nil
        }
    }

    /// The colours of the light page, in the lines of its style.
    static let light: [[(name: String, color: String)]] = [
        [
            ("page", "#ffffff"), ("panel", "#f6f8fa"), ("text", "#1b2530"), ("muted", "#52606d"),
            ("line", "#d5dce3"),
        ],
        [("link", "#0b5c8a"), ("strong", "#fff6df")],
        [
            ("c0", "#2b6ca3"), ("c1", "#c2410c"), ("c2", "#3f7d20"), ("c3", "#8a3ea8"),
            ("c4", "#93700a"), ("c5", "#66727f"),
        ],
        [("cold", "#eef3f8"), ("hot", "#0f5d8c"), ("on-hot", "#ffffff")],
        [("better", "#3f7d20"), ("worse", "#a3195b")],
    ]

    private static let lightRows = light.map { row in
        row.map { "--\($0.name): \($0.color);" }.joined(separator: " ")
    }.joined(separator: "\n  ")

    /// The rules of pictures on every page.
    static let chart = """
        svg { display: block; font: 12px system-ui, "Noto Sans", sans-serif; }
        svg text { fill: var(--text); }
        svg .tick, svg .axis, svg .value { fill: var(--muted); }
        svg .strong { font-weight: 700; }
        svg .grid { stroke: var(--line); stroke-width: 1; }
        svg .reference { stroke: var(--muted); stroke-width: 1.5; }
        svg .whisker { stroke-width: 2.5; stroke-linecap: round; }
        svg .curve { fill: none; stroke-width: 2.2; stroke-linejoin: round; }
        svg .control { stroke-dasharray: 5 4; }
        svg .band { stroke: none; opacity: .17; }
        \((0..<colors).map(color).joined(separator: "\n"))
        """

    /// The style of a page.
    package static let text = """
        :root {
          color-scheme: light dark;
          \(lightRows)
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #12181f; --panel: #1a222b; --text: #e4eaf0; --muted: #a4b1be; --line: #33404d;
            --link: #7cc4f2; --strong: #2c2a1a;
            --c0: #6fb3e8; --c1: #fb8f5a; --c2: #8ccf6a; --c3: #d29bea; --c4: #dcb84a; --c5: #9aa7b4;
            --cold: #1c2732; --hot: #7cc4f2; --on-hot: #0b1218;
            --better: #8ccf6a; --worse: #f58bb4;
          }
        }
        * { box-sizing: border-box; }
        body {
          margin: 0 auto; max-width: 62rem; padding: 1.5rem 1rem 4rem;
          font: 1rem/1.55 system-ui, "Noto Sans", sans-serif;
          background: var(--page); color: var(--text);
        }
        h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3rem; }
        h2 { font-size: 1.3rem; margin: 2.6rem 0 .6rem; padding-top: .4rem; border-top: 1px solid var(--line); }
        h3 { font-size: 1.02rem; margin: 1.4rem 0 .4rem; }
        header p, .source, figcaption, caption, summary { color: var(--muted); }
        a { color: var(--link); }
        a:focus-visible, button:focus-visible, summary:focus-visible, .scroll:focus-visible {
          outline: 3px solid var(--link); outline-offset: 2px;
        }
        .skip { position: absolute; left: -99rem; }
        .skip:focus { position: static; }
        nav ol { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; padding: 0; margin: 1rem 0; list-style: none; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.2rem; margin: .8rem 0; }
        dt { color: var(--muted); } dd { margin: 0; overflow-wrap: anywhere; }
        figure { margin: 1rem 0 1.6rem; }
        figcaption { font-size: .92rem; margin-top: .3rem; max-width: 46rem; }
        .scroll { overflow-x: auto; }
        .table { margin: .8rem 0 1.2rem; }
        table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
        caption { text-align: left; padding-bottom: .35rem; font-size: .92rem; }
        th, td { padding: .28rem .7rem .28rem 0; border-bottom: 1px solid var(--line); vertical-align: top; white-space: nowrap; }
        thead th { font-weight: 600; white-space: normal; min-width: 4.2rem; }
        .name { text-align: left; font-weight: 500; } .number { text-align: right; }
        tr.strong { background: var(--strong); }
        .tools { margin: .25rem 0 0; font-size: .85rem; display: flex; gap: .9rem; align-items: baseline; }
        button { font: inherit; color: var(--link); background: none; border: 1px solid var(--line); border-radius: .3rem; padding: .05rem .6rem; cursor: pointer; }
        details { margin: .4rem 0; } summary { cursor: pointer; font-size: .92rem; width: max-content; max-width: 100%; }
        pre { background: var(--panel); padding: .8rem 1rem; overflow-x: auto; border-radius: .4rem; font-size: .85rem; }
        code { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .92em; overflow-wrap: anywhere; }
        .question { font-weight: 600; }
        \(chart)
        @media print {
          :root { --page: #fff; --panel: #fff; --text: #000; --muted: #333; --line: #bbb; --link: #000; --strong: #eee;
            --cold: #f2f2f2; --hot: #0f5d8c; --on-hot: #fff; }
          body { max-width: none; padding: 0; font-size: 10pt; }
          nav, .tools, .skip { display: none; }
          figure, .table { break-inside: avoid; }
          svg { max-width: 100%; height: auto; }
          .scroll { overflow: visible; }
        }
        """

    private static func color(_ number: Int) -> String {
        "svg .whisker.c\(number), svg .curve.c\(number) { stroke: var(--c\(number)); } "
            + "svg .dot.c\(number), svg .band.c\(number) { fill: var(--c\(number)); }"
    }
}
