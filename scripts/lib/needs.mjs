// SPDX-License-Identifier: EUPL-1.2
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { findOrInstall } from './debian.mjs';
import { ScriptError } from './house.mjs';

const POSTGRES_HOME = '/usr/lib/postgresql';
const CHROMIUM = '/usr/bin/chromium';
const RABBITMQ_HOME = '/usr/lib/rabbitmq/lib';

/** What groups of tests need beyond npm's packages, by group. Each answers with the environment in which the tests find it. */
const NEEDS = {
  browser: async () => ({
    CHROMIUM:
      chosenChromium() ??
      (await findOrInstall({
        name: 'Chromium',
        aptPackage: 'chromium',
        find: () => programAt(CHROMIUM),
        missing: `there is no ${CHROMIUM} (one at another place: CHROMIUM=/path/to/chromium)`,
      })),
  }),
  real: async () => ({
    REAL_RABBITMQ: await findOrInstall({
      name: 'A RabbitMQ server',
      aptPackage: 'rabbitmq-server',
      find: rabbitmqScript,
      missing: `there is no ${RABBITMQ_HOME}/*/sbin/rabbitmq-server`,
    }),
    REAL_POSTGRES_BINS: await findOrInstall({
      name: 'A PostgreSQL server',
      aptPackage: 'postgresql',
      find: postgresDirectories,
      missing: `there is no ${POSTGRES_HOME}/*/bin with initdb and pg_ctl`,
    }),
    REAL_APACHE: await findOrInstall({
      name: 'Apache',
      // The programs and modules alone: the package apache2 would start a server of its own.
      aptPackage: 'apache2-bin',
      find: () => programAt('/usr/sbin/apache2'),
      missing: 'there is no /usr/sbin/apache2 with its modules mod_dav and mod_dav_fs',
    }),
    REAL_SSHD: await findOrInstall({
      name: 'OpenSSH',
      aptPackage: 'openssh-server',
      find: () => programAt('/usr/sbin/sshd'),
      missing: 'there is no /usr/sbin/sshd',
    }),
    REAL_OPENSSL: await findOrInstall({
      name: 'OpenSSL',
      aptPackage: 'openssl',
      find: () => programAt('/usr/bin/openssl'),
      missing: 'there is no /usr/bin/openssl to make the certificates of the servers with',
    }),
  }),
};

/**
 * Finds or installs what these groups of tests need.
 * @param {string[]} groups
 * @returns {Promise<Record<string, string>>} environment of the tests.
 * @throws ScriptError with what is missing and the command that installs it.
 */
export async function meetNeeds(groups) {
  const environment = {};
  for (const group of groups) Object.assign(environment, await NEEDS[group]?.());
  return environment;
}

/** The one somebody named; installing another one would not be what they want. */
function chosenChromium() {
  const path = process.env.CHROMIUM;
  if (path === undefined || existsSync(path)) return path;
  throw new ScriptError(`CHROMIUM names ${path}, and there is no such file.`);
}

function programAt(path) {
  return existsSync(path) ? path : undefined;
}

/** Its package starts the service at once, unless a policy says no (policy-rc.d); the tests leave that one alone and start their own. */
function rabbitmqScript() {
  if (!existsSync(RABBITMQ_HOME)) return undefined;
  return readdirSync(RABBITMQ_HOME)
    .map((name) => join(RABBITMQ_HOME, name, 'sbin', 'rabbitmq-server'))
    .find((script) => existsSync(script));
}

/** Directories of all installed majors, the oldest first, joined like a PATH. */
function postgresDirectories() {
  if (!existsSync(POSTGRES_HOME)) return undefined;
  const directories = readdirSync(POSTGRES_HOME)
    .sort((one, other) => Number(one) - Number(other))
    .map((major) => join(POSTGRES_HOME, major, 'bin'))
    .filter((directory) => ['initdb', 'pg_ctl', 'postgres'].every((program) => existsSync(join(directory, program))));
  return directories.length === 0 ? undefined : directories.join(':');
}
