extension PageStyle {
    /// The style of reports alone.
    ///
    /// Every rule begins with `.report`, the class of the body, so that none meets a page that has
    /// taken the shared style.
    static let report = [frame, outcome, figures, tables, pictures, paper].joined(separator: "\n")

    /// Header, contents and text.
    private static let frame = """
        .report {
          --mix: color-mix(in oklab, var(--c0), var(--c1)); --shade: rgb(27 37 48 / .2); --most: \(most);
          max-width: 58rem; padding: 1.2rem clamp(1rem, 3vw, 2.5rem) 4rem; overflow-wrap: break-word;
        }
        .report > header { border-bottom: 1px solid var(--line); padding-bottom: 1.1rem; }
        .report .brand { display: flex; align-items: center; gap: .55rem; color: var(--muted); font-weight: 600; margin: 0 0 1.2rem; }
        .report .brand b { color: var(--text); font-weight: 700; }
        .report .glyph { display: grid; gap: 2px; width: 1.1rem; }
        .report .glyph i { height: 4px; border-radius: 1px; background: var(--c0); print-color-adjust: exact; -webkit-print-color-adjust: exact; }
        .report .glyph i:nth-child(2) { background: var(--c1); } .report .glyph i:nth-child(3) { background: var(--mix); }
        .report h1 { font-size: clamp(1.6rem, 4vw, 2.1rem); letter-spacing: -.015em; overflow-wrap: anywhere; }
        .report h2 { font-size: 1.4rem; letter-spacing: -.01em; line-height: 1.3; padding-top: 1.1rem; }
        .report main > section:first-child h2 { border-top: 0; margin-top: .8rem; padding-top: 0; }
        .report h3 { line-height: 1.35; }
        .report p, .report li, .report dd { max-width: 46rem; }
        .report > header p { margin: .2rem 0 0; }
        .report .facts { font-size: .9rem; }
        .report nav ol { font-size: .9rem; gap: .1rem 1.1rem; margin: .8rem 0 0; }
        .report nav a { display: inline-block; padding: .25rem 0; }
        .report :is(a, button, summary, .scroll):focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: .2rem; }
        .report .note { color: var(--muted); font-size: .9rem; }
        .report dl.terms { grid-template-columns: minmax(6rem, max-content) minmax(0, 1fr); font-size: .9rem; gap: .25rem 1.2rem; }
        .report dl.terms dt { color: var(--text); font-weight: 600; }
        .report dl.terms dd { color: var(--muted); }
        .report details.more { border: 1px solid var(--line); border-radius: .5rem; padding: 0 1rem; margin: 1.2rem 0; }
        .report details.more > summary { padding: .65rem 0; width: auto; color: var(--link); font-weight: 500; }
        @media (min-width: 1180px) {
          .report { max-width: 82rem; display: grid; grid-template-columns: 12.5rem minmax(0, 1fr); gap: 0 3rem; }
          .report > header { grid-column: 1 / -1; }
          .report nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; padding: 1.2rem 0; }
          .report nav ol { display: grid; margin: 0; }
          .report nav a { text-decoration: none; line-height: 1.35; } .report nav a:hover { text-decoration: underline; }
        }
        @media (max-width: 34rem) { .report dl { grid-template-columns: minmax(0, 1fr); gap: 0; } .report dl dd { margin-bottom: .5rem; } .report dl.terms { grid-template-columns: minmax(0, 1fr); gap: 0; } }
        @media (prefers-color-scheme: dark) { .report { --shade: rgb(164 177 190 / .3); --most: .45; } }
        """

