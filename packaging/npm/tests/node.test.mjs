import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { BinaryMissing, ControlError, Unmet, binaryPath, start } from 'standin/node';

let server;
before(async () => {
  server = await start();
});
after(() => server.stop());

test('a test has a world of its own and verifies it', async () => {
  const world = await server.world({ seed: 7 });
  await world.fault({ on: 'celigo.integrations.list', do: { error: 'rate_limited' } });
  await world.expect({ id: 'lists', on: 'celigo.integrations.list', times: 2 });
  const list = () => fetch(`${world.celigoUrl}/integrations`, { headers: { authorization: `Bearer ${world.token}` } });
  assert.equal((await list()).status, 429);
  await assert.rejects(world.verify(), error => {
    assert.ok(error instanceof Unmet && error.report.checks.length > 0);
    assert.match(error.message, /calls\.lists: celigo\.integrations\.list called 1 time/);
    return true;
  });
  await world.clearFaults();
  assert.equal((await list()).status, 200);
  assert.equal(await world.waitFor('celigo.integrations.list', { times: 2 }), 2);
  assert.equal((await world.verify()).passed, true);
  assert.deepEqual((await world.calls()).map(call => call.status), [429, 200]);
  await world.delete();
  await world.delete();
  await assert.rejects(world.calls(), ControlError);
});

test('a world is changed and looked at behind the API', async () => {
  const world = await server.world({ name: 'looked-at', label: 'job 1' });
  assert.equal((await server.world({ name: 'looked-at', label: 'job 1' })).name, world.name);
  const made = await world.create('celigo.integrations', { name: 'Behind the API' });
  await world.snapshot();
  assert.equal((await world.patch('celigo.integrations', made._id, { name: 'Renamed' })).name, 'Renamed');
  await world.remove('celigo.integrations', made._id);
  await world.restore();
  const names = (await world.records('celigo.integrations')).map(record => record.name);
  assert.ok(names.includes('Behind the API'));
  assert.ok((await world.advance(60_000)) > '2');
  await world.reset();
  assert.equal((await world.records('celigo.integrations')).length, names.length - 1);
  assert.deepEqual(await server.deleteLabelled('job 1'), { deleted: 1 });
});

test('a scenario is an object, a file, or the name of a ready-made one', async () => {
  const named = await server.world({ scenario: 'celigo-lost-create', seed: 3 });
  assert.match((await named.report()).text, /^FAIL .*lost-create.* seed 3/);
  const file = await server.world({ scenario: new URL('lost-create.json', import.meta.url) });
  assert.match((await file.report()).text, /^FAIL lost-create/);
  const own = await server.world({ data: { add: { 'celigo.integrations': [{ name: 'Only one' }] } } });
  assert.deepEqual((await own.records('celigo.integrations')).map(record => record.name), ['Only one']);
  await own.load('celigo-lost-create').catch(() => assert.fail('a name is loaded, too'));
  await assert.rejects(server.world({ scenario: './nowhere.json' }), /the scenario \/.*nowhere\.json cannot be read: there is no such file/);
  await assert.rejects(server.world({ scenario: 'celigo-lost-creat' }), /Did you mean celigo-lost-create/);
  await assert.rejects(server.world({ sede: 3 }), /sede/);
  await assert.rejects(server.world({ scenario: 'celigo-lost-create', data: {} }), /a scenario of your own/);
});

test('what cannot be started or reached is told in a sentence', async () => {
  const taken = join(mkdtempSync(join(tmpdir(), 'standin-')), 'taken');
  writeFileSync(taken, 'something else');
  await assert.rejects(start({ args: ['--port-file', taken] }), /port file/);
  await assert.rejects(start({ binary: '/nowhere/standin' }), /\/nowhere\/standin cannot be started/);
  await assert.rejects(start({ url: 'http://127.0.0.1:9' }), /no standin answers at http:\/\/127\.0\.0\.1:9/);
  await assert.rejects(start({ url: 'localhost' }), /is no URL of a server/);
  const before = process.env.STANDIN_BIN;
  process.env.STANDIN_BIN = '/nowhere/standin';
  assert.throws(binaryPath, BinaryMissing);
  if (before === undefined) delete process.env.STANDIN_BIN;
  else process.env.STANDIN_BIN = before;
});

test('a server that dies is told of at the line of the test', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'standin-'));
  const [binary, pid] = [join(folder, 'standin'), join(folder, 'pid')];
  writeFileSync(binary, `#!/bin/sh\necho $$ >'${pid}'\nexec '${binaryPath()}' "$@"\n`, { mode: 0o755 });
  const dying = await start({ binary });
  const world = await dying.world();
  process.kill(Number(readFileSync(pid, 'utf8')), 'SIGKILL');
  await assert.rejects(world.calls(), error => {
    assert.match(error.message, /^no standin answers at .*: the server was ended by SIGKILL, and said nothing$/);
    assert.match(error.stack.split('\n')[1], /node\.test\.mjs/);
    return true;
  });
  await dying.stop();
  rmSync(folder, { recursive: true });
});

test('a process ends although its server was never stopped, and so does the server', () => {
  const script = `require('standin').start().then(server => console.log(server.url))`;
  const url = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8', timeout: 20_000 }).trim();
  const gone = `fetch(${JSON.stringify(url)}).then(() => process.exit(1), () => process.exit(0))`;
  for (let attempt = 0; attempt < 50; attempt++) {
    if (spawnSync(process.execPath, ['-e', gone]).status === 0) return;
  }
  assert.fail(`the server at ${url} still runs`);
});
