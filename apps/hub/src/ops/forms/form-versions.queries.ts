// SPDX-License-Identifier: EUPL-1.2
import type { FormFieldView, FormNoticeView, FormVersionDetail, FormVersionView, NoticesSeen } from '@amtsbote/ops-api';
import { appendJournal, returning } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import { House } from '../../house/tokens.js';
import { ProblemError } from '../../http/problem.js';
import type { Operator } from '../operator.js';

/** What the intake has seen of forms, limited to the operator's tenants. */
@Injectable()
export class FormVersionQueries {
  constructor(private readonly house: House) {}

  async list({ tenants }: Operator, filter: { endpoint?: string; limit: number }): Promise<FormVersionView<Date>[]> {
    return this.house.database.query<FormVersionView<Date>[]>(VERSIONS, [tenants, filter.endpoint ?? null, null, filter.limit]);
  }

  /** @throws ProblemError 404, also for what belongs to others */
  async get({ tenants }: Operator, id: string): Promise<FormVersionDetail<Date>> {
    const { database } = this.house;
    const [version] = await database.query<FormVersionView<Date>[]>(VERSIONS, [tenants, null, id, 1]);
    if (version === undefined) throw unknownForm();
    const [fieldList, noticeList] = await Promise.all([
      database.query<FormFieldView<Date>[]>(FIELDS, [id]),
      database.query<FormNoticeView<Date>[]>(NOTICES, [id]),
    ]);
    return { ...version, fieldList, noticeList };
  }

  /** Confirms what stands there now; what is raised later is shown again. @throws ProblemError 404 */
  async confirm({ tenants, actor }: Operator, id: string, reason: string): Promise<NoticesSeen> {
    const at = this.house.clock.now();
    return this.house.database.transaction(async (sql) => {
      const [version] = await sql.query<FormVersionView<Date>[]>(VERSIONS, [tenants, null, id, 1]);
      if (version === undefined) throw unknownForm();
      const seen = await returning(sql, CONFIRM, [id, at, actor]);
      const { tenant, endpoint, formId, formVersion } = version;
      const data = { endpoint, formId, formVersion, notices: seen.length, reason };
      await appendJournal(sql, [{ tenant, applicationId: null, stepId: null, at, actor, event: 'form.confirmed', data }]);
      return { seen: seen.length };
    });
  }
}

function unknownForm(): ProblemError {
  return new ProblemError(404, 'unknown-form-version', 'No form version of this id was seen.');
}

const VERSIONS = `
  SELECT v.id::text AS id, v.tenant, v.endpoint, v.form_id AS "formId", v.form_version AS "formVersion", v.submissions::float8 AS submissions,
    (SELECT jsonb_build_object('mapped', count(*) FILTER (WHERE fate = 'mapped'), 'unmapped', count(*) FILTER (WHERE fate = 'unmapped'),
      'ignored', count(*) FILTER (WHERE fate = 'ignored')) FROM form_field WHERE form = v.id) AS fields,
    v.first_at AS "firstAt", v.last_at AS "lastAt",
    (SELECT count(*)::int FROM form_notice n WHERE n.form = v.id AND n.seen_at IS NULL) AS notices
  FROM form_version v
  WHERE ($1::text[] IS NULL OR v.tenant = ANY($1)) AND ($2::text IS NULL OR v.endpoint = $2) AND ($3::bigint IS NULL OR v.id = $3)
  ORDER BY notices DESC, v.last_at DESC, v.id LIMIT $4`;

const FIELDS = `
  SELECT path, fate, submissions::float8 AS submissions, first_at AS "firstAt", last_at AS "lastAt" FROM form_field
  WHERE form = $1 ORDER BY array_position(ARRAY['unmapped', 'ignored', 'mapped'], fate), path`;

const NOTICES = `
  SELECT id::text AS id, kind, fields, raised_at AS "raisedAt", seen_at AS "seenAt", seen_by AS "seenBy" FROM form_notice
  WHERE form = $1 ORDER BY id DESC LIMIT 100`;

const CONFIRM = 'UPDATE form_notice SET seen_at = $2, seen_by = $3 WHERE form = $1 AND seen_at IS NULL RETURNING id';
