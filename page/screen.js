// The frame of a screen: a bar with a search, a list or a grid, and beside it what is opened.

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
		this.detail.hidden = true;
		this.opened = null;
		(this.list?.element ?? this.left).focus();
	}

	close() {
		Object.values(this.timers).forEach(clearTimeout);
		this.list?.close();
	}
}
