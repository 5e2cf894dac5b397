// The calls of a world: what was asked, what was answered, and why.

import { link, go, note } from './app.js';
import { query, readOnly, root } from './api.js';
import { button, bytes, code, copier, count, fill, grow, h, muted, pretty, row, slug, tag, terms, words, wrong } from './dom.js';
import { Screen } from './screen.js';

const KEPT = 3000;

/** Reads a search: parameters of the journal, and the world it names. */
function parse(text) {
	const found = { text: [] };
	for (const word of text.match(/"[^"]*"?|\S+/g) ?? []) {
		const [, name, value] = word.match(/^(world|op|status|is|rule):(.+)$/) ?? [];
		if (name) found[name] = value;
		else found.text.push(word.replace(/^"|"$/g, ''));
	}
	return { ...found, text: found.text.join(' ') };
}

function outcome({ miss, status, manner, rule }) {
	if (miss) return tag('miss', status ?? '', ' ', miss);
	if (status === null) return tag('miss', manner);
	const travelled = /^(whole|complete)$/.test(manner) ? '' : ` ${manner}`;
	return tag(rule ? 'fault' : status >= 400 ? 'error' : 'good', status, travelled);
}

/** The id in a call's path. */
function subject({ target }) {
	const parts = target.split('?')[0].split('/').slice(3);
	return parts.findLast((part) => /\d/.test(part)) ?? '';
}

export class Calls extends Screen {
	constructor(main, at) {
		super(main, at, {
			hint: 'Search: op:celigo.* status:4xx is:fault is:miss text', search: () => this.look(true),
			columns: ['no.', 'time', 'operation', 'id', 'answer', 'rule', 'delay'],
			list: {
				name: 'call', newestFirst: true, draw: (n) => this.row(n), need: (from, to) => this.need(from, to),
				open: (n) => this.open(this.number(n)), key: (n) => this.number(n), place: (number) => this.place(number),
			},
		});
		Object.assign(this, { cache: new Map(), asked: new Set(), latest: at.latest, lost: 0, numbers: null, run: 0 });
		this.look().then(() => this.turn || this.open(Number(at.params.get('n'))));
	}

	size() {
		return this.numbers ? this.numbers.length : Math.max(0, this.latest - this.lost);
	}

	number(n) {
		return this.numbers ? this.numbers[this.numbers.length - 1 - n] : this.latest - n;
	}

	place(number) {
		const at = this.numbers?.indexOf(number);
		return !this.numbers ? this.latest - number : at < 0 ? -1 : this.numbers.length - 1 - at;
	}

	/** Asks for the numbers of what is searched for, or that came since. */
	async look(isFresh) {
		if (isFresh) note(this, { q: this.search.value });
		const { world, ...wanted } = parse(this.search.value);
		if (world && world !== this.world) {
			go('calls', { q: this.search.value.replace(/world:\S+/, '').trim() }, world);
			return;
		}
		const isSearch = Object.values(wanted).some(Boolean);
		const run = (this.run += 1);
		const before = isSearch && !isFresh ? this.numbers : null;
		try {
			const since = isSearch ? before?.next ?? 0 : this.latest;
			const found = await this.ask(`/journal${query({ ...wanted, since, only: 'numbers' })}`);
			if (run !== this.run) return;
			this.search.removeAttribute('aria-invalid');
			this.lost = found.lost;
			this.latest = Math.max(this.latest, found.next);
			const kept = (before ?? []).filter((n) => n > found.lost);
			this.numbers = isSearch ? Object.assign(kept.concat(found.numbers), { next: found.next }) : null;
			this.tell(isFresh);
		} catch (error) {
			if (run !== this.run) return;
			this.search.setAttribute('aria-invalid', 'true');
			fill(this.count, words(error));
		}
	}

	tell(isFresh) {
		const size = this.size();
		const all = count(this.latest - this.lost, 'call');
		const lost = this.lost ? `, ${count(this.lost)} older ones are lost` : '';
		fill(this.count, this.latest ? `${this.numbers ? `${count(size)} of ` : ''}${all}${lost}` : 'No calls yet: what your software asks shows here at once.');
		this.list.resize(size, isFresh);
	}

	news(latest, isReset) {
		this.latest = latest;
		if (isReset) {
			this.cache.clear();
			Object.assign(this, { numbers: null, lost: 0 });
			if (this.opened) this.escape();
			this.look(true);
		} else if (!this.timers.news) {
			// In a burst, as often as people can see.
			this.later('news', this.numbers || latest > 5000 ? 250 : 60, () => {
				this.timers.news = null;
				this.look();
			});
		}
	}

	need(from, to) {
		const missing = [];
		for (let n = from; n < to; n += 1) {
			const number = this.number(n);
			if (!this.cache.has(number) && !this.asked.has(number)) missing.push(number);
		}
		if (!missing.length) return;
		missing.forEach((number) => this.asked.add(number));
		const first = Math.min(...missing);
		const part = this.numbers ? { n: missing.join(',') } : { since: first - 1, limit: Math.max(...missing) - first + 1 };
		this.ask(`/journal${query(part)}`).then(({ entries }) => {
			if (this.cache.size > KEPT) this.cache.clear();
			entries.forEach((entry) => this.cache.set(entry.n, entry));
			this.list.later();
		}).catch(wrong).finally(() => missing.forEach((number) => this.asked.delete(number)));
	}

