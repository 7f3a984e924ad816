// The console as a whole: finds the control interface, and keeps all panels as new as its journal.
import { JournalView } from "./console_journal.js";
import { ControlLink } from "./console_link.js";
import { Panels } from "./console_panels.js";
import { StateView } from "./console_state.js";

const CLOCK_MS = 5000; // time passes without anybody doing anything

const $ = (id) => document.getElementById(id);

function say(text, tone = "info") {
  $("status").className = `status ${text ? tone : ""}`;
  $("status").textContent = text;
}

function show(id) {
  for (const each of ["none", "token-form", "console"]) $(each).hidden = each !== id;
}

// Asks for a token for as long as the interface wants another one.
async function admit(link) {
  for (;;) {
    try {
      return await link.describe();
    } catch (error) {
      if (error.status !== 401) throw error;
    }
    show("token-form");
    $("token").focus();
    await new Promise((resolve) =>
      $("token-form").addEventListener(
        "submit",
        (event) => {
          event.preventDefault();
          resolve();
        },
        { once: true },
      ),
    );
    link.useToken($("token").value);
    $("token").value = "";
    say("");
  }
}

async function main() {
  const facts = await (await fetch("/stoklab/console.json")).json();
  if (facts.control_url === null) {
    show("none");
    return;
  }
  const link = new ControlLink(facts.control_url, facts.camera);
  const camera = await admit(link);
  show("console");
  $("camera").textContent = `Camera ${camera.id}: ${camera.model}, ${camera.profile}`;

  const failed = (error) => say(error.message, "bad");
  const panels = new Panels(link, say);
  const state = new StateView({
    read: async () => (await link.call("GET", "/state")).value,
    change: (patch) => link.call("PATCH", "/state", patch),
    say,
  });
  const refresh = () => panels.load().catch(failed);
  $("reset").addEventListener("click", async () => {
    try {
      await link.call("POST", "/reset");
      journal.restart();
      await Promise.all([panels.load(), state.load()]);
      say("The camera is as new.", "good");
    } catch (error) {
      failed(error);
    }
  });
  const journal = new JournalView(link, { onNews: refresh, onFailure: failed });
  await Promise.all([panels.load(), state.load()]);
  setInterval(refresh, CLOCK_MS);
  await journal.run();
}

main().catch((error) => say(error.message, "bad"));
