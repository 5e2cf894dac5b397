// The timeline of a scenario: what was to happen, and what did.

import { link } from './app.js';
import { ask, query } from './api.js';
import { count, fill, h, muted, region, svg, tag, wrong } from './dom.js';
import { checks } from './worlds.js';

const [WIDTH, LEFT, LINE, MARKS] = [900, 150, 26, 2000];

export class Scenario {
	constructor(main, { world }) {
		this.world = world;
		this.box = h('div.page');
		main.append(this.box);
		this.load().catch(wrong);
	}

	async load() {
		const { world } = this;
		const get = (path, parts = {}) => ask(path + query(parts), { world });
		const [state, plan, struck, missed] = await Promise.all([get('/scenario', { checks: true }), get('/scenario/explain'),
			get('/journal', { is: 'fault', limit: MARKS }), get('/journal', { is: 'miss', only: 'numbers' })]);
		fill(this.box, this.view(state, plan.steps, struck.entries, missed.numbers.slice(0, MARKS), missed.next));
	}

	view(state, steps, struck, misses, calls) {
		const rules = state.rules ?? [];
		if (!state.scenario && !rules.length) {
			return [h('h2', 'No scenario is played in this world'), h('p', 'Load a ready-made one ', h('a', { href: link('worlds') }, 'in Worlds'), ', or start with standin serve --scenario FILE.')];
		}
		const planned = new Set(steps.flatMap((step) => step.rules.map((rule) => rule.id)));
		const added = rules.filter((rule) => !planned.has(rule.id)).map((rule) => ({ ...rule, on: rule.on.join(', ') }));
		return [
			h('h2', state.scenario ?? 'Fault rules, without a scenario'), state.about && muted(state.about),
			h('p', state.step ? ['Now in step ', h('b', state.step), ', after '] : 'After ', count(calls, 'call'), '.'), this.picture(state, rules, struck, misses, calls),
			added.length > 0 && [h('h3', 'Rules put by hand'), this.table(added, rules)], steps.map((step) => this.step(step, state, rules)),
			checks(state),
		];
	}

	/** Steps as bands and rules as lines over the calls. */
	picture({ entered = [] }, rules, struck, misses, calls) {
		const last = Math.max(calls, 10);
		const x = (call) => LEFT + ((WIDTH - LEFT - 20) * call) / last;
		const lines = [...rules.map(({ id }) => [id, struck.filter(({ rule }) => rule === id).map(({ n }) => n), 'mark']), ...(misses.length ? [['not modelled', misses, 'mark miss']] : [])];
		const height = LINE * (lines.length + 2) + 8;
		return region('div.scroll', 'Timeline', svg('svg', { viewBox: `0 0 ${WIDTH} ${height}`, role: 'img', 'aria-label': `Timeline of ${count(calls, 'call')}`, class: 'timeline' },
			entered.map(({ name, call }, n) => [
				svg('rect', { x: x(call), y: 2, width: Math.max(2, x(entered[n + 1]?.call ?? calls) - x(call)), height: height - LINE, class: `band band-${n % 2}` }),
				svg('text', { x: x(call) + 6, y: 19, class: 'step' }, name)]),
			lines.map(([name, marks, kind], n) => {
				const y = LINE * (n + 1) + 14;
				return [svg('text', { x: LEFT - 10, y: y + 4, class: 'label' }, name.length > 20 ? `${name.slice(0, 19)}…` : name),
					svg('line', { x1: LEFT, x2: WIDTH - 20, y1: y, y2: y, class: 'axis' }),
					marks.map((call) => svg('circle', { cx: x(call), cy: y, r: 4.5, class: kind }, svg('title', {}, `call ${call}`)))];
			}),
			[0, 1, 2, 3, 4].map((n) => Math.round((last * n) / 4)).map((call) => svg('text', { x: x(call), y: height - 6, class: 'tick' }, call))));
	}

	step({ name, about, from, data, rules: planned }, { entered = [] }, rules) {
		const times = entered.filter((one) => one.name === name).map(({ call }) => (call ? `at call ${call}` : 'at the start'));
		return [
			name && [h('h3', `Step ${name} `, times.length ? tag('good', `entered ${times.join(', ')}`) : tag('open', 'not entered')), muted(`From: ${from.join(' · ')}`)],
			about && h('p', about), data.length > 0 && h('ul', data.map((change) => h('li', change))), planned.length > 0 && this.table(planned, rules),
		];
	}

	table(planned, rules) {
		return region('div.scroll', 'Fault rules', h('table', h('thead', h('tr', ['rule', 'on', 'forecast', 'effect', 'matched', 'fired'].map((name) => h('th', { scope: 'col' }, name)))),
			h('tbody', planned.map(({ id, on, calls, effect }) => {
				const { matched, fired, optional } = rules.find((rule) => rule.id === id) ?? { matched: 0, fired: 0 };
				return h('tr', h('th', { scope: 'row' }, h('a', { href: link('calls', { q: `rule:${id}` }) }, id)), [on, calls, effect, matched].map((text) => h('td', text)),
					h('td', fired ? h('b', fired) : optional ? '0, may stay so' : 0));
			}))));
	}

	news() {
		clearTimeout(this.timer);
		this.timer = setTimeout(() => this.load().catch(wrong), 400);
	}

	close() {
		clearTimeout(this.timer);
	}
}
