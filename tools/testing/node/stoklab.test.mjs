// What the helper is good for, with a client of its own.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';

import { Client, LOCKED } from './client.mjs';
import { Stoklab } from './stoklab.mjs';

const HALF_AN_HOUR = 1800; // seconds: a session's life without use, and a lock's
let stoklab, client;

before(async () => (stoklab = await Stoklab.start()));
after(() => stoklab?.stop());
beforeEach(async () => {
  await stoklab.reset();
  const { url, password, certificate_sha256: fingerprint } = stoklab;
  client = new Client(url, { password, fingerprint });
});

test('logs in again when its session has ended', async () => {
  assert.equal(await client.flicker(), '50hz');
  await stoklab.advance(HALF_AN_HOUR + 1);
  assert.equal(await client.flicker(), '50hz');
  assert.equal(client.logins, 2);
  await stoklab.verify([
    { kind: 'login', error_code: 0, count: 2 },
    { method: 'get', module: 'image', error_code: -40401, count: 1 },
  ]);
});

test('is locked out and comes back', async () => {
  await stoklab.control('POST', '/lockout', { kind: 'timed', seconds: HALF_AN_HOUR });
  await assert.rejects(client.login(), { code: LOCKED });
  await stoklab.advance(HALF_AN_HOUR - 1);
  assert.equal((await stoklab.control('GET', '/lockout')).seconds_left, 1);
  await stoklab.advance(1);
  await client.login();
});

test('tries again when the camera is busy', async () => {
  await stoklab.fault({ code: -40109 }, { name: 'busy', when: { method: 'set' }, times: 2 });
  await client.setFlicker('60hz');
  assert.equal(await client.flicker(), '60hz');
  const [fault] = (await stoklab.control('GET', '/faults')).faults;
  assert.deepEqual([fault.name, fault.used, fault.left], ['busy', 2, 0]);
});

test('says what the client did instead', async () => {
  await client.setFlicker('60hz');
  const setting = { method: 'set', section: 'switch', field: 'flicker' };
  await stoklab.verify([{ ...setting, value: '60hz' }], { nothing_else: ['set'] });
  await assert.rejects(stoklab.verify([{ ...setting, value: 'auto' }]), (refused) => {
    assert.equal(refused.status, 409);
    assert.match(refused.message, /auto[^]*60hz/);
    return true;
  });
});

test('names a program that is not there', async () => {
  await assert.rejects(Stoklab.start([], { program: '/nonexistent/stoklab' }), /set STOKLAB/);
});

test('says when the program does not start', async () => {
  await assert.rejects(Stoklab.start(['--profile', 'no-such-profile']), /exit code 2/);
});
