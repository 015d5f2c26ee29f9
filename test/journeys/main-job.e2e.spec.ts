// SPDX-License-Identifier: EUPL-1.2
import { POSTGRES } from './suites/journey-carrier.js';
import { mainJob } from './suites/main-job.js';

mainJob(POSTGRES);
