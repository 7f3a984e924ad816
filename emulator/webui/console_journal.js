// The journal as it grows: newest first, filtered where it is kept, and each exchange whole on
// demand.
import { el } from "./views.js";

const MOST_ROWS = 200;
const WAIT_MS = 20000;
const PAUSE_MS = 2000; // after a failure

const $ = (id) => document.getElementById(id);

function timeText(ms) {
  return new Date(ms).toISOString().slice(11, 23);
}

function whatOf(entry) {
  if (entry.kind === "event") return entry.event;
  if (entry.kind === "command") return entry.method ?? "?";
  return entry.kind;
}

function answerOf(entry) {
  if (entry.kind === "event") return "";
  const code = entry.error_code === undefined ? "" : `, ${entry.error_code}`;
  const fault = entry.fault ? ` (fault ${entry.fault})` : "";
  return `HTTP ${entry.status}${code}${fault}`;
}

function isBad(entry) {
  return entry.status >= 400 || (entry.error_code !== undefined && entry.error_code !== 0);
}

function rowOf(entry) {
  const details = el("tr", { class: "details", hidden: true });
  const button = el(
    "button",
    { class: "row-button", type: "button", "aria-expanded": "false" },
    whatOf(entry),
  );
  button.addEventListener("click", () => {
    if (details.childElementCount === 0) {
      const text = el("pre", {}, JSON.stringify(entry, null, 2));
      details.append(el("td", { colspan: 5 }, text));
    }
    details.hidden = !details.hidden;
    button.setAttribute("aria-expanded", String(!details.hidden));
  });
  const kind = entry.kind === "event" ? "event" : isBad(entry) ? "bad" : "";
  const row = el(
    "tr",
    { class: kind || false, "data-n": entry.n },
    el("td", {}, String(entry.n)),
    el("td", {}, timeText(entry.at_ms)),
    el("td", {}, button),
    el("td", {}, (entry.asks ?? []).join(", ") || (entry.path ?? "")),
    el("td", {}, answerOf(entry)),
  );
  return [row, details];
}

export class JournalView {
  #since = 0;
  #abort = new AbortController();
  #paused = false;

  // onNews() is called when there is something new; onFailure(error) once for each failure.
  constructor(link, { onNews, onFailure }) {
    this.link = link;
    this.onNews = onNews;
    this.onFailure = onFailure;
    $("journal-filter").addEventListener("input", () => this.restart());
    $("journal-filter").addEventListener("submit", (event) => event.preventDefault());
    $("journal-clear").addEventListener("click", () => this.clear());
    $("journal-pause").addEventListener("click", () => this.pause());
  }

  #query() {
    const query = new URLSearchParams({ since: String(this.#since), limit: String(MOST_ROWS) });
    for (const name of ["method", "module", "status"]) {
      const field = $(`journal-${name}`);
      const value = field.value.trim();
      if (value !== "" && field.validity.valid) query.set(name, value);
    }
    return query;
  }

  async run() {
    for (;;) {
      const { signal } = this.#abort;
      try {
        await this.#read(signal);
        const wait = this.#query();
        wait.delete("limit");
        wait.set("count", "1");
        wait.set("timeout_ms", String(WAIT_MS));
        await this.link.call("GET", `/journal/wait?${wait}`, undefined, { signal });
      } catch (error) {
        if (error.name === "AbortError") continue;
        this.onFailure(error);
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
      while (this.#paused) await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async #read(signal) {
    for (;;) {
      const page = await this.link.call("GET", `/journal?${this.#query()}`, undefined, { signal });
      if (signal.aborted) return;
      this.#since = page.next;
      if (page.entries.length === 0) return;
      this.#show(page.entries);
      this.onNews();
    }
  }

  #show(entries) {
    const body = $("journal").tBodies[0];
    for (const entry of entries) body.prepend(...rowOf(entry));
    while (body.rows.length > 2 * MOST_ROWS) body.lastElementChild.remove();
    $("journal-empty").hidden = true;
  }

  // From the beginning, with the filter as it is now.
  restart() {
    this.#since = 0;
    $("journal").tBodies[0].replaceChildren();
    $("journal-empty").hidden = false;
    this.#abort.abort();
    this.#abort = new AbortController();
  }

  async clear() {
    try {
      await this.link.call("DELETE", "/journal");
      this.restart();
    } catch (error) {
      this.onFailure(error);
    }
  }

  pause() {
    this.#paused = !this.#paused;
    $("journal-pause").setAttribute("aria-pressed", String(this.#paused));
  }
}
