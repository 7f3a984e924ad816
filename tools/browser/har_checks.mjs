// What an archive and a trace of the same conversation have in common, and what a browser makes of
// an archive that stoklab wrote.
import { readFile } from "node:fs/promises";

import { withPage } from "./browser.mjs";
import { check } from "./program.mjs";

// Method and modules of a body: "get image", "do login".
function namesOf(body) {
  const { method, ...modules } = body;
  return `${method} ${Object.keys(modules).join(" ")}`;
}

// The trace has every exchange of the archive that is of the protocol, in its order and with its
// status, and nothing else.
export function checkSameConversation(archive, trace) {
  const recorded = archive.log.entries
    .filter(({ request }) => request.method === "POST")
    .map(({ request, response }) => `${namesOf(JSON.parse(request.postData.text))} ${response.status}`);
  const kept = trace.exchanges.map(({ request, reply }) => `${namesOf(request.body)} ${reply.status}`);
  check(kept.length === recorded.length, `${kept.length} of ${recorded.length} exchanges are kept`);
  recorded.forEach((each, at) => check(kept[at] === each, `${at}: "${kept[at]}", not "${each}"`));
  check(
    trace.exchanges.every(({ request }) => ["/", "/stok={stok}/ds"].includes(request.path)),
    "a path is neither / nor that of a command",
  );
}

// Serves a page's requests from the archive with Playwright's own reader, and nothing from
// elsewhere: every request of the archive is sent by a page, and gets an answer that the archive
// has for it.
export async function serveFromHar(browser, file) {
  const { entries } = JSON.parse(await readFile(file, "utf8")).log;
  const { origin } = new URL(entries[0].request.url);
  const start = `${origin}/start-of-the-test`;
  const expected = new Map(); // request -> the answers that the archive has
  for (const { request, response } of entries) {
    const key = JSON.stringify([new URL(request.url).href, request.postData?.text ?? ""]);
    const answer = JSON.stringify([response.status, response.content.text ?? ""]);
    expected.set(key, [...(expected.get(key) ?? []), answer]);
  }
  await withPage(browser, origin, {}, async (page) => {
    await page.routeFromHAR(file, { url: `${origin}/**`, notFound: "abort" });
    await page.route(start, (route) =>
      route.fulfill({ contentType: "text/html", body: "<title>A page</title>" }),
    );
    await page.goto(start);
    for (const [key, answers] of expected) {
      const [url, body] = JSON.parse(key);
      const answer = await page.evaluate(
        async ([address, text]) => {
          const reply = await fetch(address, { method: "POST", body: text });
          return [reply.status, await reply.text()];
        },
        [url, body],
      );
      check(answers.includes(JSON.stringify(answer)), `another answer to ${body}: ${answer}`);
    }
  });
  check(expected.size >= 15, `only ${expected.size} different requests`);
}