    /// The result: shares, words and the stack beside them.
    private static let outcome = """
        .report .outcome { display: grid; gap: .5rem clamp(1.5rem, 4vw, 3.5rem); grid-template-columns: minmax(0, 1fr); align-items: start; }
        @media (min-width: 760px) { .report .outcome:has(figure) { grid-template-columns: minmax(0, 1fr) minmax(17rem, 24rem); } }
        .report .scores { display: flex; flex-wrap: wrap; gap: .8rem 2.6rem; margin: .4rem 0 1rem; }
        .report .score p { margin: 0; }
        .report .score-name { font-size: 1.05rem; font-weight: 650; }
        .report .share { font-size: 2.6rem; line-height: 1.2; font-weight: 650; letter-spacing: -.025em; font-variant-numeric: tabular-nums; white-space: nowrap; }
        .report .score .note { font-variant-numeric: tabular-nums; }
        .report .outcome figure { margin: .2rem 0 1rem; } .report .outcome h3 { margin-top: .4rem; } .report .outcome .terms { margin: 1.2rem 0; }
        .report .verdict-words { margin: .5rem 0; }
        .report .example { background: var(--panel); border-radius: .5rem; padding: .8rem 1rem; min-width: 0; }
        .report .example p { margin: .2rem 0; }
        .report .example ul { list-style: none; padding: 0; margin: .6rem 0 0; display: grid; gap: .35rem; }
        .report .example li { display: grid; grid-template-columns: 1.1rem minmax(0, 1fr); gap: .1rem .3rem; font-size: .92rem; }
        .report .example li > span { min-width: 0; }
        .report .right { color: var(--better); font-weight: 700; } .report .wrong { color: var(--worse); font-weight: 700; }
        .report .examples { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 18rem), 1fr)); align-items: start; }
        """

    /// Pictures, which are as wide as there is room, and their keys below them.
    private static let figures = """
        .report .figures { display: grid; gap: .4rem 2.6rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); align-items: start; }
        .report figure { min-width: 0; }
        .report .panels { display: grid; gap: .8rem 2.2rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); align-items: start; }
        .report .panels > div { min-width: 0; }
        .report .panel-title { font-weight: 600; font-size: .95rem; margin: .2rem 0; }
        .report figure svg[role] { width: 100%; height: auto; max-width: calc(var(--width) * 1.2px); }
        .report figure svg.wide[role] { min-width: calc(var(--width) * .85px); }
        .report .key { display: flex; flex-wrap: wrap; align-items: center; gap: .2rem 1.2rem; list-style: none; padding: 0; margin: .5rem 0 .2rem; color: var(--muted); font-size: .85rem; }
        .report .key li { display: inline-flex; flex-wrap: wrap; align-items: center; gap: .1rem .4rem; max-width: none; font-variant-numeric: tabular-nums; }
        .report .key svg { flex: none; }
        """

    /// Tables: a shade at a border says that there is more behind it.
    private static let tables = """
        .report .table { container-type: inline-size; }
        .report .scroll {
          overflow-x: auto; scrollbar-width: thin;
          background:
            linear-gradient(to right, var(--page) 40%, transparent) left / 2.5rem 100% no-repeat local,
            linear-gradient(to left, var(--page) 40%, transparent) right / 2.5rem 100% no-repeat local,
            linear-gradient(to right, var(--shade), transparent) left / .8rem 100% no-repeat scroll,
            linear-gradient(to left, var(--shade), transparent) right / .8rem 100% no-repeat scroll;
        }
        .report caption { position: sticky; left: 0; max-width: min(100cqw, 46rem); background: var(--page); z-index: 1; }
        .report th, .report td { padding-right: .85rem; }
        .report tbody th { font-weight: 500; position: sticky; left: 0; z-index: 1; background: var(--page); box-shadow: 1px 0 0 var(--line); }
        .report tbody th + td.name, .report tbody th + td.number, .report thead th:nth-child(2) { padding-left: .6rem; }
        .report thead th { vertical-align: bottom; }
        .report tr.strong { background: none; } .report tr.strong > * { font-weight: 700; }
        .report tr.strong th { box-shadow: inset 3px 0 0 var(--text), 1px 0 0 var(--line); padding-left: .6rem; }
        .report td.better { color: var(--better); font-weight: 600; } .report td.worse { color: var(--worse); font-weight: 600; }
        .report td.open, .report td.bound { color: var(--muted); }
        .report .tools button { min-height: 1.7rem; }
        @container (max-width: 26rem) { .report tbody th { max-width: 9.5rem; white-space: normal; overflow-wrap: break-word; } }
        """

    private static let paper = """
        @media print {
          .report { display: block; --most: \(most); --shade: transparent; --better: #2c5d15; --worse: #8a134c; }
          .report svg, .report svg * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
          .report th, .report td { white-space: normal; } .report tbody th { position: static; }
          .report .scroll { background: none; }
          .report h2, .report h3 { break-after: avoid; } .report .example { break-inside: avoid; border: 1px solid var(--line); }
          .report figure svg[role] { max-width: calc(var(--width) * 1px); }
          .report .outcome:has(figure) { grid-template-columns: minmax(0, 1fr) minmax(0, 17rem); }
          .report figure details { display: none; }
        }
        """
}
