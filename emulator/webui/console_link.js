// The control interface, called from a page. Answers are data; a refusal is an error whose message
// is the interface's own.
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export class ControlLink {
  #token = "";

  constructor(url, camera) {
    this.url = url;
    this.camera = camera;
  }

  // Kept in memory only.
  useToken(token) {
    this.#token = token;
  }

  // path: below the camera, "/state?path=image". Waits as long as the interface does.
  async call(method, path, body = undefined, { signal } = {}) {
    const headers = {};
    if (this.#token !== "") headers.Authorization = `Bearer ${this.#token}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    let answer;
    try {
      answer = await fetch(`${this.url}/cameras/${encodeURIComponent(this.camera)}${path}`, {
        method,
        headers,
        signal,
        body: body === undefined ? undefined : JSON.stringify(body),
      });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Refused(0, "The control interface does not answer. Has the program ended?");
    }
    const read = await answer.json();
    if (!answer.ok) throw new Refused(answer.status, read.error?.message ?? read.text);
    return read;
  }

  async describe() {
    return this.call("GET", "");
  }
}
