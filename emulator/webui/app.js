// What happens on the page: who is logged in, which view is shown, and what the status line says.
import { Camera, spellTime } from "./camera.js";
import { FACTS, SETTINGS, SETTINGS_READS } from "./settings.js";
import {
  card,
  el,
  factCard,
  factList,
  moduleItem,
  noteCard,
  sectionTables,
  settingField,
  tableRows,
} from "./views.js";

const camera = new Camera();
let about = { modules: [] };
let fields = []; // of the image view, as settingField() makes them
let view = "login";

const $ = (id) => document.getElementById(id);

// --- status ---------------------------------------------------------------------------------

function say(text, tone = "info") {
  const status = $("status");
  status.className = `status ${text ? tone : ""}`;
  status.textContent = text;
}

let running = 0;
let last = Promise.resolve();

async function run(step) {
  try {
    await step();
  } catch (error) {
    if (error.kind === "expired") {
      show("login");
      say("");
      tellLogin(error.message);
    } else {
      say(error.message, "bad");
    }
    if (!error.kind) console.error(error);
  }
}

// Does what was asked for after everything that was asked for before. A failure ends up in the
// status line, and a dead session at the login.
function attempt(step) {
  ++running;
  document.body.classList.add("busy");
  last = last.then(() => run(step)).then(() => {
    if (--running === 0) document.body.classList.remove("busy");
  });
}

// --- views ----------------------------------------------------------------------------------

const VIEWS = {
  login: { title: "Log in", load: null },
  device: { title: "Device", load: loadDevice },
  image: { title: "Image", load: loadImage },
  modules: { title: "Modules", load: loadModules },
};

