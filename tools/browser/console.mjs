// The console in a real browser, while other clients use the camera: what it shows of them, what it
// does to them, and who may use it.
//
//   node console.mjs PATH_OF_STOKLAB
import { createServer } from "node:http";

import { withBrowser, withPage } from "./browser.mjs";
import { check, main, run, runOk, withFolder, withServer } from "./program.mjs";
import { logIn, openPage } from "./visit.mjs";

const PASSWORD = "correct-horse-17";
const CONSOLE = "/stoklab/console.html";
const stoklab = process.argv[2];

// A camera with a control interface, and a command-line client of it.
async function withCamera(folder, options, environment, use) {
  const given = { STOKLAB_PASSWORD: PASSWORD, XDG_STATE_HOME: folder };
  const args = ["emulate", "--port", "0", "--auto-shutdown", "550", ...options];
  await withServer(stoklab, args, { ...given, ...environment }, (ready) => {
    const client = (verb, ...more) => [stoklab, [verb, "--target", ready.url, ...more], given];
    return use(ready, client);
  });
}

// Waits until the text of an element is as it should be.
async function expectText(page, selector, pattern) {
  await page
    .waitForFunction(
      ([css, source]) => new RegExp(source).test(document.querySelector(css)?.textContent ?? ""),
      [selector, pattern.source],
    )
    .catch(async () => {
      const text = await page.textContent(selector);
      check(false, `${selector} says "${text}" and never ${pattern}`);
    });
}

async function openConsole(page, url) {
  await page.goto(url + CONSOLE);
  await page.waitForSelector("#console:not([hidden])");
}

async function watchesAClient(page, client) {
  await expectText(page, "#journal-empty", /Nobody/);
  await runOk(...client("get", "image.switch.flicker"));
  await expectText(page, "#journal tbody", /image\.switch/);
  await expectText(page, "#journal tbody", /login.*HTTP 200/);
  await page.locator("#journal tbody tr:has-text('image.switch') .row-button").first().click();
  await expectText(page, "#journal tr.details:not([hidden])", /"method": "get"/);
  const text = await page.content();
  check(!text.includes(PASSWORD), "the password stands in the page");
  check(!/stok=[0-9a-zA-Z]{8}/.test(text), "a token stands in the page");
}

async function filters(page) {
  await page.selectOption("#journal-method", "set");
  await page.waitForFunction(() => document.querySelectorAll("#journal tbody tr").length === 0);
  await page.selectOption("#journal-method", "");
  await expectText(page, "#journal tbody", /image\.switch/);
}

async function endsSessions(browser, page, url) {
  await withPage(browser, url, {}, async (camera) => {
    await openPage(camera, url);
    await logIn(camera, PASSWORD);
    await expectText(page, "#sessions tbody", /min.*Expire/);
    await page.click("#sessions-expire");
    await page.waitForSelector("#sessions-empty:not([hidden])");
    await camera.click("#refresh");
    // It notices, and logs in again by itself.
    await expectText(camera, "#status", /Read anew/);
    await expectText(page, "#journal tbody", /HTTP 401, -40401/);
    await expectText(page, "#sessions tbody", /min.*Expire/);
  });
}

async function changesASetting(page, client) {
  await page.fill("#state-find", "image.switch.flicker");
  const field = page.locator("input[id='state-image.switch.flicker']");
  check((await field.inputValue()) === "50hz", "the setting is not what it was");
  await field.fill("60hz");
  await field.press("Enter");
  await field.blur();
  await expectText(page, "#status", /image\.switch\.flicker is 60hz now/);
  const { out } = await runOk(...client("get", "image.switch.flicker"));
  check(out.includes("60hz"), `a client reads ${out}`);
  await page.fill("#state-find", "no such setting");
  await page.waitForSelector("#state-empty:not([hidden])");
  await page.fill("#state-find", "");
}

async function letsAFaultHappen(page, client) {
  await page.fill("#fault-text", "{");
  await page.click("#fault-form button");
  await expectText(page, "#status", /no JSON/);
  await page.selectOption("#fault-example", "busy once");
  await page.click("#fault-form button");
  await expectText(page, "#faults tbody", /-40109.*01Drop/);
  const refused = await run(...client("set", "image.switch.flicker=50hz"));
  check(refused.code === 1, `the client ended with ${refused.code}: ${refused.err}`);
  await expectText(page, "#faults tbody", /-40109.*10Drop/);
  await page.click("#faults tbody button");
  await page.waitForSelector("#faults-empty:not([hidden])");
}

async function movesTheClock(page) {
  const before = Date.parse(await page.getAttribute("#clock-now", "datetime"));
  await page.click("#clock-form button[type=submit]");
  await expectText(page, "#clock-now", /03:34:05/);
  const after = Date.parse(await page.getAttribute("#clock-now", "datetime"));
  check(after - before === 1800e3, `the clock went on by ${after - before} ms`);
  await expectText(page, "#clock-frozen", /still/);
}