	row(n) {
		const call = this.cache.get(this.number(n));
		if (!call) return [h('span.num', this.number(n)), h('span.time', '…')];
		return [
			h('span.num', call.n), h('span.time', call.at.slice(11, 23)),
			call.op ? h('span.op', call.op) : h('span.op.none', `${call.method} ${call.target}`), h('span.id', subject(call)),
			h('span', outcome(call)), h('span.rule', call.rule ?? ''), h('span.num', call.delay_ms ? `+${call.delay_ms} ms` : ''),
		];
	}

	async open(number) {
		if (!number) return;
		const [call] = await this.next(this.ask(`/journal/${number}`)).catch(wrong) ?? [];
		if (!call) return;
		note(this, { q: this.search.value, n: number });
		this.opened = number;
		if (this.list.key !== number && this.place(number) >= 0) this.list.choose(this.place(number));
		const known = call.rule ? 'made by a fault rule' : [call.evidence, call.documented_at].filter(Boolean).join(': ');
		this.show(
			[h('h2', `Call ${call.n}`), outcome(call)], h('p.target', h('b', call.method), ' ', call.target),
			row(
				copier('as curl', curl(call)), copier('as fault rule', pretty(rule(call))), copier('as expectation', pretty(expectation(call))),
				!readOnly && call.op && button('Fail this call next time', () => this.put(rule(call))),
			),
			h('h3', 'Why'),
			terms([
				['operation', call.op ?? `none has this path and method: ${call.miss}`], ['known', known], ['error', call.error], ['step', call.step],
				['rule', call.rule && h('a', { href: link('calls', { q: `rule:${call.rule}` }) }, call.rule)],
				['travelled', call.manner], ['delay', call.delay_ms > 0 && `${call.delay_ms} ms`], ['time', call.at],
			]),
			call.why.length ? h('ul.why', call.why.map((line) => h(/: fired /.test(line) ? 'li.fired' : 'li', line))) : muted('No fault rule was considered.'),
			call.near.map(({ id, title, differences }) => [
				h('h3', `Nearly ${id}: ${title}`), h('ul.why', differences.map((it) => h('li', `${it.path} is ${it.got}, expected ${it.expected}`))),
			]),
			message('Request', call.headers, call.body), message('Answer', null, call.answer, call.answer_bytes),
		);
	}

	change(params) {
		const q = params.get('q') ?? '';
		if (q !== this.search.value) {
			this.search.value = q;
			this.look(true);
		}
		const n = Number(params.get('n'));
		if (n && n !== this.opened) this.open(n);
	}

	escape() {
		if (this.opened) {
			super.escape();
			note(this, { q: this.search.value });
		} else if (this.search.value) {
			this.search.value = '';
			this.look(true);
		}
	}
}

/** Headers and body of one side, readable and as it came. */
function message(title, headers, body, length) {
	const isJson = body !== null && typeof body !== 'string';
	const box = h('div');
	const show = (isRaw) => fill(box, code(isRaw ? JSON.stringify(body) : pretty(body), `${title}, body`));
	if (body !== null) show();
	const raw = isJson && button('Raw', ({ target }) => {
		const isRaw = target.getAttribute('aria-pressed') !== 'true';
		target.setAttribute('aria-pressed', String(isRaw));
		show(isRaw);
	}, { class: 'quiet', 'aria-pressed': 'false' });
	return [
		row(h('h3', title), grow(), raw), headers && terms(Object.entries(headers), 'dl.headers'),
		body === null ? muted('No body.') : box, length > 256 && !isJson && muted(`The whole body has ${bytes(length)}.`),
	];
}

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** A command that asks again; what is masked is left to the environment. */
function curl(call) {
	const parts = [`curl -i -X ${call.method} ${quoted(root.origin + call.target)}`];
	for (const [name, value] of Object.entries(call.headers)) {
		if (/^(host|content-length|connection|accept-encoding|user-agent|sec-.*)$/.test(name)) continue;
		const token = call.op?.startsWith('edlink') ? 'EDLINK_ACCESS_TOKEN' : 'CELIGO_API_TOKEN';
		parts.push(value.includes('…') ? `-H "${name}: ${value.split(' ')[0].replace(/…\S*/, '')} $${token}"` : `-H ${quoted(`${name}: ${value}`)}`);
	}
	if (call.body !== null) parts.push(`--data-raw ${quoted(typeof call.body === 'string' ? call.body : JSON.stringify(call.body))}`);
	return parts.join(' \\\n  ');
}

/** A request as rules and expectations say it. */
function matching(call) {
	const search = Object.fromEntries(new URLSearchParams(call.target.split('?')[1] ?? ''));
	const when = {};
	if (Object.keys(search).length) when.query = search;
	if (call.body?.constructor === Object) when.body = call.body;
	return { on: call.op ?? '*', ...(Object.keys(when).length && { when }) };
}

const name = (call) => slug(call.op ?? 'a.call');
const rule = (call) => ({ id: `${name(call)}-lost`, ...matching(call), at: { nth: 1 }, phase: 'after', do: { abort: 'close' }, optional: true });
const expectation = (call) => ({ id: name(call), ...matching(call), ...(call.status && { status: call.status }), times: { min: 1 } });