function show(name) {
  view = name;
  for (const each of Object.keys(VIEWS)) $(`view-${each}`).hidden = each !== name;
  for (const link of document.querySelectorAll("[data-view]")) {
    if (link.dataset.view === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  const inside = name !== "login";
  $("tabs").hidden = $("logout").hidden = !inside;
  document.title = `${VIEWS[name].title} – ${about.model ?? "camera"} – stoklab`;
  if (name === "login") $("password").focus();
  else $(`${name}-title`).focus();
}

async function open(name) {
  say("");
  show(name);
  if (VIEWS[name].load) await VIEWS[name].load();
}

function wantedView() {
  const name = location.hash.slice(1);
  return name in VIEWS && name !== "login" ? name : "device";
}

// --- login ----------------------------------------------------------------------------------

let lockTimer = 0;

function tellLogin(text) {
  $("login-message").textContent = text;
  $("password").setAttribute("aria-invalid", text === "" ? "false" : "true");
}

function countDown(seconds) {
  const end = Date.now() + seconds * 1000;
  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    $("login-button").disabled = left > 0;
    $("login-lock").hidden = left <= 0;
    $("login-lock").textContent = `You can try again in ${spellTime(Math.max(left, 0))}.`;
    if (left > 0) return;
    clearInterval(lockTimer);
    tellLogin("");
    say("");
  };
  clearInterval(lockTimer);
  lockTimer = setInterval(tick, 1000);
  tick();
}

async function login() {
  const username = $("username").value.trim();
  const password = $("password").value;
  if (username === "" || password === "") {
    tellLogin("Please enter a user name and a password.");
    $(username === "" ? "username" : "password").focus();
    return;
  }
  tellLogin("");
  say("");
  try {
    await camera.login(username, password);
  } catch (error) {
    if (!error.kind) throw error;
    tellLogin(error.message);
    if (error.kind !== "unreachable") $("password").value = "";
    $("password").focus();
    if (error.secondsLeft) countDown(error.secondsLeft);
    return;
  }
  $("password").value = "";
  await open(wantedView());
}

async function logout() {
  await camera.logout();
  for (const list of ["device-cards", "settings-cards", "module-list"]) $(list).replaceChildren();
  fields = [];
  history.replaceState(null, "", location.pathname);
  tellLogin("");
  show("login");
  say("You are logged out.", "good");
}

// --- device ---------------------------------------------------------------------------------

// What a read answers, or the note that stands in its place.
async function readCard(definition) {
  try {
    return factCard(definition, await camera.ask({ method: "get", ...definition.read }));
  } catch (error) {
    if (error.kind !== "refused") throw error;
    return noteCard(definition, `This camera does not offer it (error ${error.code}).`);
  }
}

async function loadDevice() {
  const cards = [];
  for (const definition of FACTS) cards.push(await readCard(definition));
  $("device-cards").replaceChildren(...cards);
}

async function refresh() {
  await loadDevice();
  say("Read anew.", "good");
}

// --- image ----------------------------------------------------------------------------------

function ruleOf([module, section, field]) {
  const sections = about.modules.find((each) => each.name === module)?.sections ?? [];
  return sections.find((each) => each.name === section)?.rules?.[field] ?? {};
}

function valueOf(answer, { at: [module, section, name], row }) {
  const content = answer[module]?.[section];
  if (row === undefined) return content?.[name];
  return Array.isArray(content) ? Object.fromEntries(tableRows(content))[row]?.[name] : undefined;
}

async function loadImage() {
  const answer = {};
  for (const read of SETTINGS_READS) {
    try {
      Object.assign(answer, await camera.ask({ method: "get", ...read }));
    } catch (error) {
      if (error.kind !== "refused") throw error;
    }
  }
  fields = [];
  const cards = [];
  for (const { id, title, fields: all } of SETTINGS) {
    const made = all
      .filter((field) => typeof valueOf(answer, field) === "string")
      .map((field) => settingField(field, ruleOf(field.at), valueOf(answer, field)));
    if (made.length === 0) continue;
    fields.push(...made);
    cards.push(card(id, title, ...made.map(({ node }) => node)));
  }
  if (cards.length === 0) {
    cards.push(el("p", { class: "lead" }, "This camera offers none of these settings."));
  }
  $("settings-cards").replaceChildren(...cards);
  showChanges();
}

const changed = () => fields.filter(({ read, value }) => read() !== value);

function showChanges() {
  const changes = changed();
  for (const { node, read, value } of fields) {
    node.classList.toggle("changed", read() !== value);
  }
  $("save-bar").hidden = changes.length === 0;
  $("save-count").textContent =
    changes.length === 1 ? "1 change is not saved" : `${changes.length} changes are not saved`;
}

// One set a module, so that a refusal says what it is about.
async function save() {
  const sets = {};
  for (const { field, read } of changed()) {
    const [module, section, name] = field.at;
    const target = field.row ?? section;
    ((sets[module] ??= {})[target] ??= {})[name] = read();
  }
  const count = changed().length;
  for (const [module, sections] of Object.entries(sets)) {
    try {
      await camera.ask({ method: "set", [module]: sections });
    } catch (error) {
      if (error.kind === "refused") {
        error.message = `The camera refused the change of ${module} (error ${error.code}).`;
      }
      throw error;
    }
  }
  await loadImage();
  say(count === 1 ? "Saved 1 change." : `Saved ${count} changes.`, "good");
}

// --- modules --------------------------------------------------------------------------------

// Sections and tables of a module in the form of a get.
function readOf(sections) {
  const payload = {};
  for (const [key, kind] of [["name", "section"], ["table", "table"]]) {
    const names = sections.filter((each) => each.kind === kind).map((each) => each.name);
    if (names.length > 0) payload[key] = names.length === 1 ? names[0] : names;
  }
  return payload;
}

// All at once; where the device refuses that, one by one, since it may take some of them.
async function readModule(module, content) {
  const codes = {};
  const answer = {};
  const read = async (sections) => {
    const body = { method: "get", [module.name]: readOf(sections) };
    Object.assign(answer, (await camera.ask(body))[module.name]);
  };
  try {
    await read(module.sections);
  } catch (error) {
    if (error.kind !== "refused") throw error;
    for (const section of module.sections) {
      try {
        await read([section]);
      } catch (refusal) {
        if (refusal.kind !== "refused") throw refusal;
        codes[section.name] = refusal.code;
      }
    }
  }
  content.replaceChildren(...sectionTables(module, answer, codes));
  content.setAttribute("aria-busy", "false");
}

async function loadModules() {
  if ($("module-list").childElementCount > 0) return;
  const items = about.modules.map((module) =>
    moduleItem(module, (content) => attempt(() => readModule(module, content))),
  );
  $("module-list").replaceChildren(...items);
}

function filterModules() {
  const wanted = $("filter").value.trim().toLowerCase();
  let found = 0;
  for (const item of $("module-list").children) {
    item.hidden = !item.querySelector("summary").textContent.toLowerCase().includes(wanted);
    if (!item.hidden) ++found;
  }
  $("no-module").hidden = found > 0;
}

// --- start ----------------------------------------------------------------------------------

async function start() {
  try {
    about = await (await fetch("/stoklab/about.json")).json();
  } catch {
    say("The page could not be loaded completely; reload it.", "bad");
  }
  const replayed = about.backend === "replayed";
  $("badge").textContent = replayed ? "Replayed recording" : "Emulated camera";
  $("intro-kind").textContent = replayed ? "replayed" : "emulated";
  $("footer-kind").textContent = replayed ? "A replayed recording" : "An emulated camera";
  $("footer-profile").textContent = about.profile ? `, profile ${about.profile}` : "";
  $("intro-facts").replaceChildren(
    ...factList([
      ["Model", about.model],
      ["Hardware", about.hardware],
      ["Firmware", about.firmware],
      ["Profile", about.profile],
    ]).childNodes,
  );
  if (about.username) $("username").value = about.username;
  show("login");
}

// A second click on a busy page is the same wish again.
function on(id, event, step) {
  $(id).addEventListener(event, (happened) => {
    happened.preventDefault();
    if (running === 0) attempt(step);
  });
}

on("login-form", "submit", login);
on("settings-form", "submit", save);
on("logout", "click", logout);
on("refresh", "click", refresh);
on("discard", "click", async () => {
  await loadImage();
  say("Nothing was changed.");
});
$("settings-form").addEventListener("input", showChanges);
$("filter").addEventListener("input", filterModules);
window.addEventListener("hashchange", () => {
  if (camera.isOpen && wantedView() !== view) attempt(() => open(wantedView()));
});

start();
