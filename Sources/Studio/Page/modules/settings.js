// The method and the form of its parameters, made from what the server says about both.

import { button, element, field, menu, replace, say } from "./element.js";
import { on } from "./signals.js";
import { state, change, settle } from "./state.js";
import { buildField } from "./fields.js";
import { buildOwners } from "./owners.js";
import { capital } from "./words.js";
import { hasCoefficients, zoneKeys } from "./zones.js";

// Experts and base are those of the run; owners and coefficients have their places on the stack.
const elsewhere = new Set(["language", "math", "base", "embeddings", "final_norm", "head", "coefficients"]);
// What most never need stands folded.
const rare = new Set(["pattern", "seed", "threshold", "granularity", "scale", "normalize", "epsilon", "interpolation", "models"]);

const methodNow = () => state.info.methods.find(method => method.name === (state.setting.method ?? "layer-swap"));

export function buildSettings() {
  const select = menu(
    state.info.methods.map(method => [method.name, method.inMemory ? method.name : `${method.name} (in recipes only)`]),
    state.setting.method, takeMethod);
  for (const option of select.options) option.disabled = !state.info.methods.find(method => method.name === option.value).inMemory;
  const about = element("p", { class: "about" });
  const formula = element("p", { class: "formula" });
  const form = element("div", { class: "fields" });
  const more = element("div", { class: "fields" });
  const folded = element("details", { class: "rare" }, element("summary", {}, "More parameters"), more);
  const own = element("p", { class: "note" }, "Each layer has a weight of its own now. A handle, or a width typed here, goes back to zones.");
  const problem = element("p", { class: "problem", role: "alert" });
  const text = element("code", {});
  const yaml = element("details", { class: "yaml" }, element("summary", {}, "As it stands in a recipe"), element("pre", { tabindex: 0 }, text));
  const owners = buildOwners();
  let drawn = null;
  let fields = [];

  const draw = () => {
    const method = methodNow();
    if (drawn !== method.name) {
      drawn = method.name;
      select.value = method.name;
      about.replaceChildren(`${capital(method.summary)}.`);
      formula.replaceChildren(element("span", { class: "math-text" }, subscripts(method.formula)), " ", element("small", {}, method.reference));
      fields = inOrder(method.keys).filter(key => !elsewhere.has(key) && state.info.keys[key]).map(key => ({ key, ...buildField(key, state.info.keys[key], () => state.setting[key], value => write(key, value)) }));
      replace(form, fields.filter(({ key }) => !rare.has(key)).map(({ node }) => node));
      replace(more, fields.filter(({ key }) => rare.has(key)).map(({ node }) => node));
      folded.hidden = more.children.length === 0;
    }
    own.hidden = !hasCoefficients();
    for (const { key, node, draw: drawField } of fields) {
      drawField();
      if (zoneKeys.includes(key)) node.querySelector("input").placeholder = hasCoefficients() ? "–" : state.info.published[key] ?? 0;
    }
  };

  on("setting", draw);
  const tell = () => {
    say(text, state.plan?.yaml ?? "");
    say(problem, state.planProblem ?? "");
  };
  on("plan", tell);
  // On paper the recipe takes the place of the form.
  addEventListener("beforeprint", () => { yaml.open = true; });
  on("plan-problem", tell);
  form.addEventListener("focusout", settle);
  more.addEventListener("focusout", settle);
  draw();
  tell();
  return element("section", { class: "settings", "aria-label": "Method and parameters" },
    field("Method", select), about, formula, owners, own, form, problem, folded, yaml);
}

// Widths of the zones come first, since they are what a swap is about.
const inOrder = keys => [...zoneKeys.filter(key => keys.includes(key)), ...keys.filter(key => !zoneKeys.includes(key))];

/** "w_l θ_math" with real subscripts. */
const subscripts = text => text.split(/_([A-Za-z0-9]+)/).map((part, index) => (index % 2 ? element("sub", {}, part) : part));

function write(key, value) {
  const { [key]: _, ...rest } = state.setting;
  const zone = ["bottom", "top", "bottom_transition", "top_transition", "transition", "pattern", "direction", "tensors"].includes(key);
  // A layer cannot follow both its own coefficient and a zone; what was typed last counts.
  if (zone) delete rest.coefficients;
  change(value === undefined ? rest : { ...rest, [key]: value }, `field ${key}`);
}

const lastOf = new Map();

// Each method comes back with the parameters that it had when it was left.
function takeMethod(name) {
  lastOf.set(state.setting.method ?? "layer-swap", state.setting);
  change(lastOf.get(name) ?? (name === "layer-swap" ? state.info.published : { method: name }));
}
