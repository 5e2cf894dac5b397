// A person signs in by OAuth libraries that know nothing of standin: `node client.mjs <url>`.
import assert from 'node:assert/strict';
import { AuthorizationCode } from 'simple-oauth2';
import * as openid from 'openid-client';

const [url] = process.argv.slice(2);
const callback = 'https://app.example.com/callback';
const [id, secret] = ['3a95a779-0ed1-499b-a352-9ea30d0bd5ea', 'any-secret'];

async function backFrom(address) {
    const response = await fetch(address, { redirect: 'manual' });
    assert.equal(response.status, 302, await response.text());
    return new URL(response.headers.get('location'));
}

// simple-oauth2, with the credentials in the body, as Edlink wants them. It keeps whatever the service answers.
const simple = new AuthorizationCode({
    client: { id, secret },
    auth: { tokenHost: url, authorizePath: '/sso/login', tokenPath: '/api/authentication/token' },
    options: { authorizationMethod: 'body' },
});
const back = await backFrom(simple.authorizeURL({ redirect_uri: callback, state: 'a state' }));
assert.equal(back.searchParams.get('state'), 'a state');
const granted = await simple.getToken({ code: back.searchParams.get('code'), redirect_uri: callback });
const { access_token, refresh_token } = granted.token.$data;
const mine = async token => {
    const response = await fetch(`${url}/api/v2/my/profile`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal(response.status, 200);
    return (await response.json()).$data;
};
const me = await mine(access_token);
const renewed = await simple.createToken({ refresh_token }).refresh();
assert.equal(renewed.token.$data.refresh_token, refresh_token);
await assert.rejects(simple.getToken({ code: back.searchParams.get('code'), redirect_uri: callback }), /400/);

// openid-client, which reads tokens at the top of the body: its fetch takes them out of `$data`.
const server = { issuer: url, authorization_endpoint: `${url}/sso/login`, token_endpoint: `${url}/api/authentication/token` };
const config = new openid.Configuration(server, id, secret, openid.ClientSecretPost(secret));
openid.allowInsecureRequests(config);
config[openid.customFetch] = async (...request) => {
    const response = await fetch(...request);
    const body = await response.json();
    return new Response(JSON.stringify(body.$data ?? body), { status: response.status, headers: { 'content-type': 'application/json' } });
};
const state = openid.randomState();
const address = openid.buildAuthorizationUrl(config, { redirect_uri: callback, state, standin_person: me.id });
const tokens = await openid.authorizationCodeGrant(config, await backFrom(address), { expectedState: state });
assert.equal((await mine(tokens.access_token)).id, me.id);
const again = await openid.refreshTokenGrant(config, tokens.refresh_token);
assert.notEqual(again.access_token, tokens.access_token);
const declined = openid.buildAuthorizationUrl(config, { redirect_uri: callback, state, standin_outcome: 'declined_authorization' });
await assert.rejects(openid.authorizationCodeGrant(config, await backFrom(declined), { expectedState: state }), error => {
    assert.match(`${error.error} ${error.cause?.get?.('error')}`, /declined_authorization/);
    return true;
});
console.log('oauth (simple-oauth2, openid-client): all passed');
