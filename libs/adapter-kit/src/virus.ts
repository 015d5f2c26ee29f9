// SPDX-License-Identifier: EUPL-1.2

const WORDS = /virus|malware|infected|infiziert|schadsoftware|schadcode|trojan/i;

/**
 * True when a target's reason for a refusal speaks of malicious content, in German or English. For targets that have no code for it: the text
 * is looked at and forgotten, it may quote names.
 */
export function speaksOfVirus(reason: string): boolean {
  return WORDS.test(reason);
}
