// Builds elements. Everything on the page is made here, so that text of models, recipes and errors
// can only ever become text: nothing is parsed as HTML.

const vector = "http://www.w3.org/2000/svg";

/**
 * An element with attributes and children. `on` holds listeners, `style` holds properties, and
 * `null`, `undefined` and `false` leave an attribute or a child out.
 */
export function element(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** The same for pictures. */
export function shape(name, attributes = {}, ...children) {
  return fill(document.createElementNS(vector, name), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    } else if (name === "style") {
      for (const [property, text] of Object.entries(value)) node.style.setProperty(property, text);
    } else if (name === "value") {
      node.value = value;
    } else {
      node.setAttribute(name, value === true ? "" : value);
    }
  }
  node.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
  return node;
}

/** Puts other children in the place of those there are. */
export function replace(node, ...children) {
  node.replaceChildren(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
}

/** Sets text only where it differs, since a live region would read the same text twice. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

let counter = 0;

/** An identifier that nothing else on the page has. */
export function identifier(stem) {
  counter += 1;
  return `${stem}-${counter}`;
}

/** A button that does one thing. */
export function button(text, action, attributes = {}) {
  return element("button", { type: "button", ...attributes, on: { click: action } }, text);
}

/** A label above a field. */
export function field(label, control, note = null) {
  control.id ||= identifier("field");
  return element("div", { class: "field" },
    element("label", { for: control.id }, label), control,
    note ? element("small", { class: "note" }, note) : null);
}

/** A menu of `[value, text]`. */
export function menu(choices, chosen, change, attributes = {}) {
  const node = element("select", { ...attributes, on: { change: () => change(node.value) } },
    choices.map(([value, text]) => element("option", { value, selected: value === chosen }, text)));
  return node;
}

/**
 * Arrow keys within a group of which one member is in the tab order, so that a hundred squares are
 * one stop of the Tab key. `columns` says how many stand in one row at the moment.
 */
export function rove(group, selector, columns = () => 1) {
  group.addEventListener("keydown", event => {
    const members = [...group.querySelectorAll(selector)];
    const at = members.indexOf(document.activeElement);
    if (at < 0) return;
    const steps = {
      ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns(), ArrowUp: -columns(),
      Home: -at, End: members.length - 1 - at,
    };
    if (!(event.key in steps)) return;
    const next = members[at + steps[event.key]];
    event.preventDefault();
    if (next && !next.disabled) next.focus();
  });
  group.addEventListener("focusin", event => {
    const member = event.target.closest(selector);
    if (!member) return;
    for (const other of group.querySelectorAll(`${selector}[tabindex="0"]`)) other.tabIndex = -1;
    member.tabIndex = 0;
  });
}
