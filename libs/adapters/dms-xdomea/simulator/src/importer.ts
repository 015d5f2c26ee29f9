// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';

import type { DmsContents, FiledAkte, FiledDocument, FiledVorgang } from '@amtsbote/adapter-kit/testing';

import { allOf, at, faultsOf, type Node, readXml } from './message-reader.js';
import { readZip } from './zip-reader.js';

/** A ZIP that lies, or lay, in the folder. */
export interface DroppedZip {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Media types of the code list that the simulated DMS knows. */
const FORMATS: Readonly<Record<string, string>> = { '045': 'text/plain' };

/** What is wrong with a ZIP, as a strict DMS would log it; empty when it is imported. */
export function refusalsOf({ name, bytes }: DroppedZip): string[] {
  const stem = name.replace(/\.zip$/, '');
  const entries = readZip(bytes);
  const xml = entries.find((entry) => entry.name === `${stem}.xml`);
  if (xml === undefined) return [`there is no ${stem}.xml in ${name}`];
  const message = readXml(xml.content.toString('utf8'));
  const listed = allOf(message, 'Dateiname').map(({ text }) => text);
  const held = entries.map((entry) => entry.name).filter((one) => one !== `${stem}.xml`);
  const differences = [
    ...listed.filter((one) => !held.includes(one)).map((one) => `${one} is listed and not there`),
    ...held.filter((one) => !listed.includes(one)).map((one) => `${one} is there and not listed`),
    ...listed.filter((one, index) => listed.indexOf(one) !== index).map((one) => `${one} is listed twice`),
  ];
  return [...faultsOf(message), ...differences];
}

type Filed = FiledVorgang & { documents: FiledDocument[] };

/** Akten, Vorgänge and documents as the DMS has them after it imported every ZIP once, joined by their ids. */
export function imported(zips: readonly DroppedZip[], strays: number, changes: number): DmsContents {
  const akten = new Map<string, { title: string; vorgaenge: Map<string, Filed> }>();
  for (const zip of zips) {
    const entries = readZip(zip.bytes);
    const message = readXml(entries.find(({ name }) => name.endsWith('.xml'))?.content.toString('utf8') ?? '');
    const files = new Map(entries.map(({ name, content }) => [name, content]));
    for (const akte of allOf(message, 'Akte')) {
      const known = akten.get(idOf(akte)) ?? { title: titleOf(akte), vorgaenge: new Map<string, Filed>() };
      akten.set(idOf(akte), known);
      for (const vorgang of allOf(akte, 'Vorgang')) {
        const held = known.vorgaenge.get(idOf(vorgang)) ?? {
          ...{ id: idOf(vorgang), title: titleOf(vorgang) },
          ...{ properties: propertiesOf(vorgang), documents: [] },
        };
        known.vorgaenge.set(idOf(vorgang), held);
        held.documents.push(...allOf(vorgang, 'Dokument').map((document) => documentOf(document, files)));
      }
    }
  }
  const filed: FiledAkte[] = [...akten].map(([id, { title, vorgaenge }]) => ({ id, title, vorgaenge: [...vorgaenge.values()] }));
  return { akten: filed, strays: strays + zips.filter((zip) => refusalsOf(zip).length > 0).length, changes };
}

function documentOf(document: Node, files: ReadonlyMap<string, Buffer>): FiledDocument {
  const format = at(document, 'Version', 'Format');
  const primary = format === undefined ? undefined : at(format, 'Primaerdokument');
  const content = files.get(textAt(primary, 'Dateiname')) ?? Buffer.alloc(0);
  const code = textAt(format, 'Name', 'code');
  return {
    id: idOf(document),
    fileName: titleOf(document),
    originalName: textAt(primary, 'DateinameOriginal'),
    mediaType: FORMATS[code] ?? textAt(format, 'SonstigerName'),
    size: content.length,
    sha512: createHash('sha512').update(content).digest('hex'),
  };
}

function idOf(object: Node): string {
  return at(object, 'Identifikation')?.children[0]?.text ?? '';
}
function titleOf(object: Node): string {
  return textAt(object, 'AllgemeineMetadaten', 'Betreff');
}
function textAt(node: Node | undefined, ...path: readonly string[]): string {
  return node === undefined ? '' : (at(node, ...path)?.text ?? '');
}
function propertiesOf(object: Node): Record<string, string> {
  const fields = at(object, 'AnwendungsspezifischeErweiterung')?.children.filter(({ name }) => name === 'Feld') ?? [];
  return Object.fromEntries(fields.map((field) => [textAt(field, 'Name'), textAt(field, 'Wert')]));
}