async function locksTheDoor(page, client) {
  await page.selectOption("#lockout-kind", "timed");
  await page.click("#lockout-form button[type=submit]");
  await expectText(page, "#lockout-now", /Locked for a time\. 30 min are left/);
  const locked = await run(...client("login"));
  check(locked.code === 4, `a login ended with ${locked.code}`);
  await page.click("#lockout-open");
  await expectText(page, "#lockout-now", /Open/);
}

async function putsItBack(page) {
  await page.click("#reset");
  await expectText(page, "#status", /as new/);
  await page.fill("#state-find", "image.switch.flicker");
  const value = await page.inputValue("input[id='state-image.switch.flicker']");
  check(value === "50hz", `after a reset it is ${value}`);
  await expectText(page, "#clock-now", /03:04:05/);
}

// Nothing is wider than the page, whatever its width.
async function fits(page) {
  for (const width of [1280, 360]) {
    await page.setViewportSize({ width, height: 800 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    check(wide <= 0, `at ${width} px something is ${wide} px too wide`);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}

async function keepsStrangersOut(browser, control) {
  const server = createServer((_, answer) => {
    answer.setHeader("Content-Type", "text/html");
    answer.end("<!DOCTYPE html><title>stranger</title>");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(origin);
    const read = await page.evaluate(
      (url) => fetch(url).then((answer) => answer.text(), () => "refused"),
      `${control}/camera`,
    );
    check(read === "refused", `a stranger reads ${read}`);
    await page.evaluate((url) => fetch(url, { method: "POST", mode: "no-cors" }), `${control}/reset`);
    const events = await (await fetch(`${control}/journal?kind=event`)).json();
    check(!events.entries.some((each) => each.event === "reset"), "a stranger resets the camera");
  } finally {
    await context.close();
    server.close();
  }
}

await main((step) =>
  withBrowser((browser) =>
    withFolder(async (folder) => {
      const clock = ["--clock", "frozen@2026-01-02T03:04:05Z"];
      await withCamera(folder, ["--control-port", "0", ...clock], {}, async (ready, client) => {
        const { url, control_url: control } = ready;
        await withPage(browser, url, { alsoAsks: [control] }, async (page) => {
          await page.goto(url);
          await page.click("a.pages");
          await openConsole(page, url);
          await step("the journal grows while a client works", () => watchesAClient(page, client));
          await step("the journal shows what is asked for", () => filters(page));
          await step("a session is ended, and its client notices", () =>
            endsSessions(browser, page, url),
          );
          await step("a setting is changed behind the camera's back", () =>
            changesASetting(page, client),
          );
          await step("a fault happens once, and is accounted for", () =>
            letsAFaultHappen(page, client),
          );
          await step("the clock moves", () => movesTheClock(page));
          await step("the door is locked and opened", () => locksTheDoor(page, client));
          await step("everything fits on a telephone", () => fits(page));
          await step("a reset puts everything back", () => putsItBack(page));
        });
        await step("pages of strangers get nothing", () => keepsStrangersOut(browser, control));
      });
      await step("the console asks for a token, until it is right", () => {
        const token = { STOKLAB_CONTROL_TOKEN: "a-token-of-a-test" };
        return withCamera(folder, ["--control-port", "0"], token, ({ url, control_url: control }) =>
          withPage(browser, url, { alsoAsks: [control] }, async (page) => {
            await page.goto(url + CONSOLE);
            for (const attempt of ["wrong-token", token.STOKLAB_CONTROL_TOKEN]) {
              await page.waitForSelector("#token-form:not([hidden])");
              await page.fill("#token", attempt);
              await page.click("#token-form button");
            }
            await page.waitForSelector("#console:not([hidden])");
          }),
        );
      });
      await step("without a control interface the console says how to get one", () =>
        withCamera(folder, [], {}, ({ url }) =>
          withPage(browser, url, {}, async (page) => {
            await page.goto(url + CONSOLE);
            await page.waitForSelector("#none:not([hidden])");
          }),
        ),
      );
      await step("each camera of a fleet has its own", () => {
        const fleet = ["--control-port", "0", "--fleet", "3"];
        return withCamera(folder, fleet, {}, ({ url, control_url: control }) => {
          const second = url.replace("127.1.0.1", "127.1.0.2");
          return withPage(browser, second, { alsoAsks: [control] }, async (page) => {
            await openConsole(page, second);
            await expectText(page, "#camera", /Camera 2:/);
            // The console itself leaves no trace in what it shows.
            const seen = await (await fetch(`${control}/cameras/2/journal`)).json();
            check(seen.entries.length === 0, `the journal has ${JSON.stringify(seen.entries)}`);
          });
        });
      });
    }),
  ),
);
