// One conversation with a device: challenge, login, commands, logout. This is all that the pages
// know about the protocol.
//
// The one thing not to get wrong: HTTP status 401 and an error_code that is not 0 are how a device
// gives its challenge. Only what is inside tells whether something went wrong.
//
// Requests go out one at a time, in the order in which they were asked for. The password is not
// kept; what it transforms to is, as long as the page is open, so that a session that ran out can be
// renewed.
import { decodeText, fromWire, toWire } from "./wire.js";

const SALT = "TPCQ75NF2Y:";
// The older transformation, of devices whose challenge names no passwdType (facts.md P7).
const ORG_AUTH_KEY = "RDpbLfCPsJZ7fiv";
const ORG_AUTH_ALPHABET =
  "yLwVl0zKqws7LgKPRQ84Mdt708T1qQ3Ha7xv3H7NyU84p21BriUWBU43odz3iP4rBL3cD02KZciX" +
  "TysVXiV8ngg6vL48rPJyAUw0HurW20xqxv9aYb4M9wK1Ae0wlro510qXeU07kV57fQMc8L6aLgML" +
  "wygtc0F10a0Dg70TOoouyFhdysuRMO51yY5ZlOZZLEal1h0t9YQW0Ko7oBwmCAHoic4HYbUyVeU3" +
  "sfQ1xtXcPcf1aT303wAQhv66qzW";
const ANSWER_TIME_MS = 15000;

export const CODE = {
  unauthorized: -40401,
  locked: -40404,
  noPasswordYet: -40405,
  tooManyClients: -40406,
  loggedOut: -40407,
  lockedForGood: -40408,
  nonceOutdated: -40410,
};

// What went wrong. `kind` is what a page decides by: "unreachable", "malformed", "refused",
// "wrong-password", "locked", "expired". The message is for people.
export class CameraError extends Error {
  constructor(kind, message, facts = {}) {
    super(message);
    this.kind = kind;
    this.code = facts.code ?? 0; // the device's
    this.attemptsLeft = facts.attemptsLeft ?? null;
    this.secondsLeft = facts.secondsLeft ?? null;
  }
}

async function post(path, body) {
  let text;
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: {
        "Content-Type": "application/json; charset=UTF-8",
        "X-Requested-With": "XMLHttpRequest",
      },
      body: JSON.stringify(toWire(body)),
      cache: "no-store",
      signal: AbortSignal.timeout(ANSWER_TIME_MS),
    });
    text = await answer.text();
  } catch {
    throw new CameraError(
      "unreachable",
      "The camera does not answer. It may be restarting; try again in a moment.",
    );
  }
  try {
    const reply = fromWire(JSON.parse(text));
    if (Number.isInteger(reply.error_code)) return reply;
  } catch {
    // Said below, together with JSON that is no answer.
  }
  throw new CameraError("malformed", "The camera answered with something that is no answer.");
}

// By bytes, of which the shorter text gets as many 0xbb as it lacks.
function orgAuthPassword(password) {
  const left = new TextEncoder().encode(password);
  const right = new TextEncoder().encode(ORG_AUTH_KEY);
  let text = "";
  for (let i = 0; i < Math.max(left.length, right.length); ++i) {
    const mixed = (left[i] ?? 0xbb) ^ (right[i] ?? 0xbb);
    text += ORG_AUTH_ALPHABET[mixed % ORG_AUTH_ALPHABET.length];
  }
  return text;
}

// Base64 of the ciphertext. Devices cannot read one that is shorter than the key, which comes out
// once in a few hundred times; a camera's own pages try again, too.
function encrypt(text, key) {
  const rsa = new window.JSEncrypt();
  rsa.setPublicKey(key);
  let bits;
  try {
    bits = rsa.getKey().n.bitLength();
  } catch {
    bits = 0;
  }
  for (let attempt = 0; bits > 0 && attempt < 50; ++attempt) {
    const base64 = rsa.encrypt(text);
    if (base64 && atob(base64).length === Math.ceil(bits / 8)) return base64;
  }
  throw new CameraError("malformed", "The camera's challenge carries a key that cannot be used.");
}

// The login that answers a challenge.
function loginBody(username, hashes, challenge) {
  const types = challenge.encrypt_type ?? [];
  const hash = challenge.passwdType ? hashes.md5 : hashes.orgAuth;
  const login = { username };
  if (types.includes("2")) {
    const key = challenge.key_2 ?? challenge.key ?? "";
    login.password = encrypt(`${hash}:${challenge.nonce}`, key);
    login.encrypt_type = "2";
    if (challenge.key_2) login.keyType = "1";
  } else if (types.includes("1")) {
    login.password = hash;
    login.encrypt_type = "1";
  } else {
    throw new CameraError(
      "refused",
      `The camera asks for an encryption that this page does not know (${types.join(", ")}).`,
    );
  }
  if (challenge.passwdType) login.passwdType = challenge.passwdType;
  return { method: "do", login };
}

