// SPDX-License-Identifier: EUPL-1.2

/**
 * How Node is started for a hub; Containerfile and README say the same. V8 lets a heap grow by a share of what it might become, and that is
 * gigabytes on a large machine: with an end in sight it tidies up earlier. A smaller young part than this takes a third more processor time
 * when a catalogue is read, because most of what is read outlives it; a larger one takes memory. The end itself is far
 * away: bodies are limited (`limits.bodyBytesMax`), attachments and catalogues stream.
 */
export const HUB_FLAGS = ['--max-semi-space-size=4', '--max-old-space-size=512'] as const;
