// SPDX-License-Identifier: EUPL-1.2
import { IntakeRejection, readXml, type XmlElement } from '@amtsbote/adapter-kit';

import { SchemaUnreadable } from './data-schema.js';

/*
 * XDatenfelder 2.0 and 3.x (FIM): a Stammdatenschema, a Datenfeldgruppe or a Datenfeld, read as far as a form can be judged by it. Rules are
 * scripts and free text in these files; they are not carried out.
 */

/** How often something may be there; `max` null: without limit. */
export interface Count {
  readonly min: number;
  readonly max: number | null;
}
/** What a field's value has to be like. */
export interface FieldConstraints {
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minValue?: string;
  readonly maxValue?: string;
  /** As the schema says it; matches the whole value. */
  readonly pattern?: RegExp;
  /** Codes that the schema itself lists; empty: any. */
  readonly codes: readonly string[];
}
export interface SchemaField {
  readonly kind: 'field';
  readonly id: string;
  readonly name: string;
  readonly count: Count;
  /** `text`, `num_int`, `date`, …: the code as it stands there. */
  readonly dataType: string;
  readonly constraints: FieldConstraints;
}
export interface SchemaGroup {
  readonly kind: 'group';
  readonly id: string;
  readonly name: string;
  readonly count: Count;
  readonly nodes: readonly SchemaNode[];
}
export type SchemaNode = SchemaField | SchemaGroup;

/** A schema file. */
export interface Xdatenfelder {
  readonly id: string;
  readonly version: string;
  readonly standard: '2' | '3';
  readonly nodes: readonly SchemaNode[];
  /** Rules that stand there and are not carried out. */
  readonly rules: number;
}

const NAMESPACES: readonly (readonly [RegExp, '2' | '3'])[] = [
  [/^urn:xoev-de:fim:standard:xdatenfelder_2(?:\.0)?$/, '2'],
  [/^urn:xoev-de:fim:standard:xdatenfelder_3\.\d+(?:\.\d+)?$/, '3'],
];
const ROOT = /^xdatenfelder\.(stammdatenschema|datenfeldgruppe|datenfeld)\.\d{4}$/;
/** Children that may come several times; every other comes once. */
const REPEATED = new Set(['regel', 'struktur', 'stichwort', 'relation', 'bezug', 'dokumentsteckbrief', 'mediaType', 'inhalt', 'wert', 'konvertierung']);
/** Elements whose children are known to the last: something else in them is a mistake. */
const CLOSED: Readonly<Record<string, readonly string[]>> = {
  identifikation: ['id', 'version'],
  struktur: ['anzahl', 'bezug', 'enthaelt'],
  enthaelt: ['datenfeld', 'datenfeldgruppe'],
  feldart: ['code', 'name'],
  datentyp: ['code', 'name'],
  freigabestatus: ['code', 'name'],
};
/** 1 in Planung … 8 vorgesehen zum Löschen (Codeliste xdatenfelder.freigabestatus). */
const RELEASE_STATES = ['1', '2', '3', '4', '5', '6', '7', '8'];
const COUNT = /^(\d{1,6}):(\d{1,6}|\*)$/;
const FIELD_KINDS = ['input', 'select', 'label', 'hidden', 'locked'];
const NODES_MAX = 20_000;

/** @throws SchemaUnreadable with the place, for what is no XML or no XDatenfelder of a known version. */
export function readXdatenfelder(bytes: Uint8Array): Xdatenfelder {
  const root = rootOf(bytes);
  const standard = NAMESPACES.find(([pattern]) => pattern.test(root.uri))?.[1];
  const kind = ROOT.exec(root.name)?.[1];
  if (standard === undefined || kind === undefined)
    throw new SchemaUnreadable('expects a Stammdatenschema, Datenfeldgruppe or Datenfeld of XDatenfelder 2 or 3');
  const reader = new Reader(root.uri);
  reader.check(root, root.name);
  const subject = reader.only(root, kind, root.name);
  const { id, version } = reader.identity(subject, kind);
  const nodes = kind === 'stammdatenschema' ? reader.structure(subject, kind) : [reader.node(subject, { min: 0, max: 1 }, kind)];
  return { id, version, standard, nodes, rules: reader.rules };
}

function rootOf(bytes: Uint8Array): XmlElement {
  try {
    return readXml(bytes);
  } catch (error) {
    if (!(error instanceof IntakeRejection)) throw error;
    throw new SchemaUnreadable(`${error.detail} (${error.place ?? ''})`);
  }
}

class Reader {
  rules = 0;
  private count = 0;

  constructor(private readonly uri: string) {}