export function spellTime(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes === 0) return `${seconds} s`;
  return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
}

function loginError(reply) {
  const data = reply.data ?? {};
  const code = data.code || reply.error_code;
  if (code === CODE.locked || reply.error_code === CODE.locked) {
    const secondsLeft = data.sec_left ?? 0;
    return new CameraError(
      "locked",
      "Too many wrong passwords: the camera has locked the login for a while.",
      { code, secondsLeft },
    );
  }
  const told = {
    [CODE.lockedForGood]: "The camera is locked until it is reset.",
    [CODE.tooManyClients]: "Too many people are logged in to the camera. Try again later.",
    [CODE.noPasswordYet]: "The camera has no password yet, and this page cannot set the first one.",
  }[code];
  if (told) return new CameraError("refused", told, { code });
  let message = "Name or password is not right.";
  if (Number.isInteger(data.time) && Number.isInteger(data.max_time)) {
    message +=
      data.time > 0
        ? ` ${data.time === 1 ? "1 attempt is" : `${data.time} attempts are`} left before the ` +
          "camera locks the login."
        : " That was the last attempt: the camera locks the login for a while.";
  }
  return new CameraError("wrong-password", message, { code, attemptsLeft: data.time });
}

export class Camera {
  #path = null; // "/stok=<token>/ds"
  #credentials = null;
  #last = Promise.resolve();

  get isOpen() {
    return this.#path !== null;
  }

  // Fails with "locked" before any password is sent if the device says so in its challenge.
  login(username, password) {
    const hashes = {
      md5: window.md5(SALT + password).toUpperCase(),
      orgAuth: orgAuthPassword(password),
    };
    return this.#inTurn(() => this.#open({ username, hashes }));
  }

  // The answer to a command. Fails with "refused" if its error_code is not 0, and with "expired" if
  // the session is over and could not be renewed.
  ask(body) {
    return this.#inTurn(async () => {
      if (!this.isOpen) throw new CameraError("expired", "You are not logged in.");
      let reply = await post(this.#path, body);
      if (reply.error_code === CODE.unauthorized) {
        await this.#renew();
        reply = await post(this.#path, body);
      }
      if (reply.error_code === 0) return reply;
      throw new CameraError("refused", `The camera refused it (error ${reply.error_code}).`, {
        code: reply.error_code,
      });
    });
  }

  // Never fails: who leaves does not care.
  logout() {
    return this.#inTurn(async () => {
      const path = this.#path;
      this.#forget();
      if (path === null) return;
      await post(path, { method: "do", system: { logout: "null" } }).catch(() => {});
    });
  }

  async #open(credentials) {
    const ask = { method: "do", user_management: { get_encrypt_info: null } };
    for (let attempt = 0; ; ++attempt) {
      const challenge = await post("/", ask);
      if (challenge.error_code === CODE.locked || challenge.data?.code === CODE.locked) {
        throw loginError(challenge);
      }
      if (!challenge.data?.nonce) {
        throw new CameraError("malformed", "The camera gave no challenge to log in with.");
      }
      const body = loginBody(credentials.username, credentials.hashes, challenge.data);
      const reply = await post("/", body);
      if (reply.error_code === 0 && typeof reply.stok === "string" && reply.stok !== "") {
        // A token may come encoded twice, and may hold characters that a path cannot.
        this.#path = `/stok=${encodeURIComponent(decodeText(reply.stok))}/ds`;
        this.#credentials = credentials;
        return { userGroup: reply.user_group ?? "" };
      }
      // Somebody else's challenge may have outdated ours; that costs no attempt.
      if (reply.data?.code === CODE.nonceOutdated && attempt === 0) continue;
      throw loginError(reply);
    }
  }

  async #renew() {
    const credentials = this.#credentials;
    this.#path = null;
    try {
      await this.#open(credentials);
    } catch (error) {
      this.#forget();
      if (error.kind === "unreachable") throw error;
      throw new CameraError("expired", "Your session has ended. Please log in again.", error);
    }
  }

  #forget() {
    this.#path = null;
    this.#credentials = null;
  }

  #inTurn(step) {
    const turn = this.#last.then(step, step);
    this.#last = turn.catch(() => {});
    return turn;
  }
}
