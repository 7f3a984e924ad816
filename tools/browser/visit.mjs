// One visit to the web UI, as a person would make it: a wrong password, the right one, every view,
// one change, and out again. The same visit is paid to an emulated camera, to a replay of its
// recording, and to a recording proxy.
import { STEP_MS } from "./browser.mjs";
import { check } from "./program.mjs";

// The facts of the cards that are shown: {"Network": {"Gateway": "192.0.2.1", ...}, ...}.
function shownFacts(page) {
  return page.$$eval("#device-cards .card", (cards) =>
    Object.fromEntries(
      cards.map((card) => [
        card.querySelector("h2").textContent,
        Object.fromEntries(
          [...card.querySelectorAll(".facts div")].map((row) => [
            row.querySelector("dt").textContent,
            row.querySelector("dd").textContent,
          ]),
        ),
      ]),
    ),
  );
}

// The state of every setting that is shown, by its id.
function shownSettings(page) {
  return page.$$eval("#settings-cards :is(input, select, output.shown)", (inputs) =>
    Object.fromEntries(
      inputs.map((input) => [
        input.id,
        input.type === "checkbox" ? input.checked : (input.value ?? input.textContent),
      ]),
    ),
  );
}

async function enter(page, password) {
  await page.getByLabel("Password").fill(password);
  await page.getByLabel("Password").press("Enter");
}

export async function logIn(page, password) {
  await enter(page, password);
  await page.locator("#card-alarm").waitFor();
}

async function openView(page, name, sign) {
  await page.getByRole("link", { name, exact: true }).click();
  await page.locator(sign).waitFor();
}

export const openImage = (page) => openView(page, "Image", "#card-led");
export const openModules = (page) => openView(page, "Modules", "#module-OSD");

export async function save(page, changes) {
  await page.getByRole("button", { name: "Save" }).click();
  const said = changes === 1 ? "Saved 1 change." : `Saved ${changes} changes.`;
  await page.locator("#status", { hasText: said }).waitFor();
}

// The table of one section in the view of modules: {"date": {"enabled": "on", ...}, ...}.
export async function readModule(page, module) {
  const item = page.locator(`#module-${module}`);
  await item.locator("summary").click();
  await item.locator('.content[aria-busy="false"]').waitFor();
  return item.locator("table").evaluateAll((tables) =>
    Object.fromEntries(
      tables.map((table) => [
        table.caption.textContent,
        Object.fromEntries(
          [...table.rows].map((row) => [row.cells[0].textContent, row.cells[1].textContent]),
        ),
      ]),
    ),
  );
}

export async function openPage(page, url) {
  await page.goto(url);
  await page.waitForFunction(() => document.querySelector("#intro-facts div"), null, {
    timeout: STEP_MS,
  });
}

// What the page showed on the way. `backend` is what it must say of itself.
export async function visit(page, { url, password, wrongPassword, backend }) {
  const seen = {};
  await openPage(page, url);
  const footer = await page.locator("footer").innerText();
  check(footer.includes(backend), `the page does not say "${backend}" of itself: ${footer}`);
  check(footer.includes("profile c350_hw1.0_fw2.3.2"), `no profile in ${footer}`);
  check(footer.includes("Not affiliated with or endorsed by TP-Link"), `no disclaimer: ${footer}`);
  check(await page.locator("#logout").isHidden(), "one can log out without having logged in");

  await enter(page, wrongPassword);
  const message = page.locator("#login-message", { hasText: "Name or password is not right." });
  await message.waitFor();
  check(await page.locator("#view-device").isHidden(), "a wrong password opens the page");

  await logIn(page, password);
  seen.facts = await shownFacts(page);
  await page.getByRole("button", { name: "Refresh" }).click();
  await page.locator("#status", { hasText: "Read anew." }).waitFor();

  await openImage(page);
  seen.before = await shownSettings(page);
  await page.getByLabel("Mode").selectOption({ label: "White light when dark" });
  await page.getByLabel("White light", { exact: true }).fill("5");
  await page.getByLabel("Brightness").fill("61");
  await page.getByLabel("Day begins").fill("07:30");
  await page.getByLabel("Day of the week").click();
  const count = await page.locator("#save-count").innerText();
  check(count === "5 changes are not saved", `the page counts: ${count}`);
  await save(page, 5);
  seen.after = await shownSettings(page);

  await openModules(page);
  seen.modules = {};
  for (const module of ["OSD", "image_capability", "network", "user_management", "cloud_config"]) {
    seen.modules[module] = await readModule(page, module);
  }
  await page.getByRole("button", { name: "Log out" }).click();
  await page.locator("#status", { hasText: "You are logged out." }).waitFor();
  return seen;
}

// What must be seen on every visit, whatever stands behind the page.
export function checkSeen(seen) {
  const { facts, before, after, modules } = seen;
  const camera = facts.Camera;
  check(camera.Firmware === "2.3.2 Build 260624 Rel.28718n", `firmware: ${camera.Firmware}`);
  check(/^([0-9A-F]{2}-){5}[0-9A-F]{2}$/i.test(camera["MAC address"]), "no MAC address is shown");
  check(facts.Video.Resolution === "2880 × 1620", `resolution: ${facts.Video.Resolution}`);
  check(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(facts.Clock["Local time"]), "no time is shown");

  const changes = {
    "set-image-switch-pre_night_vision_mode": ["auto_ir", "auto_color"],
    "set-image-switch-night_vision_mode": ["Infrared", "White light"], // follows the mode
    "set-image-switch-wtl_intensity_level": ["3", "5"],
    "set-image-common-luma": ["50", "61"],
    "set-image-switch-schedule_start_time": ["06:00", "07:30"],
    "set-OSD-week-enabled": [false, true],
  };
  for (const [id, value] of Object.entries(before)) {
    const [from, to] = changes[id] ?? [value, value];
    check(value === from, `${id} was ${value} before the change, not ${from}`);
    check(after[id] === to, `${id} is ${after[id]} after the change, not ${to}`);
  }
  check(Object.keys(before).length > 20, `only ${Object.keys(before).length} settings are shown`);
  check(modules.OSD.week.enabled === "on", "the module OSD does not show the change");
  check(modules.image_capability.supplement_lamp !== undefined, "a capability is not shown");
}
