// SPDX-License-Identifier: EUPL-1.2
import type { SimulatedAnswer } from '@amtsbote/adapter-kit/testing';

import { described, EMPTY, json } from './answers.js';
import type { ReceivedForm } from './form.js';
import type { Repository, StoredObject } from './repository.js';
import { queried } from './selectors.js';
import { Refusal } from './types.js';

/** What the acts of one request work on. */
export interface ActionContext {
  readonly repository: Repository;
  readonly info: Record<string, unknown>;
  readonly pageMax: number;
  readonly isIndexed: (id: string) => boolean;
  readonly created: (id: string) => unknown;
}

/** POST on the repository's address, or on that of an object at a path. */
export function act(at: 'repository' | readonly string[], form: ReceivedForm, context: ActionContext): SimulatedAnswer {
  const { controls } = form;
  const token = controls.get('token');
  if (token === undefined) return performed(at, form, context);
  // For pages that post a form into a frame: the answer is in a cookie, and asked for afterwards.
  const answer = performed(at, form, context);
  const id = idIn(answer);
  const value = encodeURIComponent(JSON.stringify({ code: answer.status, objectId: id, exception: '', message: '' }));
  const cookie = `cmis_${Buffer.from(token).toString('base64').replaceAll('=', '%')}=${value}`;
  return { status: answer.status, headers: { 'content-type': 'text/html', 'set-cookie': cookie }, body: '' };
}

function performed(at: 'repository' | readonly string[], form: ReceivedForm, context: ActionContext): SimulatedAnswer {
  const { controls } = form;
  const action = controls.get('cmisaction') ?? '';
  if (at === 'repository') {
    if (action === 'query') return queried(controls.get('statement') ?? '', { get: (name) => controls.get(name) ?? null }, context);
    throw new Refusal(405, 'notSupported', 'Unknown operation');
  }
  const { repository } = context;
  const id = controls.get('objectId') ?? repository.byPath(at).id;
  const answered = (status: number, object: StoredObject): SimulatedAnswer => {
    const headers = { location: `${String(context.info['rootFolderUrl'])}?objectId=${object.id}` };
    const body = described(repository, object, controls.get('succinct') === 'true');
    return json(status, body, action === 'setContent' || action === 'checkOut' || action === 'checkIn' ? headers : {});
  };
  switch (action) {
    case 'createFolder':
    case 'createDocument': {
      const creation = {
        parentId: id,
        properties: propertiesIn(controls),
        content: form.content,
        versioningState: controls.get('versioningState'),
      };
      const object = repository.create(creation, action === 'createFolder' ? 'cmis:folder' : 'cmis:document');
      context.created(object.id);
      return answered(201, object);
    }
    case 'update':
      return answered(200, repository.update(id, propertiesIn(controls)));
    case 'move':
      return answered(201, repository.move(id, controls.get('sourceFolderId') ?? '', controls.get('targetFolderId') ?? ''));
    case 'setContent':
      return answered(201, repository.setContent(id, form.content, controls.get('overwriteFlag') !== 'false', controls.get('changeToken')));
    case 'checkOut':
      return answered(201, repository.checkOut(id, 'amtsbote'));
    case 'checkIn':
      return answered(201, repository.checkIn(id, form.content, controls.get('major') !== 'false'));
    case 'cancelCheckOut':
      repository.cancelCheckOut(id);
      return EMPTY;
    case 'delete':
      repository.delete(id);
      return EMPTY;
    default:
      throw new Refusal(405, 'notSupported', 'Unknown operation');
  }
}

/** `propertyId[i]` with `propertyValue[i]` or `propertyValue[i][j]`. */
function propertiesIn(controls: ReadonlyMap<string, string>): Map<string, string[]> {
  const properties = new Map<string, string[]>();
  for (let at = 0; controls.has(`propertyId[${at}]`); at += 1) {
    const single = controls.get(`propertyValue[${at}]`);
    const values = single === undefined ? [] : [single];
    for (let position = 0; controls.has(`propertyValue[${at}][${position}]`); position += 1) {
      values.push(controls.get(`propertyValue[${at}][${position}]`) ?? '');
    }
    properties.set(controls.get(`propertyId[${at}]`) ?? '', values);
  }
  return properties;
}

function idIn({ body }: SimulatedAnswer): string {
  const read = JSON.parse(String(body === '' || body === undefined ? '{}' : body)) as { succinctProperties?: Record<string, string> };
  return read.succinctProperties?.['cmis:objectId'] ?? '';
}
