// An emulated camera for tests in Node.js: the program as a child process, and its control
// interface. The standard library and nothing else.
//
//   import { Stoklab } from './stoklab.mjs';
//   const stoklab = await Stoklab.start();           // once
//   await stoklab.reset();                           // before each test
//   ... the client, at stoklab.url, with stoklab.password ...
//   await stoklab.verify([{ method: 'set', module: 'image', count: 1 }]);
//   await stoklab.stop();
//
// The program is $STOKLAB, or `stoklab` on the PATH.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** The control interface says no; `status` is that of HTTP. */
export class Refused extends Error {
  constructor(call, status, answer) {
    super(`${call}: HTTP ${status}: ${answer.text ?? answer.error.message}`);
    this.status = status;
  }
}

export class Stoklab {
  /** `options` are those of `stoklab emulate`. Rejects if the program does not serve. */
  static async start(options = [], { password = 'correct-horse', program } = {}) {
    const command = program ?? process.env.STOKLAB ?? 'stoklab';
    const child = spawn(command, ['emulate', '--port', '0', '--control-port', '0', ...options], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, STOKLAB_PASSWORD: password },
    });
    child.once('error', () => {}); // told below
    const lines = createInterface({ input: child.stdout });
    for await (const line of lines) {
      if (!line.startsWith('READY ')) continue;
      lines.close();
      child.stdout.resume();
      return new Stoklab(child, JSON.parse(line.slice('READY '.length)), password);
    }
    if (child.pid === undefined)
      throw new Error(`there is no ${command}; set STOKLAB to the program`);
    if (child.exitCode === null) await once(child, 'exit');
    throw new Error(`${command} ended with exit code ${child.exitCode}`);
  }

  /** What the READY line says: url, port, control_url, certificate_sha256 ... */
  constructor(child, facts, password) {
    Object.assign(this, facts, { child, password });
  }

  /** Ends the program, by force if it has to be. */
  async stop(patience = 30_000) {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const force = setTimeout(() => this.child.kill('SIGKILL'), patience);
    await gone;
    clearTimeout(force);
  }

  /** One call of the control interface, which GET /openapi.json describes; rejects with Refused. */
  async control(method, path, body) {
    const answer = await fetch(this.control_url + path, {
      method,
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(30_000),
    });
    const read = await answer.json();
    if (!answer.ok) throw new Refused(`${method} ${path}`, answer.status, read);
    return read;
  }

  /** Settings, sessions, locks, clock, faults and journal, as new. */
  reset = () => this.control('POST', '/reset');

  /** Sessions, nonces and locks run on the camera's clock. */
  advance = (seconds) => this.control('POST', '/clock', { advance_ms: Math.round(seconds * 1000) });

  /** stoklab.fault({ code: -40109 }, { when: { method: 'set' }, times: 2 }) */
  fault = (happens, more = {}) => this.control('POST', '/faults', { do: happens, ...more });

  /** Rejects, with what was seen instead, unless clients have done what is expected. */
  verify = (expect, more = {}) => this.control('POST', '/verify', { expect, ...more });
}
