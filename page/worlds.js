// The worlds of the server, and what an administrator does to each.

import { link, note } from './app.js';
import { ask, query, readOnly } from './api.js';
import { button, choice, code, count, dialog, fill, h, muted, row, say, tag, wrong } from './dom.js';
import { Screen } from './screen.js';

const STATES = { met: 'good', open: 'open', violated: 'miss' };

/** The expectations of a scenario, each with its state and what was found. */
export const checks = ({ checks: all }) => [h('h3', 'Expectations'), all?.length ? h('ul.plain', all.map(({ id, state, violations }) => h('li', tag(STATES[state], state), ' ', id,
	state !== 'met' && violations.slice(0, 5).map((found) => h('p.found', found))))) : muted('Nothing is expected.')];

const CLOCKS = { step: 'moves with each answer', real: 'moves as that of the machine', frozen: 'stands still' };

export class Worlds extends Screen {
	constructor(main, at) {
		super(main, at, {
			hint: 'Filter by name', columns: ['name', 'calls', 'clock', 'scenario', 'step'], search: () => this.filter(),
			extra: [button('Refresh', () => this.load()), !readOnly && button('New world', () => this.make(), { class: 'main' })],
			list: {
				name: 'world', draw: (n) => this.row(this.names[n]), need: (from, to) => this.need(from, to), open: (n) => this.open(this.names[n]),
				key: (n) => this.names[n], place: (name) => this.names.indexOf(name),
			},
		});
		Object.assign(this, { all: [], names: [], known: new Map(), asking: new Set(), visible: [0, 0] });
		this.load().then(() => this.turn || this.open(at.params.get('name') ?? this.world)).catch(wrong);
		this.timer = setInterval(() => !document.hidden && this.need(...this.visible, true), 2000);
	}

	async load() {
		this.all = (await ask('/worlds')).worlds.map((world) => world.name);
		this.filter();
	}

	filter() {
		const text = this.search.value.toLowerCase();
		this.names = this.all.filter((name) => name.toLowerCase().includes(text));
		fill(this.count, `${count(this.names.length)} of ${count(this.all.length, 'world')}`);
		this.list.resize(this.names.length);
	}

	need(from, to, again) {
		this.visible = [from, to];
		for (const name of this.names.slice(from, to)) {
			if (this.asking.has(name) || (this.known.has(name) && !again)) continue;
			this.asking.add(name);
			ask(`/worlds/${encodeURIComponent(name)}`).then((one) => {
				this.known.set(name, one);
				this.list.later();
			}, () => {}).finally(() => this.asking.delete(name));
		}
	}

	row(name) {
		const one = this.known.get(name);
		return [h('span.op', name), h('span.num', one ? count(one.calls) : '…'), h('span.time', one?.now.replace('T', ' ').slice(0, 19)), h('span', one?.scenario), h('span', one?.step)];
	}

	async open(name) {
		if (!this.all.includes(name)) return;
		const world = name;
		const [clock, state, builtin] = await this.next(ask('/clock', { world }), ask(`/scenario${query({ checks: true })}`, { world }), this.builtin ?? ask('/scenarios')) ?? [];
		if (!clock) return;
		Object.assign(this, { builtin, opened: name });
		note(this, { name });
		if (this.list.key !== name) this.list.choose(this.names.indexOf(name));
		const act = (label, method, path, body, about) => button(label, async () => {
			await ask(path, { world, method, body: body?.() });
			if (about) say(about);
			this.known.delete(name);
			await this.load();
			if (this.opened === name) await (this.all.includes(name) ? this.open(name) : this.escape());
		});
		const at = h('input', { value: clock.now, label: 'Time of the world' });
		const pick = choice('Ready-made scenario', builtin.map((one) => [one.name, one.name]));
		const ahead = (label, ms) => act(label, 'POST', '/clock', () => ({ advance_ms: ms }));
		const to = (screen, params) => h('a', { href: link(screen, params, name) }, screen);
		this.show(
			[h('h2', name), to('calls'), to('scenario'), to('records')],
			!readOnly && row(button('Verify', () => this.verify(world)), act('Reset', 'POST', '/reset', undefined, 'As it was at its start'),
				button('Fork', () => this.make(name)), name !== 'default' && act('Delete', 'DELETE', '', undefined, `${name} is deleted`)),
			h('h3', 'Clock'), h('p', h('b', clock.now), ` ${CLOCKS[clock.mode]}`),
			!readOnly && row(ahead('+1 s', 1e3), ahead('+1 min', 6e4), ahead('+1 h', 36e5), at, act('Set', 'POST', '/clock', () => ({ at: at.value }))),
			h('h3', 'Scenario'), h('p', state.scenario ? [h('b', state.scenario), state.step && `, step ${state.step}`] : 'None is played.'), state.about && muted(state.about),
			!readOnly && row(pick, act('Load', 'PUT', '/scenario', () => ({ name: pick.value }), 'Loaded: the world begins anew'), state.scenario && act('End it', 'DELETE', '/scenario')),
			h('h3', 'Fault rules'), state.rules?.length ? h('ul.plain', state.rules.map(({ id, on, matched, fired }) => h('li', h('a', { href: link('calls', { q: `rule:${id}` }, name) }, id),
				` on ${on.join(', ')}: matched ${matched}, fired ${fired}`))) : muted('There are none.'),
			checks(state),
		);
	}

	async make(from) {
		const name = prompt(`${from ? `Fork of ${from}` : 'New world'}: its name. When empty, one is made up.`);
		if (name === null) return;
		const made = await ask('/worlds', { method: 'POST', body: { ...(name && { name }), ...(from && { from }) } });
		await this.load();
		await this.open(made.name);
	}

	async verify(world) {
		const report = await ask('/verify?status=200', { world, method: 'POST', body: {} });
		const failed = report.checks.filter((check) => !check.passed);
		const found = failed.map(({ id, violations }) => [id, ...violations.flatMap(({ message, details }) => [`  ${message}`, ...details.map((line) => `      ${line}`)])].join('\n'));
		dialog(failed.length ? `${failed.length} of ${report.checks.length} checks failed` : report.checks.length ? 'Every expectation is met' : 'Nothing is expected',
			failed.length > 0 && code(found.join('\n'), 'Report'));
	}

	change(params) {
		if (params.get('name') !== this.opened) this.open(params.get('name')).catch(wrong);
	}

	close() {
		clearInterval(this.timer);
		super.close();
	}
}
