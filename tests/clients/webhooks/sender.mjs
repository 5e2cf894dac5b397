// A sender of webhooks signs with a library that knows nothing of standin: `node sender.mjs <url>`.
import assert from 'node:assert/strict';
import { sign, verify } from '@octokit/webhooks-methods';

const [url] = process.argv.slice(2);
const listener = '/v1/exports/5c213d9724344123a7a7aeed/data';
const key = 'whsec-sample-key';

async function call(method, path, body, headers = {}) {
    const response = await fetch(url + path, {
        method,
        headers: { authorization: 'Bearer any-token', 'content-type': 'application/json', ...headers },
        body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: text && response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text };
}
const deliveries = async () => (await call('GET', '/_standin/data/celigo.deliveries')).body;

// A flow that starts at the listener.
const flow = await call('POST', '/v1/flows', {
    name: 'Orders by webhook',
    pageGenerators: [{ _exportId: '5c213d9724344123a7a7aeed' }],
    pageProcessors: [{ type: 'import', _importId: '145e918ed2ca5bbfde40f5d9' }],
});
assert.equal(flow.status, 201);

const before = (await deliveries()).length;
const order = JSON.stringify({ order: 1, note: 'crème brûlée' });
const signature = await sign(key, order);
assert.ok(signature.startsWith('sha256=') && await verify(key, order, signature));
const deliver = (body, signed) => call('POST', listener, body, signed ? { 'x-signature': signed, authorization: '' } : {});
assert.equal((await deliver(order, signature)).status, 204);
assert.equal((await deliver(order.replace('1', '2'), signature)).status, 401, 'another body');
assert.equal((await deliver(order, await sign('another-key', order))).status, 401, 'another key');
assert.equal((await deliver(order)).status, 401, 'no signature');

// One was taken, kept whole, and runs the flow.
const [kept, ...others] = (await deliveries()).slice(before);
assert.deepEqual([kept.body, kept.data.note, others.length], [order, 'crème brûlée', 0]);
assert.equal(kept._jobIds.length, 1);
assert.equal((await call('POST', '/_standin/clock', { advance_ms: 5000 })).status, 200);
const job = await call('GET', `/v1/jobs/${kept._jobIds[0]}`);
assert.deepEqual([job.body.status, job.body.numSuccess, job.body._flowId], ['completed', 1, flow.body._id]);
const step = await call('GET', `/v1/jobs?_flowJobId=${job.body._id}&type=import`);
assert.deepEqual([step.body.length, step.body[0].numSuccess], [1, 1]);
console.log('octokit signs, the listener verifies');
