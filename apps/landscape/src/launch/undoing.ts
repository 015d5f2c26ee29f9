// SPDX-License-Identifier: EUPL-1.2

/** How long one part may take to end, in milliseconds, before the rest is ended without it. */
const PART_MS_MAX = 45_000;

/** What has to be undone at the end, whatever happens in between: the last thing that was started ends first. */
export class Undoing {
  private readonly parts: { readonly what: string; readonly undo: () => Promise<void> }[] = [];
  private done: Promise<string[]> | undefined;

  /** Remembers how a part that now runs is ended. */
  add(what: string, undo: () => Promise<void>): void {
    this.parts.push({ what, undo });
  }

  /** Ends everything, once. @returns one line for each part that did not end in order. */
  undo(): Promise<string[]> {
    return (this.done ??= this.undoAll());
  }

  private async undoAll(): Promise<string[]> {
    const failures: string[] = [];
    for (const { what, undo } of this.parts.reverse()) {
      const timer = Promise.withResolvers<never>();
      const patience = setTimeout(() => timer.reject(new Error(`it did not end within ${PART_MS_MAX / 1_000} s`)), PART_MS_MAX);
      await Promise.race([undo(), timer.promise]).catch((error: unknown) =>
        failures.push(`${what}: ${error instanceof Error ? error.message : String(error)}`),
      );
      clearTimeout(patience);
    }
    return failures;
  }
}
