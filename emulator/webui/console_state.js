// The settings as a tree: found by name, opened on demand, changed one at a time.
import { el } from "./views.js";

const $ = (id) => document.getElementById(id);

function isTree(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

// {"image":{"switch":{"flicker":value}}} of ["image","switch","flicker"].
function nested(path, value) {
  return path.reduceRight((inner, key) => ({ [key]: inner }), value);
}

// Settings are strings on the wire; anything else is written as JSON.
function asText(value) {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function asValue(text, before) {
  return typeof before === "string" ? text : JSON.parse(text);
}

export class StateView {
  #tree = {};

  // change(patch) sends it and rejects with why not; say(text, tone) tells the person.
  constructor({ read, change, say }) {
    this.read = read;
    this.change = change;
    this.say = say;
    $("state-find").addEventListener("input", () => this.show());
    $("state-refresh").addEventListener("click", () => this.load());
  }

  async load() {
    const open = new Set(
      [...$("state").querySelectorAll("details[open]")].map((each) => each.dataset.path),
    );
    this.#tree = await this.read();
    this.show(open);
  }

  show(open = new Set()) {
    const wanted = $("state-find").value.trim().toLowerCase();
    const nodes = this.#branches(this.#tree, [], wanted, open);
    $("state").replaceChildren(...nodes);
    $("state-empty").hidden = nodes.length > 0;
  }

  // Only what has `wanted` in its path, all of it open then.
  #branches(tree, path, wanted, open) {
    const nodes = [];
    for (const [key, value] of Object.entries(tree)) {
      const here = [...path, key];
      const name = here.join(".");
      const met = wanted === "" || name.toLowerCase().includes(wanted);
      if (!isTree(value)) {
        if (met) nodes.push(this.#leaf(here, value));
        continue;
      }
      const inner = met ? "" : wanted;
      const make = () => this.#branches(value, here, inner, open);
      const isOpen = wanted !== "" || open.has(name);
      const children = isOpen || inner !== "" ? make() : [];
      if (inner !== "" && children.length === 0) continue;
      const details = el(
        "details",
        { "data-path": name, open: isOpen },
        el("summary", {}, key),
        ...children,
      );
      if (!isOpen)
        details.addEventListener("toggle", () => details.append(...make()), { once: true });
      nodes.push(details);
    }
    return nodes;
  }

  #leaf(path, value) {
    const id = `state-${path.join(".")}`;
    const input = el("input", {
      id,
      type: "text",
      value: asText(value),
      autocomplete: "off",
      spellcheck: "false",
    });
    input.addEventListener("change", async () => {
      try {
        await this.change(nested(path, asValue(input.value, value)));
        input.removeAttribute("aria-invalid");
        this.say(`${path.join(".")} is ${input.value} now.`, "good");
      } catch (error) {
        input.setAttribute("aria-invalid", "true");
        this.say(`${path.join(".")} is not changed: ${error.message}`, "bad");
      }
    });
    return el("div", { class: "leaf" }, el("label", { for: id }, path.at(-1)), input);
  }
}
