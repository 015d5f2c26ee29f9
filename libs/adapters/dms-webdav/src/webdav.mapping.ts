// SPDX-License-Identifier: EUPL-1.2
import { compileFolderPlan, type FilingPlan, type FilingRequest } from '@amtsbote/adapter-kit';

import type { WebdavOptions } from './webdav.options.js';

/** Compiles the operator's expressions once. @returns the plan of a filing for the key of an act. */
export function compileMapping(options: WebdavOptions): (request: FilingRequest, actKey: string) => FilingPlan {
  return compileFolderPlan({ ...options, checksumFile: false });
}
