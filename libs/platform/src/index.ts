// SPDX-License-Identifier: EUPL-1.2
export * from './clock.js';
export * from './config/config-error.js';
export * from './config/environment.js';
export * from './config/load-config.js';
export * from './config/nearest.js';
export {
  armCrash,
  CRASH_POINTS,
  type CrashPlan,
  crashPlanOf,
  type CrashPoint,
  crashPoint,
  ONLY_WITH_BROKER,
  ONLY_WITH_PULL,
} from './crash/crash-points.js';
export * from './embedded-postgres/index.js';
export * from './http/client-credentials.js';
export * from './http/http-client.js';
export * from './http/http-failure.js';
export * from './http/multipart.js';
export * from './http/retry-after.js';
export * from './http/unless-aborted.js';
export * from './ids.js';
export * from './logging/logger.js';
