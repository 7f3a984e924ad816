// Debian's Chromium, driven by playwright-core. Nothing is downloaded: no browser of Playwright's.
import { chromium } from "playwright-core";

const CHROMIUM = process.env.STOKLAB_CHROMIUM ?? "/usr/bin/chromium";

// How long one step on a page may take, on a machine that is busy.
export const STEP_MS = 30000;

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

// Runs `use` with a browser whose profile is new, and closes it whatever happens.
export async function withBrowser(use) {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: FLAGS,
    timeout: 60000,
  });
  try {
    return await use(browser);
  } finally {
    await browser.close();
  }
}

// Runs `use` with a page of its own context, which is closed before this returns; with
// `options.recordHar` the archive is complete then. Scripts that fail, and anything that the page
// asks of another host than `origin` and those of `alsoAsks`, make it fail.
export async function withPage(browser, origin, { alsoAsks = [], ...options }, use) {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: "en", ...options });
  const problems = [];
  try {
    context.setDefaultTimeout(STEP_MS);
    context.on("weberror", (error) => problems.push(`script error: ${error.error().message}`));
    context.on("console", (message) => {
      const text = message.text();
      // A challenge is answered with 401, and Chromium logs that as an error.
      if (message.type() === "error" && !text.includes("401")) problems.push(`console: ${text}`);
    });
    context.on("request", (request) => {
      if (![origin, ...alsoAsks].includes(new URL(request.url()).origin)) problems.push(`asked for ${request.url()}`);
    });
    const result = await use(await context.newPage());
    if (problems.length > 0) throw new Error(problems.join("; "));
    return result;
  } finally {
    await context.close();
  }
}
