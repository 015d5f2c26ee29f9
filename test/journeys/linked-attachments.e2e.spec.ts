// SPDX-License-Identifier: EUPL-1.2
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { eventually } from './support/eventually.js';
import { LinkServer } from './support/link-server.js';
import { anEvent, expectAccepted } from './support/submissions.js';
import { TestHub } from './support/test-hub.js';

let hub: TestHub;
let links: LinkServer;
beforeAll(async () => {
  links = await new LinkServer().start();
  hub = await TestHub.start(links.url);
});
afterAll(async () => {
  await hub.stop();
  await links.stop();
});

describe('linked attachments', () => {
  it('are collected before anything is filed', async () => {
    const { applicationId } = expectAccepted(await hub.portal().send(withLink(anEvent(), links.offer('/foto.jpg', 'Inhalt des Fotos'))));
    await eventually(async () => {
      const { attachments } = await hub.application(applicationId);
      expect(attachments.at(-1)).toMatchObject({ state: 'stored', size: 16, name: 'Foto.jpg' });
    });
    const { attachments } = await hub.application(applicationId);
    expect(String(await hub.bytesOf(attachments.at(-1)?.id ?? ''))).toBe('Inhalt des Fotos');
    await eventually(async () => {
      const steps = await hub.query('SELECT name, state FROM step WHERE application_id = $1 ORDER BY position', [applicationId]);
      expect(steps).toEqual([
        { name: 'collect', state: 'done' },
        { name: 'file', state: 'done' },
      ]);
    });
    const [owned] = await hub.query('SELECT name, size::int FROM attachment WHERE id = $1', [attachments.at(-1)?.id]);
    expect(owned).toEqual({ name: 'Foto.jpg', size: 16 });
  });

  it.each(['down', 'error500', 'cut'] as const)('are waited for while their source is not there (%s)', async (fault) => {
    const link = links.offer(`/spaeter-${fault}.jpg`, 'endlich', fault === 'cut' ? { cutTimes: 1 } : {});
    if (fault !== 'cut') links.fail({ fault, times: 1, match: new RegExp(`spaeter-${fault}`) });
    const { applicationId } = expectAccepted(await hub.portal().send(withLink(anEvent(), link)));
    await eventually(async () => {
      const [step] = await hub.query('SELECT state, failure FROM step WHERE application_id = $1 AND name = $2', [applicationId, 'collect']);
      expect(step).toMatchObject({ state: 'retrying', failure: { kind: 'unavailable' } });
    });
    // Nothing is filed meanwhile, and no half file lies about.
    const [filing] = await hub.query<{ state: string }>('SELECT state FROM step WHERE application_id = $1 AND name = $2', [
      applicationId,
      'file',
    ]);
    expect(filing?.state).toBe('waiting');
    expect((await hub.stored()).files.filter((name) => name.endsWith('.writing'))).toEqual([]);
    await hub.query("UPDATE step SET due_at = now() WHERE application_id = $1 AND name = 'collect'", [applicationId]);
    await eventually(async () => {
      expect((await hub.application(applicationId)).attachments.at(-1)).toMatchObject({ state: 'stored', size: 7 });
    });
  });

  it.each([
    ['that are too large', 'x'.repeat(300_001), {}, 'collect/too-large'],
    ['that are not there any more', '', { status: 404 }, 'collect/not-there'],
    ['that lead elsewhere', '', { status: 302 }, 'collect/not-there'],
  ] as const)('%s are shown to a person', async (what, content, more, code) => {
    const link = links.offer(`/${what.replaceAll(' ', '-')}.jpg`, content, more);
    const { applicationId } = expectAccepted(await hub.portal().send(withLink(anEvent(), link)));
    await eventually(async () => {
      const [step] = await hub.query('SELECT state, failure FROM step WHERE application_id = $1 AND name = $2', [applicationId, 'collect']);
      expect(step).toMatchObject({ state: 'parked', failure: { code } });
    });
    const [row] = await hub.query('SELECT progress FROM application WHERE id = $1', [applicationId]);
    expect(row).toEqual({ progress: 'parked' });
    expect((await hub.stored()).files.filter((name) => name.endsWith('.writing'))).toEqual([]);
  });

  function withLink(event: ReturnType<typeof anEvent>, link: string): ReturnType<typeof anEvent> {
    const data = event.body['data'] as Record<string, never>;
    return { ...event, body: { ...event.body, data: { ...data, files: [{ filename: 'Foto.jpg', mediaType: 'image/jpeg', url: link }] } } };
  }
});
