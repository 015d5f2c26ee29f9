// SPDX-License-Identifier: EUPL-1.2
import { afterAll } from '@jest/globals';

import nock from '../../node_modules/nock/dist/index.js';

/*
 * What `import nock from 'nock'` gives in tests (jest.config.mjs). Nock patches Node's own http, which all test files of a worker share, while
 * each test file gets a nock of its own: without this, the next file with nock meets the one of the last and waits for ever.
 */
afterAll(() => nock.restore());

export default nock;
