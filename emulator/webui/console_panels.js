// The small panels: clock, lockout, sessions, faults. Each has a way to show what the control
// interface says, and forms that call it.
import { spellTime } from "./camera.js";
import { el } from "./views.js";

const $ = (id) => document.getElementById(id);

const EXAMPLES = {
  "busy once": { when: { method: "set" }, do: { code: -40109 } },
  "locked for half an hour": { do: { locked_seconds: 1800 } },
  "a stale nonce": { do: { stale_nonce: true } },
  "the session ends in mid-call": { do: { revoke: "before" } },
  "HTTP 503": { do: { status: 503 } },
  "half of the body": { do: { truncate_body: 20 } },
  "a wrong length": { do: { wrong_length: 10 } },
  "no body": { do: { no_body: true } },
  "garbage": { do: { garbage: 64 } },
  "100 bytes a second": { do: { bytes_per_second: 100 } },
  "late by a second": { do: { delay_ms: 1000 } },
  "connection reset": { do: { reset: "before_reading" } },
  "cut off": { do: { cut_after: 40 } },
  "no answer": { do: { stall: true } },
  "closed when idle": { do: { close_idle_ms: 200 } },
  "one in ten is busy": { times: "always", probability: 0.1, do: { code: -40109 } },
};

function button(label, act) {
  const node = el("button", { class: "quiet", type: "button" }, label);
  node.addEventListener("click", act);
  return node;
}

function fill(table, rows) {
  $(table).tBodies[0].replaceChildren(...rows);
  $(table).hidden = rows.length === 0;
  $(`${table}-empty`).hidden = rows.length > 0;
}

const LOCKS = {
  none: "Open: whoever knows the password is let in.",
  timed: "Locked for a time.",
  for_good: "Locked until somebody opens it.",
  factory: "As in the factory: no password has been set yet.",
  clients_full: "As many clients as it takes are logged in.",
};

function showClock(clock) {
  $("clock-now").textContent = clock.now.replace("T", " ").replace("Z", " UTC");
  $("clock-now").dateTime = clock.now;
  $("clock-frozen").textContent = clock.frozen ? "It stands still." : "";
  $("clock-freeze").setAttribute("aria-pressed", String(clock.frozen));
}

function showLockout(lockout) {
  const left = lockout.seconds_left;
  const more = left === null ? "" : ` ${spellTime(left)} are left.`;
  const clients = lockout.clients
    .filter((each) => each.failures > 0)
    .map((each) => ` ${each.client ?? "Somebody"}: ${each.failures} wrong passwords.`);
  $("lockout-now").textContent = LOCKS[lockout.kind] + more + clients.join("");
}

function showSessions({ sessions }, act) {
  const rows = sessions.map((session) =>
    el(
      "tr",
      {},
      el("td", {}, String(session.id)),
      el("td", {}, spellTime(Math.ceil(session.expires_in_ms / 1000))),
      el(
        "td",
        {},
        button("Expire", () => act("POST", "/sessions/expire", { id: session.id })),
        " ",
        button("Revoke", () => act("POST", "/sessions/revoke", { id: session.id })),
      ),
    ),
  );
  fill("sessions", rows);
}

function showFaults({ faults }, act) {
  const rows = faults.map((fault) =>
    el(
      "tr",
      {},
      el("td", {}, fault.name || JSON.stringify(fault.fault.do)),
      el("td", {}, String(fault.used)),
      el("td", {}, fault.left === null ? "no end" : String(fault.left)),
      el("td", {}, button("Drop", () => act("DELETE", `/faults/${fault.id}`))),
    ),
  );
  fill("faults", rows);
}

export class Panels {
  // link: a ControlLink. say(text, tone) tells the person.
  constructor(link, say) {
    this.link = link;
    this.say = say;
    this.act = async (method, path, body) => {
      try {
        await link.call(method, path, body);
        say("");
        await this.load();
      } catch (error) {
        say(error.message, "bad");
      }
    };
    this.#wire();
  }

  async load() {
    const [clock, lockout, sessions, faults] = await Promise.all(
      ["/clock", "/lockout", "/sessions", "/faults"].map((path) => this.link.call("GET", path)),
    );
    showClock(clock);
    showLockout(lockout);
    showSessions(sessions, this.act);
    showFaults(faults, this.act);
  }

  #wire() {
    const onSubmit = (form, act) =>
      $(form).addEventListener("submit", (event) => {
        event.preventDefault();
        act();
      });
    const isPressed = (id) => $(id).getAttribute("aria-pressed") === "true";
    onSubmit("clock-form", () =>
      this.act("POST", "/clock", { advance_ms: Number($("clock-by").value) }),
    );
    $("clock-freeze").addEventListener("click", () =>
      this.act("POST", "/clock", { freeze: !isPressed("clock-freeze") }),
    );
    onSubmit("lockout-form", () => this.act("POST", "/lockout", { kind: $("lockout-kind").value }));
    $("lockout-open").addEventListener("click", () => this.act("POST", "/lockout", { kind: "none" }));
    $("sessions-expire").addEventListener("click", () => this.act("POST", "/sessions/expire", {}));

    const example = $("fault-example");
    for (const name of Object.keys(EXAMPLES)) example.append(el("option", {}, name));
    const useExample = () => {
      $("fault-text").value = JSON.stringify(EXAMPLES[example.value], null, 2);
    };
    example.addEventListener("change", useExample);
    useExample();
    onSubmit("fault-form", () => {
      let fault;
      try {
        fault = JSON.parse($("fault-text").value);
      } catch (error) {
        this.say(`The fault is no JSON: ${error.message}`, "bad");
        return;
      }
      this.act("POST", "/faults", fault);
    });
  }
}
