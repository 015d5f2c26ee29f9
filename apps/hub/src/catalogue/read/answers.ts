// SPDX-License-Identifier: EUPL-1.2
import { createHash } from 'node:crypto';

import { type CatalogueObject, titleOf } from '@amtsbote/canonical';
import type { FastifyReply, FastifyRequest } from 'fastify';

import { type Labels, labelsOf, type ReaderLanguage } from '../labels/labels.js';
import { languageOf } from '../labels/language.js';
import { type Competent, type CompetentSubject, nameIn } from './competence.js';
import type { ObjectView } from './objects.js';
import type { View } from './views.js';

const HOUR_MS = 3_600_000;

/** An object as readers get it: with its name and the meaning of its codes in their language. */
export interface LabelledObject extends ObjectView {
  readonly name: string | null;
  readonly labels: Labels;
}

/** Somebody competent, with the name of the role. */
export interface LabelledSubject extends CompetentSubject {
  readonly roleLabel: string | null;
}

/** A language for this reader; the answer says which, and that it depends on the question. */
export function negotiate(asked: ReaderLanguage | undefined, request: FastifyRequest, reply: FastifyReply): ReaderLanguage {
  const language = languageOf(asked, request.headers['accept-language']);
  void reply.header('content-language', language).header('vary', 'accept-language');
  return language;
}

/** Pure. */
export function labelled(found: ObjectView, language: ReaderLanguage): LabelledObject {
  return { ...found, name: nameOf(found.object, language), labels: labelsOf(found.object, language) };
}

/** The answer to "who is competent for this here?" with what roles, kinds of fees and units of time mean. Pure. */
export function labelledCompetence(competent: Competent, language: ReaderLanguage): object {
  const { authority, onlineService, form, alternatives, fees, deadlines, processingTimes } = competent;
  const subjects = [authority, onlineService, form, ...alternatives].flatMap((one) => (one?.role == null ? [] : [{ code: one.role }]));
  const labels = labelsOf({ role: subjects, fees, deadlines, processingTimes }, language);
  const withRole = (subject: CompetentSubject | null): LabelledSubject | null => {
    const label = labels.codes.find(({ place, code }) => place === 'role' && code === subject?.role)?.label ?? null;
    return subject === null ? null : { ...subject, roleLabel: label };
  };
  return {
    ...competent,
    authority: withRole(authority),
    onlineService: withRole(onlineService),
    form: withRole(form),
    alternatives: alternatives.map(withRole),
    labels,
  };
}

/** Changes with the version, the question, its language, the tenants who ask, and the hour: what holds from a certain moment on becomes visible by itself. */
export function tagOf({ version, sources, at }: View, request: FastifyRequest, language = ''): string {
  const question = createHash('sha256')
    .update(`${request.url}\0${language}\0${sources.join(',')}\0${Math.floor(at.getTime() / HOUR_MS)}`)
    .digest('hex');
  return `W/"${version}-${question.slice(0, 16)}"`;
}

/** Answers, or says that the reader has it already. */
export async function answer(request: FastifyRequest, reply: FastifyReply, etag: string, body: () => Promise<unknown>): Promise<void> {
  if (!(await isKnown(request, reply, etag))) await reply.send(await body());
}

/** Names the state; @returns whether the reader has it already, and has been told so. */
export async function isKnown(request: FastifyRequest, reply: FastifyReply, etag: string): Promise<boolean> {
  void reply.header('etag', etag);
  if (request.headers['if-none-match'] !== etag) return false;
  await reply.status(304).send();
  return true;
}

function nameOf(object: CatalogueObject, language: ReaderLanguage): string | null {
  switch (object.kind) {
    case 'service':
    case 'specialisation':
      return titleOf(object, language) ?? titleOf(object) ?? null;
    case 'organisation':
    case 'onlineService':
    case 'form':
      return nameIn(object.names, language);
    case 'competence':
      return null;
  }
}
