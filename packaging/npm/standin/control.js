'use strict';

const { request: plain } = require('node:http');
const { request: secure } = require('node:https');

/** Longer than a server lets a caller wait, unless the caller asks for more. */
const PATIENCE_MS = 30_000;

/** The server refused what was asked of its control API. */
class ControlError extends Error {
  name = 'ControlError';

  constructor(status, { code = '', message = '', hint = '' }) {
    super(`${message} ${hint}`.trim());
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}

/** The control API of a server. It is asked over connections of its own, which no test doubles for `fetch` reach. */
class Control {
  constructor(url, token) {
    this.url = String(url).replace(/\/+$/, '');
    if (!/^https?:\/\/[^/]/.test(this.url)) {
      throw new TypeError(`${JSON.stringify(url)} is no URL of a server; write it like http://127.0.0.1:4780`);
    }
    this.headers = token ? { 'standin-control-token': token } : {};
  }

  async ask(method, path, body, patienceMs = PATIENCE_MS) {
    const { status, text } = await this.#send(method, path, body, patienceMs);
    let value;
    try {
      value = text === '' ? undefined : JSON.parse(text);
    } catch {
      throw new Error(`${this.url} answers with ${status} and no JSON: it is no standin`);
    }
    // A report is an answer, whatever its status says of it.
    if (status >= 300 && value?.report === undefined) {
      const message = `${method} ${path} was answered with ${status}`;
      throw new ControlError(status, { message, ...value?.error });
    }
    return value;
  }

  #send(method, path, body, patienceMs) {
    const send = this.url.startsWith('https:') ? secure : plain;
    const sent = body === undefined ? undefined : JSON.stringify(body);
    const headers = { ...this.headers, connection: 'close' };
    if (sent !== undefined) {
      headers['content-type'] = 'application/json';
      headers['content-length'] = Buffer.byteLength(sent);
    }
    return new Promise((resolve, reject) => {
      const refuse = error => reject(new Error(`no standin answers at ${this.url}: ${error.message || error.code}`));
      const asked = send(`${this.url}/_standin${path}`, { method, headers, agent: false }, answer => {
        const parts = [];
        answer.on('data', part => parts.push(part));
        answer.on('error', refuse);
        answer.on('end', () => resolve({ status: answer.statusCode, text: Buffer.concat(parts).toString() }));
      });
      asked.setTimeout(patienceMs, () => asked.destroy(new Error(`nothing came within ${patienceMs} ms`)));
      asked.on('error', refuse);
      asked.end(sent);
    });
  }
}

module.exports = { Control, ControlError };