  /** Everything below: nothing that may come once comes twice, nothing stands where it does not belong. */
  check(element: XmlElement, place: string): void {
    const seen = new Set<string>();
    const known = CLOSED[element.name];
    for (const child of element.children) {
      const at = `${place}/${child.name}`;
      if (child.uri !== this.uri && child.uri !== '') throw new SchemaUnreadable(`${at}: is of another namespace`);
      if (known !== undefined && !known.includes(child.name)) throw new SchemaUnreadable(`${at}: does not belong there`);
      const mayRepeat = REPEATED.has(child.name) || element.name === 'enthaelt';
      if (seen.has(child.name) && !mayRepeat) throw new SchemaUnreadable(`${at}: occurs twice`);
      seen.add(child.name);
      if (child.name === 'regel') this.rules += 1;
      this.check(child, at);
    }
    if (element.name === 'freigabestatus' && !RELEASE_STATES.includes(codeOf(element)))
      throw new SchemaUnreadable(`${place}: is no Freigabestatus`);
  }

  only(element: XmlElement, name: string, place: string): XmlElement {
    const [child] = element.children.filter((one) => one.name === name);
    if (child === undefined) throw new SchemaUnreadable(`${place}: ${name} is missing`);
    return child;
  }

  identity(element: XmlElement, place: string): { id: string; version: string } {
    const identification = this.only(element, 'identifikation', place);
    const id = this.only(identification, 'id', `${place}/identifikation`).text.trim();
    if (id === '') throw new SchemaUnreadable(`${place}/identifikation/id: is empty`);
    const version = identification.children.find(({ name }) => name === 'version')?.text.trim() ?? '';
    return { id, version };
  }

  structure(element: XmlElement, place: string): SchemaNode[] {
    return element.children
      .filter(({ name }) => name === 'struktur')
      .flatMap((structure, index) => {
        const at = `${place}/struktur[${index}]`;
        const count = countOf(this.only(structure, 'anzahl', at).text.trim(), at);
        return this.only(structure, 'enthaelt', at).children.map((child) => this.node(child, count, `${at}/${child.name}`));
      });
  }

  node(element: XmlElement, count: Count, place: string): SchemaNode {
    this.count += 1;
    if (this.count > NODES_MAX) throw new SchemaUnreadable(`has more than ${NODES_MAX} fields and groups`);
    const { id } = this.identity(element, place);
    const name = this.only(element, 'name', place).text.trim();
    if (element.name === 'datenfeldgruppe') return { kind: 'group', id, name, count, nodes: this.structure(element, place) };
    const kind = codeOf(this.only(element, 'feldart', place));
    if (!FIELD_KINDS.includes(kind)) throw new SchemaUnreadable(`${place}/feldart: "${kind.slice(0, 50)}" is unknown`);
    const dataType = codeOf(this.only(element, 'datentyp', place));
    // A label asks nothing: its text stands in the schema.
    const asked = kind === 'label' ? { min: 0, max: null } : count;
    return { kind: 'field', id, name, count: asked, dataType, constraints: constraintsOf(element, kind, place) };
  }
}

function codeOf(element: XmlElement): string {
  return element.children.find(({ name }) => name === 'code')?.text.trim() ?? '';
}

function countOf(text: string, place: string): Count {
  const [, min = '', max = ''] = COUNT.exec(text) ?? [];
  if (min === '') throw new SchemaUnreadable(`${place}/anzahl: expects min:max`);
  return { min: Number(min), max: max === '*' ? null : Number(max) };
}

function constraintsOf(element: XmlElement, kind: string, place: string): FieldConstraints {
  const said = element.children.find(({ name }) => name === 'praezisierung');
  const codes =
    kind === 'select'
      ? element.children.filter(({ name }) => name === 'werte').flatMap(({ children }) => children.map(codeOf).filter((code) => code !== ''))
      : [];
  if (said === undefined) return { codes };
  const words = said.attributes.length > 0 ? Object.fromEntries(said.attributes.map(({ name, value }) => [name, value])) : wordsOf(said.text, place);
  const number = (name: string): number | undefined => {
    const value = words[name];
    if (value === undefined || value === '') return undefined;
    if (!/^\d{1,9}$/.test(value)) throw new SchemaUnreadable(`${place}/praezisierung: ${name} is no number`);
    return Number(value);
  };
  const [minLength, maxLength] = [number('minLength'), number('maxLength')];
  const { minValue, maxValue, pattern } = words;
  return {
    codes,
    ...(minLength === undefined ? {} : { minLength }),
    ...(maxLength === undefined ? {} : { maxLength }),
    ...(minValue === undefined || minValue === '' ? {} : { minValue }),
    ...(maxValue === undefined || maxValue === '' ? {} : { maxValue }),
    ...(pattern === undefined || pattern === '' ? {} : { pattern: patternOf(pattern, place) }),
  };
}

/** XDatenfelder 2 writes them as JSON into the text; free text there says nothing that could be checked. */
function wordsOf(text: string, place: string): Record<string, string> {
  if (!text.trim().startsWith('{')) return {};
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value !== 'object' || value === null) return {};
    return Object.fromEntries(Object.entries(value).map(([name, word]) => [name, typeof word === 'string' ? word : String(word)]));
  } catch {
    throw new SchemaUnreadable(`${place}/praezisierung: is no JSON`);
  }
}

function patternOf(pattern: string, place: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u');
  } catch {
    throw new SchemaUnreadable(`${place}/praezisierung: the pattern cannot be read`);
  }
}
