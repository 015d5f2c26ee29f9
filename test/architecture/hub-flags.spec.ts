// SPDX-License-Identifier: EUPL-1.2
import { describe, expect, it } from '@jest/globals';

import { HUB_FLAGS } from '../../apps/landscape/src/launch/hub-flags.js';
import { read } from './tree.js';

describe('the flags that a hub is started with', () => {
  it.each(['README.md', 'config/hub.example.yaml'])('stand in the command that %s gives', (file) => {
    expect(read(file)).toContain(`node ${HUB_FLAGS.join(' ')} dist/apps/hub/src/main.js`);
  });

  it('stand in the Containerfile', () => {
    expect(read('Containerfile')).toContain(`CMD ["node", ${HUB_FLAGS.map((flag) => `"${flag}"`).join(', ')}, "dist/apps/hub/src/main.js"`);
  });
});
