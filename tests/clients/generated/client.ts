// Clients whose types are generated from standin's own documents: `node client.js <url>`.
//
// Nothing here is cast: where document and server disagree, either the compiler or an assertion says so.
import assert from 'node:assert/strict';
import createClient from 'openapi-fetch';
import type { components, paths as CeligoPaths } from './celigo.js';
import type { paths as EdlinkPaths } from './edlink.js';

const url = process.argv[2];
assert.ok(url, 'usage: node client.js <url>');
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });

interface Answer<Data, Failure> {
    data?: Data;
    error?: Failure;
    response: Response;
}
function good<Data>({ data, error, response }: Answer<Data, unknown>, status = 200): Data {
    assert.equal(response.status, status, JSON.stringify(error));
    assert.ok(data !== undefined);
    return data;
}
function refused<Failure>({ error, response }: Answer<unknown, Failure>, status: number): Failure {
    assert.equal(response.status, status);
    assert.ok(error !== undefined);
    return error;
}
/** The parameters of a link, for a client whose calls are paths and parameters. */
const parameters = (link: string) => Object.fromEntries(new URL(link).searchParams);

// Celigo.
const celigo = createClient<CeligoPaths>({ baseUrl: `${url}/v1`, headers: bearer('any-token') });
const first = (error: components['schemas']['Error']) => {
    const [{ code, message, field } = assert.fail('no error')] = error.errors ?? [];
    return { code, message, field };
};

const name = 'Made by a generated client';
const settings = { region: 'eu', limits: { rows: 500 } };
const made = good(await celigo.POST('/integrations', { body: { name, settings, tag: null } }), 201);
assert.equal(made.name, name);
assert.deepEqual(made.settings, settings);
assert.equal(made.settings?.['region'], 'eu');
assert.deepEqual(made.flowGroupings, []);
const path = { id: made._id };
assert.deepEqual(good(await celigo.GET('/integrations/{id}', { params: { path } })), made);

const everything = good(await celigo.GET('/integrations'));
assert.deepEqual(everything.find(it => it._id === made._id), made);
const paged: typeof everything = [];
for (let offset = 0, more = true; more; offset += 2) {
    const answer = await celigo.GET('/integrations', { params: { query: { limit: 2, offset } } });
    paged.push(...good(answer));
    more = answer.response.headers.get('link')?.includes('rel="next"') ?? false;
}
assert.ok(paged.length > 4, 'several pages');
assert.deepEqual(paged, everything);
const third = good(await celigo.GET('/integrations', { params: { query: { limit: 1, offset: 2, include: 'name' } } }));
assert.deepEqual(third, [{ _id: everything[2]?._id, name: everything[2]?.name }]);

const body = { name, description: 'Changed' };
const changed = good(await celigo.PUT('/integrations/{id}', { params: { path }, body }));
assert.equal(changed.description, 'Changed');
assert.ok(changed.lastModified >= made.lastModified && changed.createdAt === made.createdAt);

assert.deepEqual(first(refused(await celigo.POST('/integrations', { body: { name } }), 409)), {
    code: 'conflict',
    message: 'Integration with this name already exists',
    field: undefined,
});
// What the types refuse, the server refuses too.
// @ts-expect-error: a name is missing.
const nameless = await celigo.POST('/integrations', { body: { description: 'No name' } });
assert.equal(first(refused(nameless, 400)).field, 'name');

const gone = await celigo.DELETE('/integrations/{id}', { params: { path } });
assert.deepEqual([gone.response.status, gone.data], [204, undefined]);
const missing = { code: 'not_found', message: 'Integration not found', field: undefined };
assert.deepEqual(first(refused(await celigo.GET('/integrations/{id}', { params: { path } }), 404)), missing);
assert.deepEqual(first(refused(await celigo.DELETE('/integrations/{id}', { params: { path } }), 404)), missing);

// Edlink.
const edlink = createClient<EdlinkPaths>({ baseUrl: `${url}/api`, headers: bearer('any-secret') });
const all = good(await edlink.GET('/v1/integrations', { params: { query: { $first: 10_000 } } }));
assert.equal(all.$next, undefined);
const followed: typeof all.$data = [];
for (let $after: string | undefined, more = true; more;) {
    const page: typeof all = good(await edlink.GET('/v1/integrations', { params: { query: { $first: 2, $after } } }));
    followed.push(...page.$data);
    more = page.$next !== undefined;
    $after = page.$next && parameters(page.$next)['$after'];
}
assert.ok(followed.length > 4, 'several pages');
assert.deepEqual(followed, all.$data);

const active = all.$data.find(it => it.status === 'active')?.id ?? assert.fail('no active integration');
const { $data: integration } = good(await edlink.GET('/v1/integrations/{id}', { params: { path: { id: active } } }));
assert.deepEqual(integration, all.$data.find(it => it.id === active));
assert.equal(integration.provider['application'], 'canvas');
const id = '00000000-0000-4000-8000-000000000000';
const absent = refused(await edlink.GET('/v1/integrations/{id}', { params: { path: { id } } }), 404);
assert.deepEqual(absent.$errors, [{ code: 'NOT_FOUND', message: `Integration with id ${id} not found.` }]);
assert.equal(typeof absent.$request, 'string');

// The Graph, opened by the integration's own token.
const graph = createClient<EdlinkPaths>({ baseUrl: `${url}/api`, headers: bearer(integration.access_token) });
const everybody = good(await graph.GET('/v2/graph/people', { params: { query: { $first: 10_000 } } }));
const people: typeof everybody.$data = [];
for (let $cursor: string | undefined, more = true; more;) {
    const query = $cursor ? { $cursor } : { $first: 5 };
    const page: typeof everybody = good(await graph.GET('/v2/graph/people', { params: { query } }));
    assert.equal(typeof page.$request, 'string');
    people.push(...page.$data);
    more = page.$next !== undefined;
    $cursor = page.$next && parameters(page.$next)['$cursor'];
}
assert.ok(people.length > 5, 'several pages');
assert.deepEqual(people, everybody.$data);
const students = people.filter(it => it.roles?.includes('student'));
assert.ok(students.length > 0 && students.every(it => it.school_ids?.length));

const { $data: [listed] } = good(await graph.GET('/v2/graph/classes', { params: { query: { $first: 1 } } }));
const { $data: room } = good(await graph.GET('/v2/graph/classes/{id}', { params: { path: { id: listed?.id ?? '' } } }));
assert.deepEqual(room, listed);
assert.ok(room.state === 'active' && room.session_ids?.length);
const wrong = await edlink.GET('/v2/graph/people', { headers: bearer('wrong') });
assert.equal(refused(wrong, 400).$errors?.[0]?.code, 'INVALID_TOKEN');
console.log('generated clients: all passed');
