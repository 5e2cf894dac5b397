'use strict';

const { request: plain } = require('node:http');
const { request: secure } = require('node:https');

/** Longer than a server lets a caller wait, unless the caller asks for more. */
const PATIENCE_MS = 30_000;

/** What stands between a message and its hint: what has lines is followed by one, else by a sentence. */
function separator(message) {
  if (message.includes('\n')) return '\n';
  return /[.?!]$/.test(message) ? ' ' : '. ';
}

/** The server refused what was asked of its control API. */
class ControlError extends Error {
  name = 'ControlError';

  constructor(status, { code = '', message = '', hint = '' }) {
    super(hint ? `${message}${separator(message)}${hint}` : message);
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}

/** An error whose stack begins where the test called: the lines that lie in this package do not help there. */
function atCaller(error, called) {
  const [, ...frames] = called.stack.split('\n');
  error.stack = [`${error.name}: ${error.message}`, ...frames.filter(frame => !frame.includes(__dirname))].join('\n');
  return error;
}

/**
 * The control API of a server. It is asked over connections of its own, which no test doubles for `fetch` reach.
 * `ended` tells why there is no answer, where the server is known to have ended.
 */
class Control {
  #ended;

  constructor(url, token, ended = () => undefined) {
    this.#ended = ended;
    this.url = String(url).replace(/\/+$/, '');
    if (!/^https?:\/\/[^/]/.test(this.url)) {
      throw new TypeError(`${JSON.stringify(url)} is no URL of a server; write it like http://127.0.0.1:4780`);
    }
    this.headers = token ? { 'standin-control-token': token } : {};
  }

  async ask(method, path, body, patienceMs = PATIENCE_MS) {
    const called = new Error();
    try {
      return await this.#ask(method, path, body, patienceMs);
    } catch (error) {
      throw atCaller(error, called);
    }
  }

  async #ask(method, path, body, patienceMs) {
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
      const refuse = async error => {
        const why = (await this.#ended()) ?? (error.message || error.code);
        reject(new Error(`no standin answers at ${this.url}: ${why}`));
      };
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

module.exports = { Control, ControlError, atCaller };
