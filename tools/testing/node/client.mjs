// The client that the tests beside this file are about; yours stands here. It logs in when it has
// to, and once more when its session has ended.
import { constants, createHash, createPublicKey, publicEncrypt } from 'node:crypto';
import { request } from 'node:https';

export const EXPIRED = -40401;
export const BUSY = -40109;
export const LOCKED = -40404;

export class CameraError extends Error {
  constructor(code) {
    super(`the camera answers ${code}`);
    this.code = code;
  }
}

export class Client {
  logins = 0;
  #path;

  constructor(url, { password, fingerprint }) {
    this.url = url;
    this.password = password;
    this.fingerprint = fingerprint;
  }

  // The certificate is signed by nobody; what counts is that it is this one.
  #post(path, body) {
    const { promise, resolve, reject } = withResolvers();
    const sent = request(
      this.url + path,
      {
        method: 'POST',
        rejectUnauthorized: false,
        ciphers: 'AES256-GCM-SHA384:@SECLEVEL=0',
        maxVersion: 'TLSv1.2',
        timeout: 30_000,
        agent: false,
      },
      (answer) => {
        const shown = answer.socket.getPeerCertificate().fingerprint256;
        if (shown.replaceAll(':', '').toLowerCase() !== this.fingerprint)
          return reject(new Error(`a certificate that nobody knows: ${shown}`));
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (part) => (text += part));
        answer.on('end', () => resolve(JSON.parse(text)));
        answer.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end(JSON.stringify(body));
    return promise;
  }

  async login() {
    this.logins += 1;
    const { data } = await this.#post('/', {
      method: 'do',
      user_management: { get_encrypt_info: null },
    });
    const digest = createHash('md5').update(`TPCQ75NF2Y:${this.password}`).digest('hex');
    const key = createPublicKey({
      key: Buffer.from(decodeURIComponent(data.key), 'base64'),
      format: 'der',
      type: 'spki',
    });
    const password = publicEncrypt(
      { key, padding: constants.RSA_PKCS1_PADDING },
      Buffer.from(`${digest.toUpperCase()}:${data.nonce}`),
    ).toString('base64');
    const login = { username: 'admin', password, passwdType: 'md5', encrypt_type: '2' };
    const answer = await this.#post('/', { method: 'do', login });
    if (answer.stok === undefined) throw new CameraError(answer.data.code);
    this.#path = `/stok=${answer.stok}/ds`;
  }

  async ask(command, tries = 2) {
    if (this.#path === undefined) await this.login();
    const answer = await this.#post(this.#path, command);
    const code = answer.error_code;
    if (code === 0) return answer;
    if (tries === 0 || ![EXPIRED, BUSY].includes(code)) throw new CameraError(code);
    if (code === EXPIRED) this.#path = undefined;
    return this.ask(command, tries - 1);
  }

  async flicker() {
    const answer = await this.ask({ method: 'get', image: { name: 'switch' } });
    return answer.image.switch.flicker;
  }

  setFlicker(value) {
    return this.ask({ method: 'set', image: { switch: { flicker: value } } });
  }
}

function withResolvers() {
  let resolve, reject;
  const promise = new Promise((onDone, onFailed) => ([resolve, reject] = [onDone, onFailed]));
  return { promise, resolve, reject };
}
