'use strict';

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { createInterface } = require('node:readline');
const { setTimeout } = require('node:timers/promises');
const { BinaryMissing, binaryPath, cleanEnvironment } = require('./binary.js');
const { Control, ControlError } = require('./control.js');
const { Unmet } = require('./report.js');
const { World } = require('./world.js');

const READY_WITHIN_MS = 30_000;
const GOING_WITHIN_MS = 1_000;

/** A server, started here or running already. */
class Server {
  #control;
  #child;

  constructor(url, controlToken, child, said = () => '') {
    this.#control = new Control(url, controlToken, () => this.#child && howEnded(this.#child, said()));
    this.#child = child;
    this.url = this.#control.url;
  }

  world(options) {
    return World.make(this.#control, options);
  }

  /** Deletes the worlds of a label. */
  deleteLabelled(label) {
    return this.#control.ask('DELETE', `/worlds?label=${encodeURIComponent(label)}`);
  }

  ask(method, path, body) {
    return this.#control.ask(method, path, body);
  }

  /** Ends the server, if it was started here. */
  async stop() {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.ref();
    child.stdin.end();
    await ended;
  }

  [Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]() {
    return this.stop();
  }
}

/** How a server that was started here ended, if it is gone or going. */
async function howEnded(child, said) {
  const running = () => child.exitCode === null && child.signalCode === null;
  if (running()) {
    // The timer keeps this process going for as long: nothing else here does.
    const given = new AbortController();
    const { signal } = given;
    await Promise.race([once(child, 'exit', { signal }), setTimeout(GOING_WITHIN_MS, undefined, { signal })]);
    given.abort();
  }
  if (running()) return undefined;
  const how = child.signalCode === null ? `ended with exit code ${child.exitCode}` : `was ended by ${child.signalCode}`;
  return `the server ${how}, and said${said.trim() ? `:\n${said.trim()}` : ' nothing'}`;
}

/** Starts a server on any free port, or uses the running one of `url`, which STANDIN_URL names too. */
async function start({ url = process.env.STANDIN_URL, controlToken, args = [], binary } = {}) {
  if (url) {
    const server = new Server(url, controlToken ?? process.env.STANDIN_CONTROL_TOKEN);
    await server.ask('GET', '/ready');
    return server;
  }
  const program = binary ?? binaryPath();
  const serve = ['serve', '--port', '0', '--quiet', '--exit-with-stdin', '--clock', 'step', ...args];
  const child = spawn(program, serve, { stdio: ['pipe', 'pipe', 'pipe'], env: cleanEnvironment() });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', text => (said = (said + text).slice(-10_000)));
  const ended = new Promise((_, reject) => {
    child.on('error', error => reject(new Error(`${program} cannot be started: ${error.message}`)));
    child.on('close', code => reject(new Error(`${program} ended with ${code}: ${said.trim() || 'it said nothing'}`)));
  });
  ended.catch(() => {});
  const given = new AbortController();
  const late = setTimeout(READY_WITHIN_MS, undefined, { signal: given.signal }).then(() => {
    throw new Error(`${program} was not ready within ${READY_WITHIN_MS} ms`);
  });
  late.catch(() => {});
  try {
    const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended, late]);
    // A test process may end although this one runs; then standard input ends, and with it the server.
    for (const handle of [child, child.stdin, child.stdout, child.stderr]) handle.unref();
    return new Server(JSON.parse(line).url, undefined, child, () => said);
  } catch (error) {
    child.kill();
    throw error;
  } finally {
    given.abort();
  }
}

module.exports = { BinaryMissing, ControlError, Server, Unmet, World, binaryPath, start };
