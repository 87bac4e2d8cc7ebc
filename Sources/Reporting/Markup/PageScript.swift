/// The script of every page, which copies tables.
///
/// Everything else works without it.
enum PageScript {
    static let text = """
        for (const button of document.querySelectorAll("button.copy")) {
          button.addEventListener("click", async () => {
            const table = button.closest(".table").querySelector("table");
            const text = [...table.rows]
              .map(row => [...row.cells].map(cell => cell.innerText.trim()).join("\\t")).join("\\n");
            let done = true;
            try { await navigator.clipboard.writeText(text); } catch {
              const area = document.createElement("textarea");
              area.value = text;
              document.body.append(area);
              area.select();
              done = document.execCommand("copy");
              area.remove();
            }
            button.textContent = done ? "Copied" : "Not copied";
            setTimeout(() => { button.textContent = "Copy"; }, 1500);
          });
        }
        """
}
