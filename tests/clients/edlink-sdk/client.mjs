// The vendor's own client, unchanged, against standin: `node client.mjs <url> interceptor|proxy`.
//
// It hard-codes its host. With `interceptor`, axios sends its requests to standin instead; with `proxy`, the proxy
// variables do, and axios 0.27 sends plain HTTP in absolute form.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

const [url, way] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const axios = require('axios');
const { Edlink, TokenSetType } = require('@edlink/typescript');

if (way === 'interceptor') {
    axios.interceptors.request.use(config => ({ ...config, url: config.url.replace('https://ed.link', url), proxy: false }));
} else {
    process.env.https_proxy = process.env.http_proxy = url;
}

async function control(method, path, body) {
    const headers = body ? { 'content-type': 'application/json' } : {};
    const response = await fetch(`${url}/_standin${path}`, { method, headers, body: body && JSON.stringify(body) });
    assert.ok(response.ok, `${method} ${path}: ${response.status}`);
    return response.status === 204 ? null : response.json().catch(() => null);
}
const store = collection => control('GET', `/data/edlink.${collection}`);
const all = async list => {
    const items = [];
    for await (const item of list) items.push(item);
    return items;
};
const ids = items => items.map(item => item.id);
const refused = async (promise, status, code) => {
    const error = await promise.then(() => assert.fail(`answered, wanted ${status} ${code}`), error => error);
    assert.deepEqual([error.status, error.code], [status, code]);
};

await control('POST', '/reset');
const [integration] = await store('integrations');
const edlink = new Edlink({ version: 2, client_id: 'an-application', client_secret: 'any-secret', log_level: 'silent' });
const tokens = access_token => ({ access_token, type: TokenSetType.Integration });
const graph = edlink.use(tokens(integration.access_token));

assert.equal(await Edlink.up(), 'OK');

// Every list, paged to the end, is the store; every record is found by its id.
for (const kind of ['districts', 'schools', 'sessions', 'courses', 'classes', 'sections', 'people', 'enrollments', 'agents']) {
    const listed = await all(graph[kind].list());
    assert.deepEqual(ids(listed), ids(await store(kind)), kind);
    assert.deepEqual(await graph[kind].fetch(listed[0].id), listed[0], kind);
}
// In small pages too: the client hands unknown options on as parameters.
const people = await store('people');
assert.deepEqual(ids(await all(graph.people.list({ $first: 7 }))), ids(people));
assert.equal((await all(graph.people.list({ limit: 5 }))).length, 5);

// Lists of what belongs to a record.
const [district] = await store('districts');
const schools = await store('schools');
const classes = await store('classes');
const enrollments = await store('enrollments');
const enrolledIn = (field, id, role) => new Set(
    enrollments.filter(it => it[field] === id && (!role || it.role === role)).map(it => it.person_id)
);
const withRole = role => it => it.roles.includes(role);
const ofSchool = it => it.school_ids.includes(schools[0].id);
const same = async (list, wanted) => assert.deepEqual(new Set(ids(await all(list))), new Set(wanted));
await same(graph.districts.listAdministrators(district.id), ids(people.filter(withRole('district-administrator'))));
await same(graph.schools.listClasses(schools[0].id), ids(classes.filter(it => it.school_id === schools[0].id)));
await same(graph.schools.listCourses(schools[0].id), ids((await store('courses')).filter(it => it.school_id === schools[0].id)));
await same(graph.schools.listSessions(schools[0].id), ids((await store('sessions')).filter(it => it.school_id === schools[0].id)));
await same(graph.schools.listPeople(schools[0].id), ids(people.filter(ofSchool)));
await same(graph.schools.listAdministrators(schools[0].id), ids(people.filter(ofSchool).filter(withRole('administrator'))));
await same(graph.schools.listTeachers(schools[0].id), ids(people.filter(ofSchool).filter(withRole('teacher'))));
await same(graph.schools.listStudents(schools[0].id), ids(people.filter(ofSchool).filter(withRole('student'))));
const [course] = await store('courses');
await same(graph.courses.listClasses(course.id), ids(classes.filter(it => it.course_id === course.id)));
const sections = await store('sections');
for (const [rooms, field, { id }] of [[graph.classes, 'class_id', classes[0]], [graph.sections, 'section_id', sections[0]]]) {
    await same(rooms.listEnrollments(id), ids(enrollments.filter(it => it[field] === id)));
    await same(rooms.listPeople(id), enrolledIn(field, id));
    await same(rooms.listTeachers(id), enrolledIn(field, id, 'teacher'));
    await same(rooms.listStudents(id), enrolledIn(field, id, 'student'));
}
await same(graph.classes.listSections(classes[0].id), ids(sections.filter(it => it.class_id === classes[0].id)));
const [person] = people;
const own = enrollments.filter(it => it.person_id === person.id);
await same(graph.people.listEnrollments(person.id), ids(own));
await same(graph.people.listDistricts(person.id), [person.district_id]);
await same(graph.people.listSchools(person.id), person.school_ids);
await same(graph.people.listClasses(person.id), own.map(it => it.class_id));
await same(graph.people.listSections(person.id), own.map(it => it.section_id).filter(Boolean));
await same(graph.people.listAgents(person.id), ids((await store('agents')).filter(it => [it.observer_id, it.target_id].includes(person.id))));

// What the client's options become.
const found = await all(graph.people.list({ filter: { first_name: [{ operator: 'equals', value: person.first_name }] }, expand: ['schools'] }));
assert.deepEqual(ids(found), [person.id]);
assert.equal(found[0].schools[0].id, person.school_ids[0]);

