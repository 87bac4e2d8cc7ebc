// One field of the parameter form for each kind of key that the server knows.

import { element, field, identifier, menu } from "./element.js";
import { nameOf } from "./state.js";
import { capital, spaced } from "./words.js";

/**
 * A field for `key`, described by an entry of `keys`. `read` gives the present value or `undefined`,
 * `write` takes another one, with `undefined` for "as usual".
 */
export function buildField(key, kind, read, write) {
  const builder = builders[kind.kind] ?? buildText;
  const control = builder(key, kind, read, write);
  control.node.title = kind.meaning;
  const label = capital(spaced(key));
  if (control.group) {
    const node = element("fieldset", { class: "field group" }, element("legend", { title: kind.meaning }, label), control.node);
    return { node, draw: control.draw };
  }
  return { node: field(label, control.node), draw: control.draw };
}

const usual = kind => (kind.fallback === null || kind.fallback === undefined ? "" : String(kind.fallback));

function buildNumber(key, kind, read, write) {
  const whole = kind.kind === "whole";
  const node = element("input", {
    type: "number", min: kind.least, max: kind.most, step: whole ? 1 : 0.05, placeholder: usual(kind), inputmode: "decimal",
    on: { input: () => node.validity.valid || node.validity.stepMismatch ? write(node.value === "" ? undefined : Number(node.value)) : null },
  });
  return { node, draw: () => keep(node, read() ?? "") };
}

function buildText(key, kind, read, write) {
  const node = element("input", {
    type: "text", placeholder: usual(kind), spellcheck: "false", autocomplete: "off",
    on: { change: () => write(node.value.trim() === "" ? undefined : node.value.trim()) },
  });
  return { node, draw: () => keep(node, read() ?? "") };
}

function buildList(key, kind, read, write) {
  const text = value => (value === undefined ? "" : Array.isArray(value) ? value.join(", ") : JSON.stringify(value));
  const parse = item => (item !== "" && Number.isFinite(Number(item)) ? Number(item) : item);
  const node = element("input", {
    type: "text", placeholder: usual(kind), spellcheck: "false", autocomplete: "off",
    on: { change: () => {
      const items = node.value.split(",").map(item => item.trim()).filter(item => item !== "");
      write(items.length === 0 ? undefined : items.map(parse));
    } },
  });
  return { node, draw: () => keep(node, text(read())) };
}

function buildChoice(key, kind, read, write) {
  const fallback = usual(kind).split(" ")[0];
  const node = menu(kind.choices.map(choice => [choice, spaced(choice)]), null, value => write(value === fallback ? undefined : value));
  return { node, draw: () => { node.value = read() ?? fallback; } };
}

function buildBoolean(key, kind, read, write) {
  const fallback = usual(kind) === "true";
  const node = menu([["false", "no"], ["true", "yes"]], null, value => write((value === "true") === fallback ? undefined : value === "true"));
  return { node, draw: () => { node.value = String(read() ?? fallback); } };
}

// Weights are by model, factors by zone; each has one small field.
function buildMapping(key, kind, read, write) {
  const names = key === "scale" ? ["bottom", "middle", "top", "transition"] : [nameOf("math"), nameOf("language")];
  const inputs = names.map(name => {
    const input = element("input", { type: "number", step: 0.05, placeholder: usual(kind).split(" ")[0], inputmode: "decimal", id: identifier("weight"),
      on: { input: () => collect() } });
    return { name, input };
  });
  const collect = () => {
    const entries = inputs.filter(({ input }) => input.value !== "").map(({ name, input }) => [name, Number(input.value)]);
    write(entries.length === 0 ? undefined : Object.fromEntries(entries));
  };
  const node = element("div", { class: "mapping" }, inputs.map(({ name, input }) =>
    element("div", {}, element("label", { for: input.id }, name), input)));
  return { node, group: true, draw: () => {
    const value = read() ?? {};
    for (const { name, input } of inputs) keep(input, value[name] ?? "");
  } };
}

// A field in which someone types is not overwritten by what it has just caused.
function keep(node, value) {
  if (document.activeElement !== node || Number(node.value) !== Number(value)) node.value = value;
}

const builders = {
  number: buildNumber, whole: buildNumber, choice: buildChoice, boolean: buildBoolean, list: buildList, mapping: buildMapping, text: buildText,
};
