// Writes a setting: as a merge in a recipe, as a file of mergekit, as a checkpoint, as GGUF.

import { button, element, field, menu, replace, say } from "./element.js";
import { post } from "./server.js";
import { on, emit } from "./signals.js";
import { state } from "./state.js";

const forms = [
  ["recipe", "Recipe", "The merge as it stands in a recipe, below merges."],
  ["mergekit", "mergekit", "A configuration of mergekit that makes the same model."],
  ["checkpoint", "Checkpoint", "A folder that LayerSwap and transformers load, written beside the run."],
  ["gguf", "GGUF", "One file for llama.cpp, Ollama and LM Studio, written beside the run."],
];

export function buildExport() {
  let chosen = "";
  const which = element("div", {});
  const name = element("input", { type: "text", maxlength: 40, value: "merge", autocomplete: "off", spellcheck: "false", required: true, pattern: "[A-Za-z0-9][A-Za-z0-9_.\\-]*" });
  const result = element("div", { class: "exported", role: "status" });
  const buttons = forms.map(([form, label, meaning]) => button(label, () => write(form), {
    title: meaning, disabled: ["checkpoint", "gguf"].includes(form) && !state.info.canWrite,
  }));

  const drawChoices = () => {
    if (chosen && !state.variants.some(variant => variant.name === chosen)) chosen = "";
    replace(which, field("What", menu([["", "the present setting"], ...state.variants.map(variant => [variant.name, variant.name]).reverse()], chosen, value => {
      chosen = value;
      if (value) name.value = value;
    })));
  };
  on("variants", drawChoices);
  drawChoices();

  async function write(form) {
    if (!name.reportValidity()) return;
    const setting = state.variants.find(variant => variant.name === chosen)?.setting ?? state.setting;
    buttons.forEach(node => { node.disabled = true; });
    replace(result, element("p", { class: "note" }, "Writing …"));
    try {
      const answer = await post("api/export", { setting, form, name: name.value.trim() });
      replace(result, answer.text === undefined ? written(answer) : shown(answer));
      emit("exported", form);
    } catch (error) {
      replace(result, element("p", { class: "problem" }, error.message));
    }
    buttons.forEach((node, index) => { node.disabled = index > 1 && !state.info.canWrite; });
  }

  return element("section", { class: "export", "aria-label": "Export" }, element("h2", {}, "Write it down"),
    element("div", { class: "row-of-tools" }, which, field("Name", name)),
    element("div", { class: "tools-row" }, buttons),
    element("ul", { class: "note forms" }, forms.map(([, label, meaning]) => element("li", {}, element("b", {}, label), ` ${meaning}`))), result);
}

function shown({ text, fileName }) {
  const note = element("span", { class: "note", role: "status" });
  return [
    element("pre", { tabindex: 0 }, element("code", {}, text)),
    element("div", { class: "tools-row" }, button("Copy", () => copy(text, note)), button(`Save as ${fileName}`, () => save(text, fileName)), note),
  ];
}

function written({ written: place, next }) {
  const note = element("span", { class: "note", role: "status" });
  return [element("p", {}, "Written to ", element("code", {}, place), "."),
    next ? [element("p", { class: "note" }, "Next, in a terminal:"), element("pre", { tabindex: 0 }, element("code", {}, next)), element("div", { class: "tools-row" }, button("Copy", () => copy(next, note)), note)] : null];
}

async function copy(text, note) {
  try {
    await navigator.clipboard.writeText(text);
    say(note, "Copied.");
  } catch {
    // Without the permission the older way may still be open.
    const area = element("textarea", { class: "visually-hidden", value: text, "aria-hidden": "true" });
    document.body.append(area);
    area.select();
    const copied = document.execCommand("copy");
    area.remove();
    say(note, copied ? "Copied." : "The browser does not allow copying here; select the text instead.");
  }
}

function save(text, fileName) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/yaml" }));
  element("a", { href: address, download: fileName }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