// What goes wrong.
await refused(graph.people.fetch('00000000-0000-4000-8000-000000000000'), 404, 'NOT_FOUND');
await refused(graph.people.fetch('not-an-id'), 400, 'INVALID_UUID');
await refused(all(edlink.use(tokens('wrong')).people.list()), 400, 'INVALID_TOKEN');
assert.deepEqual(ids(await all(graph.licenses.list())), ids((await store('licenses')).filter(it => it.integration_id === integration.id)));
let seen = 0;
const interrupted = (async () => {
    for await (const _ of graph.people.list({ $first: 5 })) {
        seen += 1;
        if (seen === 10) await control('PATCH', `/data/edlink.integrations/${integration.id}`, { status: 'disabled' });
    }
})();
await refused(interrupted, 400, 'INVALID_INTEGRATION_STATE');
assert.equal(seen, 10, 'two pages came, the third was refused');
await control('PATCH', `/data/edlink.integrations/${integration.id}`, { status: 'active' });

// A person: a code becomes tokens; a token that is due is refreshed by the client itself.
const login = (await store('logins')).find(it => it.code);
const granted = await edlink.auth.grant({ code: login.code, redirect_uri: 'https://app.example.com/callback' });
assert.deepEqual([granted.type, granted.token_type, granted.expires_in], [TokenSetType.Person, 'Bearer', 3600]);
const user = edlink.use({ ...granted, expiration_date: new Date(Date.now() + 3600 * 1000) });
assert.equal((await user.my.profile()).id, login.person_id);
assert.equal((await user.my.integration()).id, integration.id);
assert.equal((await user.my.source()).id, integration.source.id);
await control('POST', '/clock', { advance_ms: 3600 * 1000 });
await refused(user.my.profile(), 401, 'EXPIRED_TOKEN');
const stale = edlink.use({ ...granted, expiration_date: new Date(0) });
assert.equal((await stale.my.profile()).id, login.person_id, 'refreshed on the way');
await control('POST', '/reset');

// Coursework: a teacher sets and grades, a student hands in.
const room = (await store('categories'))[0].standin_class_id;
const enrolled = role => enrollments.find(it => it.class_id === room && it.role === role && it.state === 'active').person_id;
const signIn = async person_id => {
    const { access_token } = await control('POST', '/data/edlink.logins', {
        person_id, integration_id: integration.id, expires_date: new Date(Date.now() + 3600 * 1000).toISOString(),
    });
    return edlink.use({ access_token, type: TokenSetType.Person, expiration_date: new Date(Date.now() + 3600 * 1000) });
};
const [teacher, student] = [await signIn(enrolled('teacher')), await signIn(enrolled('student'))];
const due_date = new Date(Date.now() + 7 * 24 * 3600 * 1000).toISOString();
const wanted = { title: 'Factoring', description: '<p>Page 8</p>', due_date, grading_type: 'points', points_possible: 10 };
const category = await teacher.categories.create(room, { title: 'Quizzes', position: 3 });
assert.equal((await teacher.categories.update(room, category.id, { title: 'Tests' })).title, 'Tests');
const assignment = await teacher.assignments.create(room, { ...wanted, category_id: category.id }, { idempotency: 'a-key' });
const repeated = await teacher.assignments.create(room, { ...wanted, title: 'Another' }, { idempotency: 'a-key' });
assert.deepEqual(repeated, assignment, 'the same key, the same assignment');
assert.deepEqual(await teacher.assignments.fetch(room, assignment.id), assignment);
assert.equal((await teacher.assignments.update(room, assignment.id, { title: 'Factoring 2' })).title, 'Factoring 2');
assert.ok(ids(await all(student.assignments.list(room))).includes(assignment.id));
const [submission] = await all(student.submissions.list(room, assignment.id));
assert.deepEqual([submission.state, submission.person_id], ['created', enrolled('student')]);
const attempt = { attachments: [{ type: 'link', title: 'My answer', url: 'https://example.test/a' }] };
assert.equal((await student.submissions.submit(room, assignment.id, attempt)).state, 'submitted');
await refused(student.submissions.submit(room, assignment.id, attempt), 400, 'INVALID_REQUEST_BODY');
assert.equal((await student.submissions.reclaim(room, assignment.id)).state, 'reclaimed');
assert.equal((await student.submissions.submit(room, assignment.id, attempt)).attempts.length, 2);
await refused(student.assignments.update(room, assignment.id, { title: 'Mine' }), 400, 'NO_PERMISSION');
assert.equal((await teacher.submissions.update(room, assignment.id, submission.id, { grade_points: 9.5 })).grade_points, 9.5);
assert.equal((await teacher.submissions.return(room, assignment.id, submission.id)).state, 'returned');
assert.equal((await teacher.submissions.fetch(room, assignment.id, submission.id)).grade_points, 9.5);
assert.ok((await all(teacher.submissions.list(room, assignment.id))).length > 1, 'one for each student');
await teacher.assignments.delete(room, assignment.id);
await refused(teacher.assignments.fetch(room, assignment.id), 404, 'NOT_FOUND');
await teacher.categories.delete(room, category.id);
await refused(teacher.categories.fetch(room, category.id), 404, 'NOT_FOUND');
assert.ok(ids(await all(student.classes.list())).includes(room));
await control('POST', '/reset');
console.log(`edlink-sdk (${way}): all passed`);
