// The logit lens: what a model would say next if it stopped behind each layer, for one token of a
// reply.

import { button, element, replace, say } from "./element.js";
import { post, isAbort } from "./server.js";
import { state } from "./state.js";
import { colorOf, sentenceFor } from "./sources.js";
import { modelName, percent } from "./words.js";

/** `context` gives the question that the reply answers, and its language. */
export function buildLens(context) {
  const title = element("h2", {});
  const about = element("p", { class: "note" }, "The state behind each layer, read as if it were the last (a ", element("b", {}, "logit lens"),
    "). Each row has the five likeliest next tokens, and the bar is their probability. The top row is what the model says.");
  const table = element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Likeliest tokens by layer" });
  const problem = element("p", { class: "problem", role: "alert" });
  const node = element("section", { class: "lens", hidden: true, "aria-label": "Logit lens" },
    element("div", { class: "lens-head" }, title, button("Close", () => close(), { class: "plain" })), about, problem, table);
  let abort = null;

  function close() {
    abort?.abort();
    node.hidden = true;
  }

  return {
    node, close,
    async show({ model, setting, tokens, text }) {
      abort?.abort();
      const mine = new AbortController();
      abort = mine;
      node.hidden = false;
      node.setAttribute("aria-busy", "true");
      replace(title, "How the ", modelName(model), " arrives at ", element("span", { class: "token shown" }, text.trim() || visible(text)));
      say(problem, "");
      try {
        const { question, language, asChat } = context();
        const answer = await post("api/lens", { model, setting: model === "merge" ? setting : null, question, language, asChat, tokens }, { signal: mine.signal });
        replace(table, draw(answer.layers, text, model === "merge" ? state.plan : null));
        node.scrollIntoView({ block: "nearest" });
      } catch (error) {
        if (!isAbort(error)) {
          replace(table);
          say(problem, error.message);
        }
      }
      if (abort === mine) node.removeAttribute("aria-busy");
    },
  };
}

/** A token of spaces or line breaks alone, made visible. */
const visible = text => (text === "" ? "␣" : text.replaceAll("\n", "⏎").replaceAll(" ", "␣"));

// The rows of the merge show which expert their layer is from.
function draw(layers, said, plan) {
  const rows = layers.map((layer, index) => ({ ...layer, source: index === 0 ? plan?.sources.embeddings : plan?.sources.layers[index - 1]?.attention })).reverse();
  return element("table", { class: "lens-table" },
    element("thead", {}, element("tr", {}, element("th", { scope: "col", class: "name" }, "Behind"),
      ["1st", "2nd", "3rd", "4th", "5th"].slice(0, layers[0]?.top.length ?? 0).map(place => element("th", { scope: "col", class: "name" }, place)))),
    element("tbody", {}, rows.map(({ name, top, source }) => element("tr", {}, element("th", { scope: "row", class: "name" },
      source ? element("i", { class: "swatch", title: sentenceFor(source), style: { background: colorOf(source) } }) : null, name),
      top.map(({ text, probability }) => element("td", { class: text === said ? "said" : null },
        element("span", { class: "guess" }, text.trim() === "" ? visible(text) : text),
        element("span", { class: "chance" }, percent(probability, probability < 0.0995 ? 1 : 0)),
        element("span", { class: "chance-bar" }, element("i", { style: { width: `${Math.max(1, probability * 100)}%` } }))))))));
}
