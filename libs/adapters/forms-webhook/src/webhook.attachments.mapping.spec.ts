// SPDX-License-Identifier: EUPL-1.2

import { type ApplicationDraft, IntakeRejection } from '@amtsbote/adapter-kit';
import { aRawRequest } from '@amtsbote/adapter-kit/testing';
import type { JsonValue } from '@amtsbote/canonical';
import { describe, expect, it } from '@jest/globals';

import { translated } from './webhook.mapping.js';
import { WebhookOptions } from './webhook.options.js';

const secrets = [`whsec_${Buffer.alloc(24, 1).toString('base64')}`];

function translate(body: JsonValue, options: Record<string, unknown> = {}): ApplicationDraft {
  const request = aRawRequest({ body: Buffer.from(JSON.stringify(body)), headers: { 'webhook-id': 'msg_1' } });
  return translated({ request, data: [], files: [] }, WebhookOptions.parse({ secrets, ...options }));
}
const mapped = (data: JsonValue, mapping: Record<string, unknown>, more: Record<string, unknown> = {}): ApplicationDraft =>
  translate({ data: { answers: {}, ...(data as object) } }, { mapping: { form: '/data/answers', ...mapping }, ...more });

function rejectionOf(act: () => unknown): IntakeRejection {
  try {
    act();
  } catch (error) {
    if (error instanceof IntakeRejection) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('attachments', () => {
  const origins = { linkOrigins: ['https://formulare.example.org', 'http://127.0.0.1:8080'] };
  const withFiles = (files: JsonValue): ApplicationDraft => mapped({ files }, { attachments: ['/data/files'] }, origins);

  it.each(['%%%', 'YQ', 'YQ=', 'YR==', 'Y Q==', 'YQ==\n', '_-8=', 'YQ==YQ=='])(
    'with the content %p are refused, naming the place',
    (base64) => {
      expect(
        rejectionOf(() =>
          withFiles([
            { name: 'a', base64: 'YQ==' },
            { name: 'b', base64 },
          ]),
        ),
      ).toMatchObject({
        kind: 'untranslatable',
        code: 'base64-invalid',
        place: '/data/files/1/base64',
      });
    },
  );

  it.each([
    ['https://formulare.example.org/a/b.pdf?x=1', 'https://formulare.example.org/a/b.pdf?x=1'],
    ['HTTPS://Formulare.Example.ORG:443/ä.pdf', 'https://formulare.example.org/%C3%A4.pdf'],
    ['http://127.0.0.1:8080/x', 'http://127.0.0.1:8080/x'],
  ])('linked as %s are collected at %s', (link, href) => {
    expect(withFiles([{ name: 'a', link }]).attachments).toEqual([
      { name: 'a', mediaType: 'application/octet-stream', purpose: 'attachment', link: href },
    ]);
  });

  it.each([
    'https://angreifer.example.org/x',
    'http://formulare.example.org/x',
    'https://formulare.example.org:8443/x',
    'https://formulare.example.org.angreifer.example/x',
    'https://formulare.example.org@angreifer.example/x',
    'https://nutzer:geheim@formulare.example.org/x',
    'https://angreifer.example\\@formulare.example.org/x',
    'http://127.0.0.1:8081/x',
    'http://localhost:8080/x',
    'file:///etc/passwd',
    'data:text/plain,ohne-base64',
    '/relativ',
    '',
    `https://formulare.example.org/${'x'.repeat(2_048)}`,
  ])('linked as %s are refused', (url) => {
    const rejection = rejectionOf(() => withFiles([{ name: 'a', url }]));
    expect(rejection).toMatchObject({ kind: 'untranslatable', code: 'link-not-allowed', place: '/data/files/0/url' });
  });

  it('may come as data addresses, as a single object, or not at all', () => {
    expect(withFiles({ filename: 'a.txt', url: 'data:text/plain;charset=utf-8;base64,YQ==' }).attachments).toEqual([
      { name: 'a.txt', mediaType: 'text/plain', purpose: 'attachment', bytes: Buffer.from('a') },
    ]);
    expect(withFiles(null).attachments).toEqual([]);
    expect(mapped({}, { attachments: ['/data/files'] }).attachments).toEqual([]);
    expect(mapped({ pdf: 'JVBERi0=' }, { representation: '/data/pdf' }).attachments).toMatchObject([
      { name: 'Antrag.pdf', purpose: 'representation' },
    ]);
  });

  it.each([
    ['attachment-missing', { name: 'geheim.pdf' }],
    ['attachment-missing', { name: 'geheim.pdf', base64: null }],
    ['attachment-unreadable', 'geheim.pdf'],
  ])('announced without content are refused: %s', (code, file) => {
    const rejection = rejectionOf(() => withFiles([file]));
    expect(rejection).toMatchObject({ kind: 'untranslatable', code, place: '/data/files/0' });
    expect(rejection.detail).not.toContain('geheim');
  });

  it('keep what was not used: a second spelling, a link beside the content, a strange purpose', () => {
    const draft = withFiles([{ name: 'a', filename: 'b', base64: 'YQ==', url: 'https://angreifer.example/x', purpose: 'Beiwerk' }]);
    expect(draft.unmapped.map(({ path }) => path)).toEqual(['/data/files/0/filename', '/data/files/0/url', '/data/files/0/purpose']);
  });

  it('may stand among the answers without becoming answers', () => {
    const draft = translate(
      { data: { ort: 'Musterstadt', files: [{ name: 'a', base64: 'YQ==', seiten: 3 }] } },
      { mapping: { attachments: ['/data/files'] } },
    );
    expect(draft.form).toMatchObject([{ name: 'ort' }]);
    expect(draft.unmapped).toEqual([{ path: '/data/files/0/seiten', value: 3 }]);
  });
});
