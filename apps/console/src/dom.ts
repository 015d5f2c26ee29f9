// SPDX-License-Identifier: EUPL-1.2

/** What an element may contain; texts become text nodes, never markup. */
export type Child = Node | string | undefined;

/** Attributes of an element; `onclick` and its like are listeners, `true` a bare attribute, `false` and `undefined` none. */
export type Attributes = Readonly<Record<string, string | boolean | undefined | ((event: Event) => void)>>;

/** Makes an element. The only way in which the console puts data on the page: as text and attribute values. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.replace(/^on/, ''), value);
    else if (value === true) element.setAttribute(name, '');
    else if (typeof value === 'string') element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** Replaces what is in an element; the focus stays on the element with the same id. */
export function fill(container: Element, ...children: readonly Child[]): void {
  const focused = container.contains(document.activeElement) ? document.activeElement?.id : undefined;
  container.replaceChildren(...children.filter((child) => child !== undefined));
  if (focused !== undefined && focused !== '') document.getElementById(focused)?.focus();
}

/** Says something to those who do not see the page change. */
export function announce(text: string): void {
  const announcer = document.getElementById('announcer');
  if (announcer !== null) announcer.textContent = text;
}

/** A button of the design system. */
export function button(
  label: string,
  onclick: () => void,
  more: Attributes & { readonly look?: 'primary' | 'secondary' | 'tertiary' } = {},
): HTMLElement {
  const { look = 'secondary', ...attributes } = more;
  return h(
    'button',
    { type: 'button', class: `kern-btn kern-btn--${look} compact`, onclick, ...attributes },
    h('span', { class: 'kern-label' }, label),
  );
}

/** A word with a colour that means something. */
export function badge(label: string, tone: 'success' | 'info' | 'warning' | 'danger' | 'neutral'): HTMLElement {
  const look = tone === 'neutral' ? 'neutral' : `kern-badge--${tone}`;
  return h('span', { class: `kern-badge kern-badge--small ${look}` }, h('span', { class: 'kern-label' }, label));
}

/** A table with a caption for screen readers; the first cell of a row is its heading. */
export function dataTable(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly Child[])[],
  numeric: readonly number[] = [],
): HTMLElement {
  const kind = (column: number): Attributes => (numeric.includes(column) ? { class: 'number' } : {});
  const headings = head.map((label, column) => h('th', { scope: 'col', ...kind(column) }, label));
  const body = rows.map((cells) =>
    h('tr', {}, ...cells.map((cell, column) => (column === 0 ? h('th', { scope: 'row' }, cell) : h('td', kind(column), cell)))),
  );
  return h(
    'div',
    // Scrolls sideways on narrow screens: has to be reachable by keyboard.
    { class: 'table-scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    h('table', {}, h('caption', {}, caption), h('thead', {}, h('tr', {}, ...headings)), h('tbody', {}, ...body)),
  );
}
