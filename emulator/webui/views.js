// Makes elements out of data. Whatever comes from the device goes in as text, never as HTML.

// el("p", { class: "hint" }, "text", child): attributes by name; a value of false leaves one out.
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === undefined) continue;
    node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children);
  return node;
}

// Tables come as [{"row_1": {...}}, {"row_2": {...}}].
export function tableRows(list) {
  return list.map((each, at) => {
    const entries = each !== null && typeof each === "object" ? Object.entries(each) : [];
    const [name, fields] = entries[0] ?? [];
    const wrapped = entries.length === 1 && fields !== null && typeof fields === "object";
    return wrapped ? [name, fields] : [String(at + 1), each];
  });
}

// The value at "wan_status.ipaddr" or "hd_info.0.status"; undefined if it is not there.
export function valueAt(tree, path) {
  let value = tree;
  for (const key of path) {
    if (value === null || typeof value !== "object") return undefined;
    value = Array.isArray(value) ? tableRows(value)[Number(key)]?.[1] : value[key];
  }
  return value;
}

export function spell(value) {
  if (value === undefined || value === null || value === "") return "–";
  if (Array.isArray(value)) return value.map(spell).join(", ");
  if (typeof value === "object") return JSON.stringify(value);
  return String(value);
}

export function factList(pairs) {
  const list = el("dl", { class: "facts" });
  for (const [label, value] of pairs) {
    list.append(el("div", {}, el("dt", {}, label), el("dd", {}, spell(value))));
  }
  return list;
}

export function card(id, title, ...children) {
  return el(
    "section",
    { class: "card", id: `card-${id}`, "aria-labelledby": `title-${id}` },
    el("h2", { id: `title-${id}` }, title),
    ...children,
  );
}

export function factCard(definition, answer) {
  const tree = valueAt(answer, definition.at) ?? {};
  const pairs = definition.rows
    .map(([path, label, spelled]) => [label, valueAt(tree, path.split(".")), spelled])
    .filter(([, value]) => value !== undefined)
    .map(([label, value, spelled]) => [label, spelled ? spelled(value) : value]);
  return card(definition.id, definition.title, factList(pairs));
}

export const noteCard = (definition, text) =>
  card(definition.id, definition.title, el("p", { class: "hint" }, text));

// --- settings -------------------------------------------------------------------------------

const clock = (seconds) => {
  const minutes = Math.min(Math.floor(Number(seconds) / 60), 24 * 60 - 1);
  return [Math.floor(minutes / 60), minutes % 60].map((n) => String(n).padStart(2, "0")).join(":");
};
const secondsOf = (text) => {
  const [hours, minutes] = text.split(":").map(Number);
  return String(hours * 3600 + minutes * 60);
};

function choiceInput(id, field, rule, value) {
  const select = el("select", { id });
  const values = rule.allowed ?? Object.keys(field.names ?? {});
  for (const each of values.includes(value) ? values : [value, ...values]) {
    select.append(el("option", { value: each }, field.names?.[each] ?? each));
  }
  select.value = value;
  return { nodes: [select], read: () => select.value };
}

function switchInput(id, field, rule, value) {
  const box = el("input", { id, type: "checkbox", role: "switch" });
  box.checked = value === "on";
  return { nodes: [box], read: () => (box.checked ? "on" : "off") };
}

function levelInput(id, field, rule, value) {
  const slider = el("input", {
    id,
    type: "range",
    min: rule.minimum ?? 0,
    max: rule.maximum ?? 100,
    step: 1,
  });
  slider.value = value;
  const shown = el("output", { for: id }, slider.value);
  slider.addEventListener("input", () => (shown.textContent = slider.value));
  return { nodes: [slider, shown], read: () => slider.value };
}

function timeInput(id, field, rule, value) {
  const input = el("input", { id, type: "time", required: true });
  input.value = clock(value);
  // Who does not touch the time keeps its seconds.
  return {
    nodes: [input],
    read: () =>
      input.value === "" || input.value === clock(value) ? value : secondsOf(input.value),
  };
}

function textInput(id, field, rule, value) {
  const input = el("input", { id, type: "text", maxlength: rule.max_length ?? false });
  input.value = value;
  return { nodes: [input], read: () => input.value };
}

function shownValue(id, field, rule, value) {
  return {
    nodes: [el("output", { id, class: "shown" }, field.names?.[value] ?? value)],
    read: () => value,
  };
}

const INPUTS = {
  choice: choiceInput,
  switch: switchInput,
  level: levelInput,
  time: timeInput,
  text: textInput,
  shown: shownValue,
};

// One field with its label. `value` is what the device has; read() gives what the page has.
export function settingField(field, rule, value) {
  const [module, section, name] = field.at;
  const id = ["set", module, field.row ?? section, name].join("-");
  const input = INPUTS[field.kind](id, field, rule, value);
  const label =
    field.kind === "shown"
      ? el("span", { class: "label", id: `${id}-label` }, field.label)
      : el("label", { for: id }, field.label);
  if (field.kind === "shown") input.nodes[0].setAttribute("aria-labelledby", `${id}-label`);
  const node = el(
    "div",
    { class: `field ${field.kind}` },
    label,
    el("span", { class: "input" }, ...input.nodes),
  );
  return { field, value, node, read: input.read };
}

// --- modules --------------------------------------------------------------------------------

function fieldTable(fields, caption) {
  const body = el("tbody");
  for (const [name, value] of Object.entries(fields)) {
    body.append(
      el(
        "tr",
        {},
        el("th", { scope: "row" }, name),
        el("td", {}, typeof value === "object" ? JSON.stringify(value) : String(value)),
      ),
    );
  }
  return el("table", {}, el("caption", {}, caption), body);
}

// What a device answered about the sections of one module; `codes` says why one is missing.
export function sectionTables(module, answer, codes) {
  return module.sections.map(({ name }) => {
    const content = answer?.[name];
    if (content === undefined) {
      const why = codes[name] ? ` (error ${codes[name]})` : "";
      return el("p", { class: "hint" }, el("b", {}, name), ` – this camera does not offer it${why}`);
    }
    if (!Array.isArray(content)) return fieldTable(content ?? {}, name);
    if (content.length === 0) return el("p", { class: "hint" }, el("b", {}, name), " – empty");
    return el(
      "div",
      {},
      ...tableRows(content).map(([row, fields]) => fieldTable(fields ?? {}, `${name} › ${row}`)),
    );
  });
}

export function moduleItem(module, onOpen) {
  const names = module.sections.map((section) => section.name).join(", ");
  const content = el("div", { class: "content", "aria-busy": "true" });
  const details = el(
    "details",
    { id: `module-${module.name}`, class: "card" },
    el("summary", {}, el("b", {}, module.name), el("span", { class: "hint" }, names)),
    content,
  );
  details.addEventListener("toggle", () => details.open && onOpen(content));
  return details;
}
