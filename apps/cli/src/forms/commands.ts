// SPDX-License-Identifier: EUPL-1.2
import type { FormVersionDetail, FormVersionView } from '@amtsbote/ops-api';

import type { Shown } from '../commands.js';
import type { HubApi } from '../hub-api.js';
import { renderFormVersion, renderFormVersions } from './render.js';

/** Form versions that came in, or one of them with its fields. */
export async function coverage(api: HubApi, id: string | undefined, endpoint: string | undefined): Promise<Shown> {
  if (id !== undefined) {
    const version = await api.get<FormVersionDetail>(`/ops/form-versions/${encodeURIComponent(id)}`);
    return { data: version, text: renderFormVersion(version) };
  }
  const { formVersions } = await api.get<{ formVersions: FormVersionView[] }>('/ops/form-versions', { endpoint });
  return { data: formVersions, text: renderFormVersions(formVersions) };
}
