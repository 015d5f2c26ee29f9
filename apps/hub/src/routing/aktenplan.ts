// SPDX-License-Identifier: EUPL-1.2
/*
 * Terminology
 *   rule       an entry of the Aktenplan: where applications of a kind go, as data with a version
 *   place      what a rule says for one application
 * A filing step keeps the rule it was planned with: a later change of the configuration moves no application that is under way, and what comes
 * later (decision, refreshed summary) goes where the application went.
 */
import { createHash } from 'node:crypto';

import { compileText, DeliveryError, ExpressionError, type FilingPlace } from '@amtsbote/adapter-kit';
import type { Application } from '@amtsbote/canonical';
import type { FilingRule } from '@amtsbote/store';

import type { AktenplanRuleConfig } from '../config/route-config.js';
import { formatInstant } from '../documents/german-format.js';

/** Digits of the code that stands for a person: 96 bits. */
const CODE_DIGITS = 24;

const VORGANG_TITLE = 'application.publicService.name + " " + application.reference';

/** The rule as a step keeps it. */
export function ruleOf(name: string, { version, cabinet, akte, vorgang, classes, retention }: AktenplanRuleConfig): FilingRule {
  const { per, by, prefix = name, yearly, coded, title } = akte;
  return {
    ...{ name, version, classes, vorgang: { title: vorgang.title ?? VORGANG_TITLE } },
    akte: { per, prefix, yearly, coded: coded ?? per === 'applicant', title, ...(by === undefined ? {} : { by }) },
    ...(cabinet === undefined ? {} : { cabinet }),
    ...(retention === undefined ? {} : { retention }),
  };
}

/**
 * Works a rule out. An Akte is always one municipality's. Pure.
 * @throws DeliveryError kind `untransferable` when this application lacks what the rule reads; it names the rule, never a value.
 */
export function placeOf(rule: FilingRule, application: Application): FilingPlace {
  const { name, version, cabinet, akte, vorgang, classes, retention } = rule;
  return {
    ...{ rule: name, version, classes },
    ...(cabinet === undefined ? {} : { cabinet }),
    ...(retention === undefined ? {} : { retention }),
    akte: { key: keyOf(rule, application), title: textOf(name, 'akte.title', akte.title, application) },
    vorgang: { title: textOf(name, 'vorgang.title', vorgang.title, application) },
  };
}

function keyOf({ name, akte }: FilingRule, application: Application): string {
  const { tenant, reference, caseReference, receivedAt } = application;
  const year = (formatInstant(receivedAt) ?? receivedAt).slice(6, 10);
  const parts = [akte.prefix, tenant];
  if (akte.per === 'year' || akte.yearly) parts.push(year);
  if (akte.per === 'application') parts.push(reference);
  if (akte.per === 'case') parts.push(caseReference ?? reference);
  if (akte.by !== undefined) {
    const told = normal(textOf(name, 'akte.by', akte.by, application));
    parts.push(akte.coded ? codeOf([akte.prefix, tenant, told]) : told);
  }
  return parts.join('/');
}

/** Written by hand at counters and in forms: spaces and composition must not make two Akten of one. */
function normal(text: string): string {
  return text.normalize('NFC').trim().replaceAll(/\s+/gu, ' ');
}

/** Stands for what must not be read in keys, names and addresses. Whoever can guess the text can check the guess: it hides, it does not protect. */
function codeOf(parts: readonly string[]): string {
  const text = JSON.stringify(parts.map((part) => part.toLowerCase()));
  return createHash('sha256').update(text).digest('hex').slice(0, CODE_DIGITS);
}

function textOf(rule: string, setting: string, source: string, application: Application): string {
  try {
    const text = compileText(source)({ application });
    if (text.trim() !== '') return text;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
  }
  const message = `The rule ${rule} of the Aktenplan gives no ${setting} for this application.`;
  throw DeliveryError.untransferable('filing/rule-without-result', message, { hintKey: 'dmsMapping' });
}
