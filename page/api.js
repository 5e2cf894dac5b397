// The control API, as the page asks it.

const path = location.pathname;
const [, before, named] = path.match(/^(.*\/)w\/([^/]+)\/$/) ?? [];

/** The root of the server, which may have a prefix. */
export const root = new URL(before ?? path.replace(/[^/]*$/, ''), location.href);

/** The address's own world. */
export const home = named ? decodeURIComponent(named) : 'default';

export const readOnly = document.querySelector('meta[name=standin-mode]').content === 'read-only';

let token = '';
export const setToken = (given) => { token = given; };

/** Takes the token out of the address, where it would be seen and kept. */
export function takeToken() {
	const given = new URLSearchParams(location.hash.slice(1)).get('token');
	if (given === null) return;
	token = given;
	history.replaceState(null, '', path + location.search);
}

export function query(parts) {
	const given = Object.entries(parts).filter(([, value]) => (value ?? '') !== '');
	return given.length ? `?${new URLSearchParams(given)}` : '';
}

function send(about, world, { headers = {}, ...options }) {
	const part = world && world !== 'default' ? `/worlds/${encodeURIComponent(world)}` : '';
	if (token) headers['standin-control-token'] = token;
	return fetch(new URL(`_standin${part}${about}`, root), { headers, cache: 'no-store', ...options });
}

/** Asks about a world, or the server; an error is in the server's words, with the answer as its value. */
export async function ask(about, { world, method = 'GET', body, signal } = {}) {
	let answer;
	try {
		answer = await send(about, world, { method, body: JSON.stringify(body), signal });
	} catch (error) {
		throw error.name === 'AbortError' ? error : Object.assign(new Error('The server does not answer.'), { status: 0 });
	}
	const text = await answer.text();
	if (answer.ok) return text ? JSON.parse(text) : null;
	throw refusal(answer, text);
}

function refusal({ status }, text) {
	let value = null;
	try { value = JSON.parse(text); } catch { /* Another server's. */ }
	const { message = `The answer is ${status}.`, hint, code } = value?.error ?? {};
	return Object.assign(new Error(message), { hint, code, status, value });
}

/**
 * Tells the number of a world's latest call when it changes: from the stream of events, and by asking where that is cut.
 */
export async function follow(world, signal, tell, state) {
	let latest = 0;
	const move = (number, isReset) => {
		latest = number;
		tell(number, isReset);
	};
	while (!signal.aborted) {
		try {
			await stream(world, signal, latest, move, state);
			const { next } = await ask(`/journal${query({ since: latest, only: 'numbers' })}`, { world, signal });
			if (next !== latest) move(next, next < latest);
			state('polling');
		} catch (error) {
			if (!signal.aborted) state('off', error);
		}
		await new Promise((resolve) => { setTimeout(resolve, 2000); });
	}
}

async function stream(world, signal, since, tell, state) {
	const answer = await send('/events', world, { headers: { 'last-event-id': since }, signal }).catch(() => null);
	if (!answer) return;
	// Where there are too many streams, asking will do.
	if (!answer.ok) {
		if (answer.status === 503) return;
		throw refusal(answer, await answer.text());
	}
	const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
	let text = '';
	for (;;) {
		const { value, done } = await reader.read().catch(() => ({ done: true }));
		if (done) return;
		state('live');
		text += value;
		const end = text.lastIndexOf('\n\n') + 2;
		const whole = text.slice(0, end);
		text = text.slice(end);
		const isReset = whole.includes(': reset\n');
		const at = whole.lastIndexOf('id: ');
		if (at >= 0 || isReset) tell(at < 0 ? 0 : parseInt(whole.slice(at + 4), 10), isReset);
	}
}
