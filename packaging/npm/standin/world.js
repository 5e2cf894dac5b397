'use strict';

const { readFile } = require('node:fs/promises');
const { parse, resolve } = require('node:path');
const { fileURLToPath } = require('node:url');
const { ControlError, atCaller } = require('./control.js');
const { Unmet } = require('./report.js');

/** A world: what one test may change. */
class World {
  #control;

  constructor(control, made, env) {
    this.#control = control;
    this.name = made.name;
    this.url = made.url;
    this.token = made.token;
    this.env = env;
  }

  /** Makes a world on the server behind a control API. */
  static async make(control, { name, scenario, data, ...rest } = {}) {
    const wanted = { ...rest, scenario: await read(scenario) };
    if (data !== undefined) {
      if (typeof wanted.scenario === 'string') {
        throw new Error(`data goes with a scenario of your own, not with the ready-made ${wanted.scenario}`);
      }
      const { apis } = await control.ask('GET', '/health');
      wanted.scenario = { scenario: 1, api: apis, ...wanted.scenario, data };
    }
    const made = await (name === undefined
      ? control.ask('POST', '/worlds', wanted)
      : control.ask('PUT', `/worlds/${encodeURIComponent(name)}`, wanted));
    return new World(control, made, await control.ask('GET', `/worlds/${made.name}/env`));
  }

  get celigoUrl() {
    return `${this.url}/v1`;
  }

  get edlinkUrl() {
    return `${this.url}/api`;
  }

  async fault(...rules) {
    for (const rule of rules) await this.ask('POST', '/faults', rule);
  }

  clearFaults() {
    return this.ask('DELETE', '/faults');
  }

  async expect(...calls) {
    for (const call of calls) await this.ask('POST', '/expect', call);
  }

  async load(scenario) {
    return (await this.ask('PUT', '/scenario', await read(scenario))).warnings;
  }

  async verify({ waitMs } = {}) {
    const called = new Error();
    const report = await this.report({ waitMs });
    // A world in which nothing was declared has nothing to fail.
    if (!report.passed && report.checks.length > 0) throw atCaller(new Unmet(report), called);
    return report;
  }

  report({ waitMs } = {}) {
    return this.ask('POST', '/verify', waitMs === undefined ? {} : { wait_ms: waitMs });
  }

  async waitFor(on, { when, times = 1, timeoutMs = 5_000 } = {}) {
    const wanted = { on, when, times, timeout_ms: timeoutMs };
    const { called } = await this.#control.ask('POST', `/worlds/${this.name}/wait`, wanted, timeoutMs + 10_000);
    return called;
  }

  async calls(op) {
    const query = op === undefined ? '' : `?op=${encodeURIComponent(op)}`;
    return (await this.ask('GET', `/journal${query}`)).entries;
  }

  records(collection) {
    return this.ask('GET', `/data/${collection}`);
  }

  create(collection, fields = {}) {
    return this.ask('POST', `/data/${collection}`, fields);
  }

  patch(collection, id, fields) {
    return this.ask('PATCH', `/data/${collection}/${encodeURIComponent(id)}`, fields);
  }

  remove(collection, id) {
    return this.ask('DELETE', `/data/${collection}/${encodeURIComponent(id)}`);
  }

  async advance(ms) {
    return (await this.ask('POST', '/clock', { advance_ms: ms })).now;
  }

  snapshot(name) {
    return this.ask('POST', '/snapshot', name === undefined ? {} : { name });
  }

  restore(name) {
    return this.ask('POST', '/restore', name === undefined ? {} : { name });
  }

  reset() {
    return this.ask('POST', '/reset');
  }

  /** Takes the world away; one that is gone already is no error. */
  async delete() {
    try {
      await this.ask('DELETE', '');
    } catch (error) {
      if (!(error instanceof ControlError && [404, 410].includes(error.status))) throw error;
    }
  }

  ask(method, path, body) {
    return this.#control.ask(method, `/worlds/${this.name}${path}`, body);
  }
}

/** A scenario as an object: one that is one already, or a file; or its name, where it looks like no file. */
async function read(scenario) {
  const isPath = scenario instanceof URL || (typeof scenario === 'string' && /[/\\.]/.test(scenario));
  if (!isPath) return scenario;
  const file = scenario instanceof URL ? fileURLToPath(scenario) : resolve(scenario);
  const text = await readFile(file, 'utf8').catch(error => {
    const why = error.code === 'ENOENT' ? 'there is no such file' : error.message;
    throw new Error(`the scenario ${file} cannot be read: ${why}`);
  });
  try {
    const { name } = parse(file);
    // What is told of it names it as the command line would.
    return { ...(/^[a-z0-9][a-z0-9-]*$/.test(name) ? { name } : {}), ...JSON.parse(text) };
  } catch (error) {
    throw new Error(`${file} is no JSON: ${error.message}`);
  }
}

module.exports = { World };
