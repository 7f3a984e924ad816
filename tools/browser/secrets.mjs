// The secrets of a recorded visit, and a search for them in every form that a text can take. It is
// not the scanner of stoklab, so that the two check each other.
import { createHash } from "node:crypto";

import { check } from "./program.mjs";

// [what, text] of everything that must not outlive a recording: what the device was given for this
// run, and what the protocol made up on the way.
export function secretsOf(archive, device) {
  const secrets = new Map([
    [device.password, "the password"],
    [device.wrongPassword, "the wrong password"],
    [device.mac, "the hardware address"],
    [device.deviceId, "the device id"],
    [device.alias, "the name of the device"],
  ]);
  for (const password of [device.password, device.wrongPassword]) {
    const hash = createHash("md5").update(`TPCQ75NF2Y:${password}`).digest("hex").toUpperCase();
    secrets.set(hash, "the hash of a password");
  }
  for (const { request, response } of archive.log.entries) {
    const token = /^\/stok=([^/]+)\//.exec(new URL(request.url).pathname);
    if (token) secrets.set(decodeURIComponent(token[1]), "a token");
    if (request.method !== "POST") continue;
    const asked = JSON.parse(request.postData.text);
    if (asked.login) secrets.set(decodeURIComponent(asked.login.password), "an encrypted password");
    const text = response.content.encoding === "base64"
      ? Buffer.from(response.content.text, "base64").toString()
      : response.content.text;
    const { data } = JSON.parse(text);
    if (data?.nonce) secrets.set(data.nonce, "a nonce");
    if (data?.key) secrets.set(decodeURIComponent(data.key), "a key");
  }
  return [...secrets].map(([text, what]) => [what, text]);
}

function formsOf(text) {
  const bytes = Buffer.from(text);
  const percentAll = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
  const unpadded = (form) => form.replace(/=+$/, "");
  return {
    plain: text,
    "percent-encoded": encodeURIComponent(text),
    "percent-encoded as a whole": percentAll,
    base64: unpadded(bytes.toString("base64")),
    "base64 for URLs": unpadded(bytes.toString("base64url")),
    hex: bytes.toString("hex"),
    escaped: JSON.stringify(text).slice(1, -1),
    reversed: [...text].reverse().join(""),
    "without separators": /^([0-9A-F]{2}-){5}/.test(text) ? text.replaceAll("-", "") : text,
    "with colons": text.replaceAll("-", ":"),
  };
}

export function checkGone(secrets, content) {
  const lower = content.toLowerCase();
  for (const [what, text] of secrets) {
    for (const [form, written] of Object.entries(formsOf(text))) {
      check(!lower.includes(written.toLowerCase()), `${what} is still there, ${form}`);
    }
  }
}
