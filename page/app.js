// Screens, addresses and keys.

import { follow, home, readOnly, setToken, takeToken } from './api.js';
import { button, dialog, fill, h, muted } from './dom.js';
import { Calls } from './calls.js';
import { Coverage } from './coverage.js';
import { Records } from './records.js';
import { Scenario } from './scenario.js';
import { Worlds } from './worlds.js';

const SCREENS = { Calls, Worlds, Coverage, Records, Scenario };
const TITLES = Object.keys(SCREENS);
const [main, live, nav, where] = ['main', 'live', 'nav', 'world'].map((id) => document.getElementById(id));

let screen = null;
let now = {};
let following = null;
let latest = 0;
let refused = null;

/** Reads `#/calls?world=a&n=12`. */
function read() {
	const { hash } = location;
	const [, name, rest] = hash.match(/^#\/(\w+)\??(.*)$/) ?? [];
	const params = new URLSearchParams(rest);
	const world = params.get('world') || home;
	const title = TITLES.find((one) => one.toLowerCase() === name) ?? 'Calls';
	return { name: title.toLowerCase(), title, world, params, hash };
}

/** The address of a screen. */
export function link(name, params = {}, world = now.world) {
	const all = new URLSearchParams(world === home ? {} : { world });
	Object.entries(params).filter(([, value]) => value).forEach(([key, value]) => all.set(key, value));
	return `#/${name}${all.size ? `?${all}` : ''}`;
}

/** Writes what is open into the address, unless that has changed meanwhile. */
export const note = (from, params) => {
	if (from !== screen || location.hash !== now.hash) return;
	history.replaceState(null, '', link(now.name, params));
	now.hash = location.hash;
};

export const go = (name, params, world) => { location.hash = link(name, params, world); };

function show() {
	const before = now;
	now = read();
	const { title } = now;
	fill(nav, TITLES.map((one) => h('a', { href: link(one.toLowerCase()), 'aria-current': one === title && 'page' }, one)));
	where.href = link('worlds', { name: now.world });
	fill(where, now.world);
	document.title = `${title} · ${now.world} · standin`;
	if (before.name === now.name && before.world === now.world && screen?.change) {
		screen.change(now.params);
		return;
	}
	screen?.close();
	fill(main);
	main.className = now.name;
	if (before.world !== now.world) latest = 0;
	screen = new SCREENS[title](main, { ...now, latest });
	if (before.world !== now.world) listen();
}

function listen() {
	following?.abort();
	following = new AbortController();
	follow(now.world, following.signal, (number, isReset) => {
		latest = number;
		screen?.news?.(number, isReset);
	}, state);
}

const LIVE = { live: 'live', polling: 'asking every 2 s', off: 'no connection' };

function state(kind, error) {
	if (live.dataset.kind !== kind) {
		live.dataset.kind = kind;
		fill(live, LIVE[kind]);
	}
	if (error?.status === 401 || error?.status === 403) gate(error);
}

function gate(error) {
	if (refused) return;
	refused = error;
	following?.abort();
	screen?.close();
	screen = null;
	const again = () => {
		refused = null;
		now = {};
		show();
	};
	const open = (label, run) => button(label, run, { class: 'main' });
	if (error.status === 403) {
		fill(main, h('section.gate', h('h2', 'The control API refuses this page'), h('p', error.message), h('p', 'Behind a proxy, start the server with --base-url and the proxy’s address, or with --control-token and add #token=… to this address.'), open('Try again', again)));
		return;
	}
	const input = h('input', { type: 'password' });
	const enter = () => {
		setToken(input.value);
		again();
	};
	input.addEventListener('keydown', ({ key }) => key === 'Enter' && enter());
	fill(main, h('section.gate', h('h2', 'This server wants its control token'), h('p', 'It was set with --control-token, or printed when the server started. The page keeps it in memory only.'), h('label', 'Control token', input), open('Open', enter)));
	input.focus();
}

const KEYS = {
	'j  k': 'next and previous row', Enter: 'open the row', Esc: 'close, or clear the search', '/': 'search', '1 … 5': 'the screens, in their order', '?': 'this help',
};
const SEARCH = {
	'op:celigo.flows.*': 'an operation, or all that begin so', 'status:429  status:4xx': 'the status sent', 'is:fault  is:miss  is:error': 'by a fault rule, not modelled, failed',
	'rule:lost-create': 'answered by that rule', 'world:a': 'the calls of another world', 'any text': 'in target, headers, body or answer',
};

function help() {
	const list = (all) => h('dl', Object.entries(all).map(([key, about]) => [h('dt', h('kbd', key)), h('dd', about)]));
	dialog('Keys and search', list(KEYS), h('h3', 'In the search of calls'), list(SEARCH), readOnly && muted('This page only shows: --page read-only.'));
}

document.getElementById('help').addEventListener('click', help);
document.addEventListener('keydown', (event) => {
	const { target, key } = event;
	if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
	const isText = target.matches('input, textarea, select');
	const list = screen?.list;
	if (key === 'Escape') {
		if (isText) target.blur();
		screen?.escape?.();
	} else if (isText) {
		// It is being written.
	} else if (/^[1-5]$/.test(key)) go(TITLES[key - 1].toLowerCase());
	else if (key === '?') help();
	else if (key === '/') {
		event.preventDefault();
		screen?.search?.focus();
	} else if (list && (key === 'j' || key === 'k')) {
		list.choose(list.chosen + (key === 'j' ? 1 : -1));
		list.element.focus();
	}
});

takeToken();
window.addEventListener('hashchange', () => {
	takeToken();
	show();
});
show();
