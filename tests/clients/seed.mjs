// The axios calls of the Edlink document as printed: only the origin is changed (by `run`, before this is started).
import assert from 'node:assert/strict';
import axios from 'axios';

const application_secret_key = process.env.EDLINK_APPLICATION_SECRET;

async function list() {
const integrations = await axios.get('https://ed.link/api/v1/integrations', {
    headers: {
        authorization: `Bearer ${application_secret_key}`
    }
});
return integrations;
}

async function one() {
const integrations = await axios.get('https://ed.link/api/v1/integrations/77a69705-41a7-49cb-0fe8-ffd425f9716f', {
    headers: {
        authorization: `Bearer ${application_secret_key}`
    }
});
return integrations;
}

const all = (await list()).data;
const single = (await one()).data;
assert.deepEqual(all.$data[0], single.$data);
assert.deepEqual(Object.keys(single), ['$data']);
assert.equal(single.$data.access_token, 'HZ4MR8NyjdPiP9g8l6gKXT5Kjk9FlJa7');
assert.equal(single.$data.team.street_address, '1011 San Jacinto Blvd');
assert.equal(single.$data.entity, null);
console.log('axios: both calls answered as printed');
