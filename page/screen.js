// The frame of a screen: a bar with a search, a list or a grid, and beside it what is opened.

import { go } from './app.js';
import { ask } from './api.js';
import { closer, fill, grow, h, row } from './dom.js';
import { List } from './list.js';

export class Screen {
	constructor(main, { world, params, title }, { hint, columns, list, left, extra = [], search }) {
		this.world = world;
		this.search = h('input', {
			type: 'search', placeholder: hint, label: `Search in ${title}`, oninput: () => this.later('typing', 150, search),
		});
		this.search.value = params.get('q') ?? '';
		this.count = h('p.count', { role: 'status' });
		this.detail = h('section.detail', { label: 'Details', hidden: true });
		this.list = list && new List(title, list);
		const head = columns && h('div.item.head', { 'aria-hidden': 'true' }, columns.map((name) => h('span', name)));
		this.left = left ?? h('div.left', head, this.list.element);
		this.split = h('div.split', this.left, this.detail);
		main.append(h('div.bar', h('h2.hear', title), this.search, this.count, extra), this.split);
		this.timers = {};
		this.turn = 0;
	}

	ask(about, method, body) {
		return ask(about, { world: this.world, method, body });
	}

	/** Puts a fault rule, and shows it. */
	async put(rule) {
		await this.ask('/faults', 'POST', { ...rule, id: undefined });
		go('scenario');
	}

	/** Waits for what is to be shown: null, when something else was opened or shut meanwhile. */
	async next(...asked) {
		const turn = (this.turn += 1);
		const answers = await Promise.all(asked).catch((error) => {
			if (turn === this.turn) throw error;
		});
		return turn === this.turn ? answers : null;
	}

	/** Shows nothing beside the list, nor what is still to come. */
	hide() {
		this.turn += 1;
		this.detail.hidden = true;
		this.opened = null;
	}

	/** Does something once, after a while. */
	later(name, ms, run) {
		clearTimeout(this.timers[name]);
		this.timers[name] = setTimeout(run, ms);
	}

	show(heading, ...children) {
		this.detail.hidden = false;
		const { scrollTop } = this.detail;
		fill(this.detail, row(heading, grow(), closer(() => this.escape())), children);
		this.detail.scrollTop = this.shown === this.opened ? scrollTop : 0;
		this.shown = this.opened;
	}

	escape() {
		this.hide();
		(this.list?.element ?? this.left).focus();
	}

	close() {
		this.turn += 1;
		Object.values(this.timers).forEach(clearTimeout);
		this.list?.close();
	}
}
