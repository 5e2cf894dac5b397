// The documented outcomes of every operation: which the consumer has met, and which never.

import { link, note } from './app.js';
import { ask, readOnly } from './api.js';
import { button, choice, code, copier, count, fill, h, muted, pretty, region, row, slug, terms, wrong } from './dom.js';
import { Screen } from './screen.js';

export class Coverage extends Screen {
	constructor(main, at) {
		const draw = () => this.draw();
		const api = choice('API', [['', 'all APIs']], draw);
		const kind = choice('Outcomes', [['', 'every outcome'], ['never', 'never met'], ['served', 'served'], ['injected', 'injected']], draw);
		const left = region('div.grid', 'Outcomes of every operation');
		super(main, at, { hint: 'Filter operations and outcomes', search: draw, extra: [api, kind], left });
		Object.assign(this, { api, kind });
		this.split.before(h('p.legend', ['served', 'injected', 'never'].map((name) => h(`span.cell.${name}`, name)), h('span.cell.never.extra', 'not documented')));
		this.load().then(() => {
			api.append(...new Set(this.routes.map((route) => route.api)).values().map((value) => h('option', { value }, value)));
			api.value = at.params.get('api') ?? '';
			kind.value = at.params.get('kind') ?? '';
			draw();
		}).catch(wrong);
	}

	async load() {
		const [routes, { outcomes }] = await Promise.all([this.routes ?? ask('/routes'), this.ask('/coverage')]);
		this.routes = routes;
		this.outcomes = new Map();
		for (const one of outcomes) this.outcomes.set(one.operation, [...this.outcomes.get(one.operation) ?? [], one]);
		this.draw();
	}

	draw() {
		const [api, kind, text] = [this.api.value, this.kind.value, this.search.value.toLowerCase()];
		if (this.outcomes.ready) note(this, { q: text, api, kind });
		this.outcomes.ready = true;
		let [met, all] = [0, 0];
		const lines = this.routes.filter((route) => !api || route.api === api).map((route) => {
			const found = (this.outcomes.get(route.operation) ?? []).map((one) => {
				const known = route.outcomes.find(({ outcome }) => outcome === one.outcome);
				return { ...one, known, kind: one.natural ? 'served' : one.injected ? 'injected' : 'never', name: known ? `${known.status} ${one.outcome}` : one.outcome };
			}).filter((one) => (!kind || one.kind === kind) && `${route.operation} ${one.name}`.toLowerCase().includes(text));
			const documented = found.filter((one) => one.documented);
			all += documented.length;
			met += documented.filter((one) => one.kind !== 'never').length;
			return found.length > 0 && h('div.line', { role: 'group', label: route.operation },
				h('a.name', { href: link('calls', { q: `op:${route.operation}` }) }, route.operation), h('div.cells', found.map((one) => this.cell(route, one))));
		}).filter(Boolean);
		fill(this.left, lines.length ? lines : muted('Nothing is like that.'));
		fill(this.count, `${count(met)} of ${count(all)} documented outcomes met`);
	}

	cell(route, one) {
		const times = one.natural + one.injected;
		const label = times ? `${one.name} ${count(times, 'time')}, ${one.kind}` : `${one.name}, ${one.kind}`;
		return button([one.name, times > 0 && ' ', times > 0 && h('b', times)], () => this.open(route, one), { class: `cell ${one.kind}${one.documented ? '' : ' extra'}`, label });
	}

	open(route, one) {
		const { known, outcome } = one;
		const id = slug(`${route.operation}.${outcome}`);
		const rule = { id, on: route.operation, do: { error: outcome } };
		const scenario = pretty({ scenario: 1, api: route.api, name: id, faults: [{ ...rule, at: { nth: 1 } }] });
		this.opened = id;
		this.show(
			[h('h2', one.name), h(`span.cell.${one.kind}`, one.kind)], h('p.target', h('b', route.method), ' ', route.path), route.about && h('p', route.about),
			terms([['operation', route.operation], ['message', known?.message], ['evidence', (known ?? route).evidence], ['source', (known ?? route).source],
				['served', count(one.natural, 'time')], ['injected', count(one.injected, 'time')]]),
			known ? [h('h3', 'A scenario that produces it'), code(scenario, 'Scenario'), row(
				copier('scenario', scenario), copier('fault rule', pretty(rule)),
				!readOnly && button('Answer so from now on', () => this.put(rule)))] : muted('A call of the operation that succeeds produces it.'),
		);
	}

	change() {}

	news() {
		this.later('news', 500, () => this.load().catch(wrong));
	}
}
