import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, describe, it } from 'node:test';

describe('deleteAll', { concurrency: true }, () => {
  let server, url;

  before(async () => {
    const serve = ['serve', '--port', '0', '--quiet', '--exit-with-stdin'];
    server = spawn('standin', serve, { stdio: ['pipe', 'pipe', 'inherit'] });
    const [ready] = await once(createInterface({ input: server.stdout }), 'line');
    url = JSON.parse(ready).url;
  });
  after(() => server.stdin.end());

  // A world of this test's own.
  async function newWorld(test, like = {}) {
    const body = JSON.stringify(like);
    const world = await (await fetch(`${url}/_standin/worlds`, { method: 'POST', body })).json();
    test.after(() => fetch(`${url}/_standin/worlds/${world.name}`, { method: 'DELETE' }));
    return world;
  }

  const records = async world => (await fetch(`${world.url}/_standin/data/celigo.integrations`)).json();

  for (let run = 1; run <= 20; run++) {
    it(`deletes all, run ${run}`, async test => {
      const world = await newWorld(test);
      await deleteAll(`${world.url}/v1`, world.token);
      assert.deepEqual(await records(world), []);
    });
  }

  it('leaves the world alone that this one was forked from', async test => {
    const parent = await newWorld(test);
    const fork = await newWorld(test, { from: parent.name });
    await deleteAll(`${fork.url}/v1`, fork.token);
    assert.ok((await records(parent)).length > 0);
  });
});

// The software under test: it deletes all integrations.
async function deleteAll(baseUrl, token) {
  const headers = { authorization: `Bearer ${token}` };
  const all = await (await fetch(`${baseUrl}/integrations`, { headers })).json();
  for (const { _id } of all) {
    const answer = await fetch(`${baseUrl}/integrations/${_id}`, { method: 'DELETE', headers });
    assert.equal(answer.status, 204);
  }
}
