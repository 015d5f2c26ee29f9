// SPDX-License-Identifier: EUPL-1.2

/**
 * Loaded into a hub that a launcher starts (`node --import`): when the launcher is gone, however it ended, nobody is left to stop this hub,
 * and its simulated neighbours are gone, too. So it stops in order, and after a while in any case.
 */
const PATIENCE_MS = 20_000;

process.on('disconnect', () => {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), PATIENCE_MS).unref();
  process.kill(process.pid, 'SIGTERM');
});
process.channel?.unref();
