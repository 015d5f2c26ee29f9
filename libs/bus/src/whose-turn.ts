// SPDX-License-Identifier: EUPL-1.2

/** Who was served last when turns go round in the order of the tenants' keys, beginning after `before`. Pure. */
export function lastServed(rows: readonly { readonly tenant: string }[], before: string): string {
  const turns = new Map<string, number>();
  for (const { tenant } of rows) turns.set(tenant, (turns.get(tenant) ?? 0) + 1);
  let last = before;
  let most = 0;
  // In the order of turns: whoever comes later in it with as many was served later.
  const order = [...turns.keys()].sort((a, b) => Number(a <= before) - Number(b <= before) || (a < b ? -1 : 1));
  for (const tenant of order) {
    const count = turns.get(tenant) ?? 0;
    if (count < most) continue;
    [last, most] = [tenant, count];
  }
  return last;
}
