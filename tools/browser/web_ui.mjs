// The web UI by itself, in a real browser: what it does when things go wrong, and how it treats
// what people type.
//
//   node web_ui.mjs PATH_OF_STOKLAB
import { withBrowser, withPage } from "./browser.mjs";
import { check, main, withFolder, withServer } from "./program.mjs";
import {
  logIn,
  openImage,
  openModules,
  openPage,
  readModule,
  save,
} from "./visit.mjs";

const PASSWORD = "correct-horse 50% +ü";
const stoklab = process.argv[2];

// Runs `use` with a page of an emulated camera of its own.
function withCamera(browser, folder, options, use) {
  const args = ["emulate", "--port", "0", "--auto-shutdown", "550", ...options];
  const environment = { STOKLAB_PASSWORD: PASSWORD, XDG_STATE_HOME: folder };
  return withServer(stoklab, args, environment, ({ url }) =>
    withPage(browser, url, {}, async (page) => {
      await openPage(page, url);
      await use(page, url);
    }),
  );
}

const message = (page, text) => page.locator("#login-message", { hasText: text });

async function wrongPasswordsAndLock(page) {
  const password = page.getByLabel("Password");
  const button = page.locator("#login-button");
  await button.click();
  await message(page, "Please enter a user name and a password.").waitFor();
  for (let left = 9; left >= 1; --left) {
    await password.fill("wrong");
    await button.click();
    const attempts = left === 1 ? "1 attempt is left" : `${left} attempts are left`;
    await message(page, attempts).waitFor();
    check((await password.inputValue()) === "", "a refused password stays in its field");
  }
  await password.fill("wrong");
  await button.click();
  await message(page, "That was the last attempt").waitFor();
  await password.fill("wrong");
  await button.click();
  await message(page, "the camera has locked the login for a while").waitFor();
  check(await button.isDisabled(), "one can go on trying while the camera is locked");
  await page.locator("#login-lock", { hasText: /^You can try again in \d+ s\.$/ }).waitFor();
  await page.locator("#login-button:enabled").waitFor();
  check(await page.locator("#login-lock").isHidden(), "the countdown stays");
  await logIn(page, PASSWORD);
}

// A session that ran out is renewed once, without a word.
async function renewedSession(page) {
  await logIn(page, PASSWORD);
  const logins = [];
  page.on("request", (request) => {
    if (request.postData()?.includes('"login":{')) logins.push(request.url());
  });
  await page.waitForTimeout(3500);
  await page.getByRole("button", { name: "Refresh" }).click();
  await page.locator("#status", { hasText: "Read anew." }).waitFor();
  check(logins.length === 1, `${logins.length} logins renewed one session`);
}

// A session that cannot be renewed ends at the login, with a word.
async function endedSession(page) {
  await logIn(page, PASSWORD);
  await page.route("**/", (route) =>
    route.request().method() === "POST"
      ? route.fulfill({ status: 401, body: '{"error_code":-40401,"data":{"code":-40408}}' })
      : route.fallback(),
  );
  await page.waitForTimeout(3500);
  await page.getByRole("button", { name: "Refresh" }).click();
  await message(page, "Your session has ended. Please log in again.").waitFor();
  check(await page.locator("#view-device").isHidden(), "the old view stays");
}

// Text goes to the device and comes back as it was typed, and is never taken for HTML.
async function textIsText(page, url) {
  await logIn(page, PASSWORD);
  await openImage(page);
  for (const text of ["50% <b>ü</b> +&?#/ %41", '<img src="/nothing">"\\']) {
    await page.getByLabel("Text", { exact: true }).fill(text);
    await save(page, 1);
    check((await page.getByLabel("Text", { exact: true }).inputValue()) === text, "text changed");
    await openPage(page, url);
    await logIn(page, PASSWORD);
    await openModules(page);
    const tables = await readModule(page, "OSD");
    const shown = tables["label_info › label_info_1"].text;
    check(shown === text, `${text} is shown as ${shown}`);
    check((await page.locator("#module-OSD img").count()) === 0, "text became an element");
    await openImage(page);
  }
}

async function filterAndKeyboard(page) {
  await page.keyboard.type(PASSWORD); // the field has the focus
  await page.keyboard.press("Enter");
  await page.locator("#card-alarm").waitFor();
  await openModules(page);
  await page.getByLabel("Find").fill("NIGHT");
  const visible = () => page.locator("#module-list > :visible").count();
  check((await visible()) > 0 && (await visible()) < 10, `${await visible()} modules have "night"`);
  await page.getByLabel("Find").fill("no such thing");
  await page.locator("#no-module").waitFor();
  await page.getByLabel("Find").fill("led");
  await page.locator("#module-led summary").focus();
  await page.keyboard.press("Enter");
  await page.locator('#module-led .content[aria-busy="false"] table').waitFor();
}

// Whoever can be operated has a name; nothing is wider than a telephone.
async function namesAndWidth(page) {
  await page.setViewportSize({ width: 400, height: 800 });
  await logIn(page, PASSWORD);
  for (const open of [openImage, openModules]) {
    await open(page);
    const nameless = await page.$$eval(":is(input, select, button, a)", (all) =>
      all
        .filter((each) => each.checkVisibility())
        .filter((each) => !each.textContent.trim() && !(each.labels?.length > 0))
        .map((each) => each.outerHTML),
    );
    check(nameless.length === 0, `without a name: ${nameless.join(" ")}`);
    const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    check(excess <= 0, `the page is ${excess} pixels too wide`);
  }
}

// An old script runs on with a new page's style otherwise.
async function freshFiles(page, url) {
  const answer = await page.request.get(`${url}/stoklab/app.js`);
  const { etag } = answer.headers();
  check(answer.headers()["cache-control"] === "no-cache", "the files may grow old in a cache");
  const headers = { "If-None-Match": etag };
  const again = await page.request.get(`${url}/stoklab/app.js`, { headers });
  check(again.status() === 304, `a known file is answered with ${again.status()}`);
  check((await page.request.head(url)).status() === 200, "no HEAD");
  check((await page.request.get(`${url}/stoklab/none.js`)).status() === 404, "no 404");
}

main((step) =>
  withFolder((folder) =>
    withBrowser(async (browser) => {
      const on = (sentence, options, use) =>
        step(sentence, () => withCamera(browser, folder, options, use));
      await on("wrong passwords are counted, and a lock counts down", ["--lock-time", "20"], wrongPasswordsAndLock);
      await on("a session that ran out is renewed once", ["--session-lifetime", "3"], renewedSession);
      await on("a session that cannot be renewed ends at the login", ["--session-lifetime", "3"], endedSession);
      await on("text stays text", [], textIsText);
      await on("modules are found and opened by the keyboard", [], filterAndKeyboard);
      await on("everything has a name and fits on a telephone", [], namesAndWidth);
      await on("files are revalidated", [], freshFiles);
    }),
  ),
);
