import Foundation
import Testing

@Suite(
    "The page of Studio in a browser",
    .serialized,
    .enabled(if: Browser.program != nil, "no chromium is installed")
)
struct StudioPageTests {
    private static let filled = """
        document.querySelectorAll(".squares .square").length === 200 \
        && !document.querySelector(".squares .square.pending")
        """

    /// What reaches over the edge of the page and stands in nothing that scrolls; the page clips it,
    /// so that its scroll width says nothing.
    private static let cutOff = """
        [...document.querySelectorAll("main *")].filter(node => {
          const box = node.getBoundingClientRect();
          if (!box.width || (box.right <= innerWidth + 1 && box.left >= -1)) return false;
          let above = node.parentElement;
          while (above && above !== document.body) {
            if (["auto", "scroll", "hidden"].includes(getComputedStyle(above).overflowX)) return false;
            above = above.parentElement;
          }
          return true;
        }).map(node => node.outerHTML.slice(0, 80)).join(" ")
        """

    private static func value(of handle: String) -> String {
        "Number(document.querySelector('.handle.\(handle)').getAttribute('aria-valuenow'))"
    }

    @Test(
        "every view opens without a complaint and fits, on phones and desktops, in light and dark",
        arguments: [(360, false), (1280, true), (2000, false)]
    )
    func views(width: Int, isDark: Bool) throws {
        let place = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: place) }
        let run = try TinyRun.copy(in: place)
        let studio = try RunningStudio(arguments: [run.path, "--folder", place.path])
        let page = try DevTools(studio.address, width: width, isDark: isDark)
        try page.wait(for: Self.filled)
        for view in ["build", "ask", "map", "variants", "runs", "lessons"] {
            _ = try page.evaluate("location.hash = '#\(view)'")
            try page.wait(for: "document.querySelector('[data-view=\(view)]:not([hidden])')")
            if view == "runs" { try page.wait(for: "document.querySelector('article.run table')") }
            #expect(try page.evaluate(Self.cutOff) as? String == "", "\(view)")
            let unnamed = """
                [...document.querySelectorAll("button, input, select, textarea, [role=slider]")]
                  .filter(node => node.offsetParent && !node.textContent.trim()
                    && !node.getAttribute("aria-label") && !node.labels?.length).length
                """
            #expect(try page.evaluate(unnamed) as? Int == 0, "\(view)")
        }
        #expect(page.complaints.isEmpty, "\(page.complaints)")
        let dark = try page.evaluate("getComputedStyle(document.body).backgroundColor") as? String
        #expect((dark == "rgb(255, 255, 255)") != isDark)
    }

    @Test("a zone is dragged, moved by keys, and taken back; each change is asked at once")
    func dragging() throws {
        let studio = try RunningStudio(TinyRun.folder)
        let page = try DevTools(studio.address)
        try page.wait(for: Self.filled)
        #expect(try page.evaluate(Self.value(of: "bottom")) as? Int == 1)
        let place = """
            (() => { const box = document.querySelector('.handle.bottom .grip')
              .getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; })()
            """
        let grip = try #require(try page.evaluate(place) as? [Double])
        // A row of a model with four layers is 34 high.
        try page.drag(from: (grip[0], grip[1]), to: (grip[0], grip[1] + 34))
        try page.wait(for: "\(Self.value(of: "bottom")) === 0")
        try page.wait(for: Self.filled)
        _ = try page.evaluate("document.querySelector('.handle.bottom').focus()")
        try page.press("ArrowUp")
        try page.wait(for: "\(Self.value(of: "bottom")) === 1")
        let undo = "[...document.querySelectorAll('button')].find(b => b.textContent === 'Undo')"
        _ = try page.evaluate("\(undo).click()")
        try page.wait(for: "\(Self.value(of: "bottom")) === 0")
        // What the page shows is what the server plans.
        let planned = try studio.post(
            "api/plan",
            #"{"setting": {"method": "layer-swap", "bottom": 0}}"#
        ).object()
        let summary = try #require(planned["summary"] as? String)
        try page.wait(for: "document.body.innerText.includes(\"\(summary.prefix(30))\")")
        #expect(page.complaints.isEmpty, "\(page.complaints)")
    }

    @Test("a setting gets a name, which the program shows afterwards")
    func naming() throws {
        let place = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: place) }
        let run = try TinyRun.copy(in: place)
        let studio = try RunningStudio(run)
        let page = try DevTools(studio.address)
        try page.wait(for: Self.filled)
        _ = try page.evaluate("location.hash = '#variants'")
        try page.wait(for: "document.querySelector('.naming input')")
        let name = """
            (() => { const form = document.querySelector('.naming form');
              form.querySelector('input').value = 'by-hand'; form.requestSubmit(); })()
            """
        _ = try page.evaluate(name)
        try page.wait(for: "document.querySelector('.variants-table th[scope=row]')")
        #expect(try Program.run("runs", "show", run.path).output.contains("by-hand"))
        // A second one of the same name is refused beside its field.
        _ = try page.evaluate(name)
        try page.wait(for: "document.querySelector('.naming').innerText.includes('already')")
    }

    @Test("bars are computed when they are switched on, and stand beside every layer")
    func bars() throws {
        let place = try Program.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: place) }
        let studio = try RunningStudio(TinyRun.copy(in: place))
        let page = try DevTools(studio.address)
        try page.wait(for: Self.filled)
        for (label, columns) in [("Change", 2), ("Mathematics", 3), ("Likeness", 1)] {
            let toggle =
                "[...document.querySelectorAll('.toggle')].find(b => b.textContent === '\(label)')"
            _ = try page.evaluate("\(toggle).click()")
            // Each has words for who does not see it.
            let bars = "document.querySelectorAll('.bar[role=img][aria-label*=layer]')"
            try page.wait(for: "\(bars).length === \(4 * columns)")
            _ = try page.evaluate("\(toggle).click()")
            try page.wait(for: "document.querySelectorAll('.bar').length === 0")
        }
        #expect(page.complaints.isEmpty, "\(page.complaints)")
    }

    @Test("when the server has ended the page says so")
    func unreachable() throws {
        let studio = try RunningStudio(TinyRun.folder)
        let page = try DevTools(studio.address)
        try page.wait(for: Self.filled)
        studio.program.send(SIGINT)
        #expect(try studio.program.end().status == 130)
        _ = try page.evaluate("document.querySelector('.handle.bottom').focus()")
        try page.press("ArrowDown")
        try page.wait(for: "document.getElementById('notice').innerText.includes('not answer')")
    }
}
