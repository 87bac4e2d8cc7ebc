// Replies side by side. Each whole reply is a row of tokens that can be clicked, and the first one
// that differs from the merge's reply is marked.

import { element, replace, rove } from "./element.js";
import { emit } from "./signals.js";
import { state } from "./state.js";
import { modelColor } from "./sources.js";
import { duration, modelMeaning, modelName } from "./words.js";

export function buildReplies() {
  const names = ["merge", ...state.info.references];
  const live = element("p", { class: "visually-hidden", role: "status" });
  const cards = new Map(names.map(name => [name, buildCard(name)]));
  const node = element("section", { class: "replies", "aria-label": "Replies" }, [...cards.values()].map(card => card.node),
    element("p", { class: "note replies-key" }, element("span", { class: "token parts" }, "marked"),
      " is where a reply parts from the merge's. Click a token to see how the layers arrive at it."), live);
  let replies = new Map();
  let asked = null;

  return {
    node,
    start(setting, language) {
      asked = setting;
      replies = new Map();
      for (const card of cards.values()) card.clear(language);
    },
    add(model, text) { cards.get(model)?.add(text); },
    finish(reply) {
      replies.set(reply.model, reply);
      const merge = replies.get("merge");
      cards.get(reply.model)?.finish(reply, merge ? partsAt(reply, merge) : -1, asked);
    },
    end() {
      for (const [name, card] of cards) if (!replies.has(name)) card.rest();
      const merge = replies.get("merge");
      live.textContent = merge ? `Merge: ${merge.text}` : "";
    },
  };
}

/** The place of the first token that differs from the merge's, or −1. */
function partsAt(reply, merge) {
  if (reply.model === "merge") return -1;
  const place = reply.tokens.findIndex((token, index) => token.id !== merge.tokens[index]?.id);
  if (place >= 0) return place;
  return reply.tokens.length < merge.tokens.length ? reply.tokens.length : -1;
}

function buildCard(name) {
  const text = element("p", { class: "reply-text" });
  const verdict = element("span", { class: "verdict" });
  const time = element("span", { class: "note" });
  const color = name === "merge" ? "var(--text)" : modelColor(name);
  const node = element("article", { class: `reply-card ${name === "merge" ? "own" : ""}`, style: { "--color": color } },
    element("h3", { title: modelMeaning(name) }, modelName(name), " ", verdict), text, time);
  rove(text, ".token[tabindex]");
  text.addEventListener("keydown", event => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.target.click();
  });
  return {
    node,
    clear(language) {
      replace(text);
      if (language) text.lang = language;
      else text.removeAttribute("lang");
      replace(verdict);
      verdict.className = "verdict";
      time.textContent = "";
      node.classList.add("waiting");
    },
    add(piece) {
      node.classList.remove("waiting");
      text.append(piece);
    },
    rest() { node.classList.remove("waiting"); },
    finish(reply, parts, setting) {
      node.classList.remove("waiting");
      time.textContent = duration(reply.milliseconds);
      const ids = reply.tokens.map(token => token.id);
      // A span and not a button: text has to wrap between words, and buttons would break it anywhere.
      replace(text, reply.tokens.map((token, index) => element("span", {
        role: "button", class: index === parts ? "token parts" : "token", tabindex: index === 0 ? 0 : -1,
        title: index === parts ? "Here the reply parts from the merge's." : null,
        on: { click: event => {
          document.querySelectorAll(".token[aria-pressed]").forEach(other => other.removeAttribute("aria-pressed"));
          event.currentTarget.setAttribute("aria-pressed", "true");
          emit("token", { model: name, setting, tokens: ids.slice(0, index), text: token.text });
        } },
      }, visible(token.text))), parts >= ids.length && parts > 0 ? element("span", { class: "token parts", title: "The reply ends here, and the merge's does not." }, "⏹") : null);
      const { right } = reply;
      if (typeof right !== "boolean") return;
      verdict.className = right ? "verdict right" : "verdict wrong";
      replace(verdict, right ? "✓" : "✗", element("span", { class: "visually-hidden" }, right ? " right" : " wrong"));
    },
  };
}

/** A token of a line break alone would be invisible, and could not be clicked. */
const visible = text => (text === "" ? "␣" : text.replaceAll("\n", "⏎"));
