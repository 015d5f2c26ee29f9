// SPDX-License-Identifier: EUPL-1.2

/** The entry that a configured table has of its own: what a sender calls "constructor" is as unknown as any other word. */
export function ownEntry<Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}
