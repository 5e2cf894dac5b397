// Elements from data. Everything that is shown goes in as a text node, never as markup.

/**
 * Makes an element of a name with classes (`p.muted`), attributes, which may be left out (`on…`: listeners, `label`: what is
 * read aloud), and children: text or elements, nested as they like.
 */
export function h(name, props, ...children) {
	const [tag, ...classes] = name.split('.');
	const element = document.createElement(tag);
	if (classes.length) element.className = classes.join(' ');
	if (tag === 'button') element.type = 'button';
	if (tag === 'input' || tag === 'textarea') Object.assign(element, { autocomplete: 'off', spellcheck: false });
	const isProps = props?.constructor === Object;
	for (const [key, value] of Object.entries(isProps ? props : {})) {
		if (value === null || value === undefined || value === false) continue;
		if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
		else element.setAttribute(key === 'label' ? 'aria-label' : key, value === true ? '' : value);
	}
	put(element, isProps ? children : [props, ...children]);
	return element;
}

/** Makes an element of a picture. */
export function svg(tag, props, ...children) {
	const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
	for (const [name, value] of Object.entries(props)) element.setAttribute(name, value);
	put(element, children);
	return element;
}

function put(element, children) {
	for (const child of children.flat(9)) {
		if (child === null || child === undefined || child === false) continue;
		element.append(child instanceof Node ? child : visible(child));
	}
}

export function fill(element, ...children) {
	element.replaceChildren();
	put(element, children);
}

/** Spells out what turns the direction of writing, or has no shape. */
export const visible = (text) => String(text).replace(
	/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g,
	(letter) => `\\u${letter.codePointAt(0).toString(16).padStart(4, '0')}`,
);

export function say(text, isWrong) {
	const said = document.getElementById('said');
	clearTimeout(say.timer);
	fill(said, h(isWrong ? 'p.wrong' : 'p', text));
	say.timer = setTimeout(() => fill(said), isWrong ? 12000 : 4000);
}

export const words = (error) => [error.message, error.hint].filter(Boolean).join(' ');
export const wrong = (error) => say(words(error), true);

/** A button; what goes wrong is said. */
export const button = (label, run, props) => h('button', {
	...props, onclick: async (event) => {
		try {
			await run(event);
		} catch (error) {
			wrong(error);
		}
	},
}, label);

export const closer = (run) => button('✕', run, { class: 'quiet', label: 'Close' });
export const row = (...children) => h('div.row', children);
export const muted = (...text) => h('p.muted', text);
export const tag = (kind, ...text) => h(`span.tag.${kind}`, text);
export const grow = () => h('span.grow');
export const count = (n, one) => `${n.toLocaleString('en')}${one ? ` ${one}${n === 1 ? '' : 's'}` : ''}`;
export const region = (name, label, ...children) => h(name, { tabindex: 0, role: 'region', label }, children);
export const choice = (label, options, onchange) => h('select', { label, onchange }, options.map(([value, name]) => h('option', { value }, name)));

/** Names, and values where there are any. */
export const terms = (pairs, kind = 'dl') => h(kind, pairs.filter(([, value]) => value).map(([name, value]) => [h('dt', name), h('dd', value)]));

export function dialog(title, ...children) {
	const box = h('dialog', { label: title }, h('h2', title), children, h('p.row.end', button('Close', () => box.close())));
	const before = document.activeElement;
	box.addEventListener('close', () => {
		box.remove();
		before?.focus?.();
	});
	document.body.append(box);
	box.showModal();
	return box;
}

/** A button that copies a text, or shows it to be copied by hand. */
export const copier = (label, text) => button(`Copy ${label}`, async () => {
	try {
		await navigator.clipboard.writeText(text);
		say(`Copied ${label}`);
	} catch {
		const area = h('textarea', { rows: 8, readonly: true, label });
		area.value = text;
		dialog(label, area);
		area.select();
	}
});

export const bytes = (n) => (n < 1024 ? `${n} B` : n < 1048576 ? `${(n / 1024).toFixed(1)} kB` : `${(n / 1048576).toFixed(1)} MB`);
export const slug = (operation) => operation.split('.').slice(1).join('-').toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
export const pretty = (value) => (typeof value === 'string' ? value : JSON.stringify(value, null, 2));

const SHOWN = 50000;

/** A text in a box, the rest of a long one on demand. */
export function code(text, label) {
	const box = region('pre', label, text.slice(0, SHOWN));
	if (text.length <= SHOWN) return box;
	const more = button(`Show all of ${bytes(text.length)}`, () => {
		fill(box, text);
		more.remove();
		box.focus();
	});
	return h('div', box, more);
}
