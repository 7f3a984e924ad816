// From a browser's recording to a fixture that replays: a visit to the web UI of an emulated
// camera, recorded as a HAR by the browser itself, imported, searched for secrets, checked,
// replayed to the same visit, exported again, and served and sent from there by two programs that
// share no code with stoklab.
//
//   node round_trip.mjs PATH_OF_STOKLAB [FILE_FOR_THE_TRACE]
import { randomBytes } from "node:crypto";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { withBrowser, withPage } from "./browser.mjs";
import { check, main, runOk, withFolder, withServer } from "./program.mjs";
import { checkSameConversation, serveFromHar } from "./har_checks.mjs";
import { checkGone, secretsOf } from "./secrets.mjs";
import { checkSeen, visit } from "./visit.mjs";

const PROFILE = "c350_hw1.0_fw2.3.2";
const NOTE =
  "A visit to the web UI of the emulator, not of a camera, recorded by Chromium as a HAR " +
  "(tools/browser/round_trip.mjs). Its identity was made up for the recording.";
const here = dirname(fileURLToPath(import.meta.url));
const [stoklab, keepAs] = process.argv.slice(2);

const hex = (bytes) => randomBytes(bytes).toString("hex");

// A device like no other: what identifies it is made up for this run, so that it cannot be in a
// trace by chance. A hardware address with 02 at its front is nobody's.
function inventDevice() {
  const mac = ["02", ...hex(5).match(/../g)].join("-").toUpperCase();
  return {
    password: `pass word-${hex(6)}%ü`,
    wrongPassword: `wrong-${hex(8)}`,
    mac,
    deviceId: hex(20).toUpperCase(),
    alias: `Yard of ${hex(5)}`,
  };
}

// The profile of the tree with that identity, as a file.
async function writeProfile(folder, device) {
  const changes = [
    ["00-00-5E-00-53-01", device.mac],
    ["8021000000000000000000000000000000000000", device.deviceId],
    ['"device_alias": "VIGI%20C350"', `"device_alias": "${encodeURIComponent(device.alias)}"`],
  ];
  let text = await readFile(join(here, "../../fixtures/profiles", `${PROFILE}.json`), "utf8");
  for (const [from, to] of changes) {
    check(text.includes(from), `the profile has no ${from}`);
    text = text.replaceAll(from, to);
  }
  const file = join(folder, `${PROFILE}.json`);
  await writeFile(file, text);
  return file;
}

// Facts that identify a device or its place are masked in a trace, and keep their shape.
const MASKED = new Set([
  "Camera › Name",
  "Camera › MAC address",
  "Camera › Device id",
  "Clock › Time zone",
  "Clock › Place",
  "Clock › Time server",
  "Network › IP address",
  "Network › Netmask",
  "Network › Gateway",
  "Network › Name server",
]);

// A visit to the replay shows what the visit to the camera showed, apart from what was masked.
function checkSameFacts(camera, replay) {
  for (const [card, facts] of Object.entries(camera.facts)) {
    for (const [label, value] of Object.entries(facts)) {
      const name = `${card} › ${label}`;
      const again = replay.facts[card]?.[label];
      if (MASKED.has(name)) check(again !== undefined && again !== "–", `${name} is not shown`);
      else check(again === value, `${name} was "${value}", and is "${again}" in the replay`);
    }
  }
  const tables = (seen) => Object.entries(seen.modules).map(([name, all]) => [name, Object.keys(all)]);
  check(
    JSON.stringify(tables(camera)) === JSON.stringify(tables(replay)),
    "the modules show other tables in the replay",
  );
}

main((step) =>
  withFolder((folder) =>
    withBrowser(async (browser) => {
      const device = inventDevice();
      const [har, trace, exported] = ["visit.har", "visit.json", "exported.har"].map((name) =>
        join(folder, name),
      );
      const environment = { STOKLAB_PASSWORD: device.password, XDG_STATE_HOME: folder };
      const profile = await writeProfile(folder, device);
      const emulate = (options, use, expected) =>
        withServer(
          stoklab,
          ["emulate", "--port", "0", "--auto-shutdown", "550", ...options],
          environment,
          use,
          expected,
        );
      const pay = (url, backend, options = {}) =>
        withPage(browser, url, options, async (page) => {
          const seen = await visit(page, { url, backend, ...device });
          checkSeen(seen);
          return seen;
        });

      const seen = await step("a visit to an emulated camera, recorded by the browser", () =>
        emulate(["--profile", profile], ({ url }) =>
          pay(url, "An emulated camera", { recordHar: { path: har, content: "embed" } }),
        ),
      );
      const archive = JSON.parse(await readFile(har, "utf8"));
      const commands = archive.log.entries.filter(({ request }) => request.url.endsWith("/ds"));
      const secrets = secretsOf(archive, device);
      await step(`the HAR holds ${commands.length} commands, and the secrets`, async () => {
        check(commands.length >= 20, "that is less than 20");
        check(JSON.stringify(archive).includes(device.mac), "the search would find nothing");
      });

      await step("it becomes a trace", () =>
        runOk(stoklab, ["trace", "import", har, "--out", trace, "--note", NOTE], environment),
      );
      await step("the trace holds the whole conversation", async () =>
        checkSameConversation(archive, JSON.parse(await readFile(trace, "utf8"))),
      );
      await step(`none of ${secrets.length} secrets is in it, in any form`, async () =>
        checkGone(secrets, await readFile(trace, "utf8")),
      );
      await step("lint finds nothing, and the form is the canonical one", async () => {
        await runOk(stoklab, ["trace", "lint", trace]);
        await runOk(stoklab, ["trace", "fmt", "--check", trace]);
      });

      await step("a visit to the replay shows the same", () =>
        emulate(["--replay", trace, "--on-miss", "error", "--strict"], async ({ url }) =>
          checkSameFacts(seen, await pay(url, "A replayed recording")),
        ),
      );
      await step("--strict notices that a replay was not visited", () =>
        emulate(["--replay", trace, "--strict"], () => {}, 1),
      );

      await step("it becomes a HAR again", () =>
        runOk(stoklab, ["trace", "export", trace, "--har", "--out", exported]),
      );
      await step("Playwright serves the conversation from that HAR", () =>
        serveFromHar(browser, exported),
      );
      await step("mitmproxy reads that HAR and sends it to a camera", () =>
        emulate([], ({ url }) =>
          runOk(join(here, "replay_with_mitmproxy.py"), [exported, url, folder], environment),
        ),
      );
      if (keepAs) await copyFile(trace, keepAs);
    }),
  ),
);
