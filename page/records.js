// The records of a world, as an administrator sees and changes them.

import { link, note } from './app.js';
import { query, readOnly } from './api.js';
import { button, count, dialog, fill, h, muted, pretty, row, say, tag, words, wrong } from './dom.js';
import { Screen } from './screen.js';

const PAGE = 100;

const path = ({ name }, id) => `/data/${encodeURIComponent(name)}${id ? `/${encodeURIComponent(id)}` : ''}`;

export class Records extends Screen {
	constructor(main, at) {
		super(main, at, {
			hint: 'Text in the records', search: () => this.fresh().catch(wrong), columns: ['id', 'name'],
			extra: !readOnly && button('New record', () => this.edit(this.one)),
			list: {
				name: 'record', draw: (n) => this.row(n), need: (from, to) => this.need(from, to), open: (n) => this.choose(n).catch(wrong),
				key: (n) => this.id(n), place: () => this.list.chosen,
			},
		});
		this.pages = new Map();
		this.nav = h('ul.plain.collections', { label: 'Collections' });
		this.split.classList.add('three');
		this.split.prepend(this.nav);
		this.load().then(() => this.change(at.params)).catch(wrong);
	}

	async load() {
		this.collections = await this.ask('/collections');
		if (this.one) this.one = this.collections.find((one) => one.name === this.one.name);
	}

	async change(params) {
		const before = this.one?.name;
		this.one = this.collections.find((one) => one.name === params.get('c')) ?? this.one ?? this.collections.find((one) => one.records) ?? this.collections[0];
		fill(this.nav, this.collections.map((one) => h('li', h('a', { href: link('records', { c: one.name }), 'aria-current': one === this.one && 'true' }, one.name, ' ', h('span.muted', count(one.records))))));
		if (before !== this.one.name) await this.fresh();
		const id = params.get('id');
		if (id) await this.open(id).catch(wrong);
		else this.hide();
	}

	async fresh() {
		const [text, { name, records }] = [this.search.value, this.one];
		const found = text ? await this.ask(`${path(this.one)}${query({ text, limit: 2000 })}`) : null;
		if (name !== this.one.name || text !== this.search.value) return;
		this.pages = new Map();
		for (let at = 0; at < (found?.length ?? 0); at += PAGE) this.pages.set(at / PAGE, found.slice(at, at + PAGE));
		const size = found?.length ?? records;
		fill(this.count, `${found ? `${count(size)} of ` : ''}${count(records, 'record')} of ${name}`);
		this.list.resize(size, true);
	}

	record(n) {
		return this.pages.get(Math.floor(n / PAGE))?.[n % PAGE];
	}

	id(n) {
		return this.record(n)?.[this.one.id_field];
	}

	need(from, to) {
		const { pages } = this;
		for (let page = Math.floor(from / PAGE); page * PAGE < to; page += 1) {
			if (pages.has(page)) continue;
			pages.set(page, []);
			pages.get(page).asked = this.ask(`${path(this.one)}${query({ skip: page * PAGE, limit: PAGE })}`).then((found) => {
				pages.set(page, found);
				this.list.later();
			}).catch(wrong);
		}
	}

	/** Opens a row, when its record has come. */
	async choose(n) {
		const { pages } = this;
		if (await this.next(pages.get(Math.floor(n / PAGE))?.asked) && pages === this.pages) await this.open(this.id(n));
	}

	row(n) {
		const one = this.record(n);
		if (!one) return h('span.muted', '…');
		const name = one.name ?? one.title ?? one.display_name ?? one.message ?? [one.first_name, one.last_name].filter(Boolean).join(' ');
		return [h('span.id', this.id(n)), h('span.op', pretty(name))];
	}

	async open(id) {
		if (!id) return;
		const { one } = this;
		const [record] = await this.next(this.ask(path(one, id))) ?? [];
		if (!record) return;
		note(this, { c: one.name, id });
		this.opened = id;
		const field = (name) => one.fields.find((known) => known.name === name);
		const value = (name, held) => {
			const c = field(name)?.refers_to;
			const shown = (text) => (c && typeof text === 'string' ? h('a', { href: link('records', { c, id: text }) }, text) : h('code', pretty(text)));
			return c && Array.isArray(held) ? held.map((text) => h('div', shown(text))) : shown(held);
		};
		const act = (label, method, part, about) => button(label, async () => {
			const made = await this.ask(path(one, id) + part, method);
			say(about);
			await this.again(one, made);
		});
		this.show(
			h('h2', id), muted(`${one.title} of ${one.name}`),
			!readOnly && row(button('Edit', () => this.edit(one, record, id)), act('Recreate', 'POST', '/recreate', 'Made again, with a new id'), act('Delete', 'DELETE', '', 'Deleted')),
			h('dl', Object.entries(record).map(([name, held]) => [
				h('dt', name, (field(name)?.hidden || name.startsWith('standin_')) && [' ', tag('open', 'hidden')]), h('dd', value(name, held))])),
		);
	}

	/** Shows a collection as it has become, and the record that was made in it. */
	async again({ name, id_field: field }, made) {
		await this.load();
		if (name !== this.one.name) return;
		await this.fresh();
		await this.change(new URLSearchParams({ c: name, ...(made && { id: made[field] }) }));
	}

	/** Sends what was changed as a merge patch: what the API refuses, it refuses with its reason. */
	edit(one, record = {}, id) {
		const area = h('textarea', { rows: 18, label: 'Record as JSON' });
		area.value = pretty(record);
		const said = h('p.wrong', { role: 'alert' });
		const save = button('Save', async () => {
			try {
				const wanted = JSON.parse(area.value);
				const names = [...Object.keys(record), ...Object.keys(wanted)].filter((name) => pretty(record[name]) !== pretty(wanted[name]));
				const body = Object.fromEntries(names.map((name) => [name, wanted[name] ?? null]));
				const done = await this.ask(path(one, id), id ? 'PATCH' : 'POST', body);
				box.close();
				say(id ? 'Changed' : 'Made');
				await this.again(one, done);
			} catch (error) {
				fill(said, words(error));
			}
		}, { class: 'main' });
		const box = dialog(id ? `Edit ${id}` : `New record of ${one.name}`, area, said, save);
		area.focus();
	}

	escape() {
		super.escape();
		note(this, { c: this.one.name });
	}
}
