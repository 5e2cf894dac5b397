// A list of which only what is on screen is there: ten thousand rows cost as much as forty.

import { fill, h } from './dom.js';

const [ROW, BEYOND] = [34, 6];

/**
 * A list box. `draw(n)` gives the content of a row, `need(from, to)` hears which are on screen, `open(n)` follows Enter and a
 * click; `key(n)` names a row for ever and `place(key)` finds it.
 */
export class List {
	constructor(label, rows) {
		Object.assign(this, { rows, size: 0, chosen: -1, key: null });
		this.box = h('div.rows');
		this.space = h('div.space', this.box);
		this.element = h('div.list', {
			role: 'listbox', tabindex: 0, label, onscroll: () => this.later(), onclick: (event) => this.point(event), onkeydown: (event) => this.press(event),
		}, this.space);
		this.observer = new ResizeObserver(() => this.later());
		this.observer.observe(this.element);
	}

	/** Takes another number of rows; `isFresh`: they are others. */
	resize(size, isFresh) {
		const [grown, top] = [size - this.size, this.element.scrollTop];
		this.size = size;
		this.space.style.height = `${size * ROW}px`;
		if (isFresh) this.element.scrollTop = 0;
		// What is being read stays where it is.
		else if (grown > 0 && top > ROW && this.rows.newestFirst) this.element.scrollTop = top + grown * ROW;
		if (this.key !== null) this.chosen = this.rows.place(this.key);
		this.later();
	}

	/** Draws with the next frame, once. */
	later() {
		this.frame ??= requestAnimationFrame(() => {
			this.frame = null;
			this.draw();
		});
	}

	draw() {
		const { scrollTop, clientHeight } = this.element;
		const from = Math.max(0, Math.floor(scrollTop / ROW) - BEYOND);
		const to = Math.min(this.size, Math.ceil((scrollTop + clientHeight) / ROW) + BEYOND);
		const id = (n) => `${this.rows.name}-${n}`;
		this.box.style.transform = `translateY(${from * ROW}px)`;
		this.rows.need(from, to);
		fill(this.box, Array.from({ length: Math.max(0, to - from) }, (_, at) => at + from).map((n) => h(n === this.chosen ? 'div.item.chosen' : 'div.item', {
			role: 'option', id: id(n), 'aria-selected': String(n === this.chosen), 'aria-setsize': this.size, 'aria-posinset': n + 1,
		}, this.rows.draw(n))));
		if (this.chosen >= from && this.chosen < to) this.element.setAttribute('aria-activedescendant', id(this.chosen));
		else this.element.removeAttribute('aria-activedescendant');
	}

	choose(n) {
		if (!this.size) return;
		this.chosen = Math.max(0, Math.min(this.size - 1, n));
		this.key = this.rows.key(this.chosen);
		const [top, { scrollTop, clientHeight }] = [this.chosen * ROW, this.element];
		if (top < scrollTop) this.element.scrollTop = top;
		else if (top + ROW > scrollTop + clientHeight) this.element.scrollTop = top + ROW - clientHeight;
		this.draw();
	}

	open(n) {
		this.choose(n);
		this.rows.open(this.chosen);
	}

	/** By place: the row that was pressed may have been drawn anew. */
	point({ clientY }) {
		const n = Math.floor((clientY - this.element.getBoundingClientRect().top + this.element.scrollTop) / ROW);
		if (n < this.size) this.open(n);
	}

	press(event) {
		const page = Math.max(1, Math.floor(this.element.clientHeight / ROW) - 1);
		const to = { ArrowDown: this.chosen + 1, ArrowUp: this.chosen - 1, PageDown: this.chosen + page, PageUp: this.chosen - page, Home: 0, End: this.size - 1 }[event.key];
		if (to === undefined && event.key !== 'Enter') return;
		event.preventDefault();
		if (to !== undefined) this.choose(to);
		else if (this.chosen >= 0) this.open(this.chosen);
	}

	close() {
		this.observer.disconnect();
	}
}
