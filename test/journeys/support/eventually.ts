// SPDX-License-Identifier: EUPL-1.2

/** Tries an expectation until it holds; the last failure is the test's failure. */
export async function eventually(expectation: () => Promise<void> | void, withinMs = 15_000): Promise<void> {
  const end = Date.now() + withinMs;
  for (;;) {
    try {
      await expectation();
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
