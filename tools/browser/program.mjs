// The program under test, as a child process with bounds on its time.
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const READY_MS = 30000;
const RUN_MS = 120000;
const LIFE_MS = 540000;

export class Failed extends Error {}

export function check(condition, what) {
  if (!condition) throw new Failed(what);
}

// A folder for the time that `use` takes.
export async function withFolder(use) {
  const folder = await mkdtemp(join(tmpdir(), "stoklab-browser-"));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function after(ms, process) {
  return setTimeout(() => process.kill("SIGKILL"), ms);
}

// Runs a program to its end: {code, out, err}. It is killed when it takes too long.
export async function run(file, args, environment = {}) {
  const child = spawn(file, args, {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const result = { code: null, out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text) => (result.out += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (result.err += text));
  const timer = after(RUN_MS, child);
  await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      result.code = code ?? signal;
      resolve();
    });
  });
  clearTimeout(timer);
  return result;
}

// Like run(); fails unless the exit code is the expected one.
export async function runOk(file, args, environment = {}, expected = 0) {
  const result = await run(file, args, environment);
  check(
    result.code === expected,
    `"${args.join(" ")}" ended with ${result.code}, not ${expected}:\n${result.err}${result.out}`,
  );
  return result;
}

// Starts a server verb, waits for its READY line, runs `use` with what that line says, and ends it
// by SIGTERM. Its exit code must then be `expected`.
export async function withServer(stoklab, args, environment, use, expected = 0) {
  const child = spawn(stoklab, args, {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (err += text));
  const ended = new Promise((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, signal) => resolve(code ?? signal));
  });
  const ready = new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Failed("no READY line came")), READY_MS);
    child.stdout.setEncoding("utf8").on("data", (text) => {
      out += text;
      const line = /^READY (\{.*\})$/m.exec(out);
      if (line === null) return;
      clearTimeout(timer);
      resolve(JSON.parse(line[1]));
    });
    ended.then((code) => {
      clearTimeout(timer);
      reject(new Failed(`"${args.join(" ")}" ended with ${code} before it was ready:\n${err}`));
    });
  });
  const lifeline = after(LIFE_MS, child);
  let result;
  try {
    result = await use(await ready);
  } catch (error) {
    error.message += err === "" ? "" : `\nthe server said:\n${err}`;
    child.kill("SIGKILL");
    await ended;
    throw error;
  } finally {
    clearTimeout(lifeline);
  }
  const deadline = after(READY_MS, child);
  child.kill("SIGTERM");
  const code = await ended;
  clearTimeout(deadline);
  check(code === expected, `"${args.join(" ")}" ended with ${code}, not ${expected}:\n${err}`);
  return result;
}

// Runs the steps of a test one after another, each with a line about it; the exit code says
// whether all of them passed.
export async function main(test) {
  const step = async (sentence, body) => {
    const result = await body();
    console.log(`ok  ${sentence}`);
    return result;
  };
  try {
    await test(step);
  } catch (error) {
    console.error(`failed: ${error instanceof Failed ? error.message : error.stack}`);
    process.exitCode = 1;
  }
}
