// The view Variants: settings with names, which are there tomorrow, and what can be done with them.

import { button, element, field, replace, say } from "./element.js";
import { get, post } from "./server.js";
import { on, emit } from "./signals.js";
import { state, change } from "./state.js";
import { buildCompare } from "./compare.js";
import { buildExport } from "./export.js";
import { interval, languageName, percent } from "./words.js";

export function buildView() {
  const list = element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Named settings" });
  const problem = element("p", { class: "problem", role: "alert" });
  on("variants", () => drawList(list, problem));
  drawList(list, problem);
  return [
    element("div", { class: "view-head" }, element("h1", {}, "Variants"),
      element("p", {}, "Settings with names. They are kept with the run, and each later setting is compared with the last one.")),
    element("section", { class: "naming", "aria-label": "Name the present setting" }, buildNaming()),
    element("section", { "aria-label": "List" }, list, problem),
    element("div", { class: "pair" }, state.info.canAsk ? buildCompare() : null, buildExport()),
  ];
}

function buildNaming() {
  const name = element("input", { type: "text", maxlength: 40, autocomplete: "off", spellcheck: "false", placeholder: "wide-bottom", required: true, pattern: "[A-Za-z0-9][A-Za-z0-9_\\-]*" });
  const status = element("p", { class: "note", role: "status" });
  const what = element("p", { class: "note" });
  const form = element("form", { class: "row-of-tools", on: { submit: async event => {
    event.preventDefault();
    save.disabled = true;
    say(status, "Asking it …");
    status.classList.remove("problem");
    try {
      const variant = await post("api/variants/name", { name: name.value.trim(), setting: state.setting, problems: state.problems }, { expected: [409] });
      state.variants = [...state.variants, variant];
      say(status, `${variant.name} is kept.`);
      name.value = "";
      emit("variants");
      emit("named");
    } catch (error) {
      say(status, error.message);
      status.classList.add("problem");
    }
    save.disabled = !state.info.canWrite;
  } } });
  const save = element("button", { type: "submit", class: "primary", disabled: !state.info.canWrite }, "Name it");
  form.append(field("Name of the present setting", name), save);
  const draw = () => say(what, state.plan?.summary ?? "");
  on("plan", draw);
  draw();
  return [form, what, state.info.canWrite ? status : element("p", { class: "note" }, "This run cannot be written to, so that nothing can be named.")];
}

function drawList(list, problem) {
  if (state.variants.length === 0) {
    replace(list, element("p", { class: "calm small" }, "Nothing has a name yet. Build a setting and name it above."));
    return;
  }
  const roles = state.info.languages.map(language => language.role);
  const best = Object.fromEntries(roles.map(role => [role, Math.max(...state.variants.map(variant => variant.scores?.[role]?.share ?? 0))]));
  replace(list, element("table", { class: "variants-table" },
    element("thead", {}, element("tr", {}, element("th", { scope: "col", class: "name" }, "Name"),
      roles.map(role => element("th", { scope: "col", class: "number" }, languageName(role))),
      element("th", { scope: "col", class: "name" }, "Setting"), element("th", { scope: "col", class: "name" }, "Made"),
      element("th", { scope: "col" }, element("span", { class: "visually-hidden" }, "Do")))),
    element("tbody", {}, [...state.variants].reverse().map(variant => element("tr", {},
      element("th", { scope: "row", class: "name" }, variant.name),
      roles.map(role => {
        const share = variant.scores?.[role];
        return element("td", { class: "number" }, share ? [element(share.share === best[role] ? "b" : "span", {}, percent(share.share)), element("small", {}, interval(share))] : "–");
      }),
      element("td", { class: "words" }, variant.summary, element("small", {}, variant.problems ? `${variant.problems} problems` : "")),
      element("td", { class: "name" }, day(variant.made)),
      element("td", {}, element("div", { class: "tools-row" },
        button("Take", () => {
          change(variant.setting);
          emit("go", "build");
        }, { title: "Make it the present setting", "aria-label": `Take ${variant.name}` }),
        button("Remove", event => remove(variant.name, problem, event.currentTarget), { class: "plain", disabled: !state.info.canWrite, "aria-label": `Remove ${variant.name}` }))))))));
}

// A second click within some seconds confirms: a dialogue would cover what is about to go.
async function remove(name, problem, node) {
  if (!node.dataset.sure) {
    node.dataset.sure = "yes";
    node.textContent = "Really remove?";
    setTimeout(() => {
      delete node.dataset.sure;
      node.textContent = "Remove";
    }, 4000);
    return;
  }
  try {
    say(problem, "");
    await post("api/variants/remove", { name });
    state.variants = await get("api/variants");
    state.known.delete(name);
    emit("variants");
  } catch (error) {
    say(problem, error.message);
  }
}

const day = made => {
  const date = new Date(made);
  return Number.isNaN(date.valueOf()) ? "" : date.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });
};
