// SPDX-License-Identifier: EUPL-1.2
import { compileCondition, type DeliverableDocument, DeliveryError, ExpressionError, type FilingPreview } from '@amtsbote/adapter-kit';
import { Application } from '@amtsbote/canonical';
import type { FilingTrial, TriedStep } from '@amtsbote/ops-api';
import type { FilingRule } from '@amtsbote/store';
import { Injectable } from '@nestjs/common';

import type { RouteConfig, RouteStepConfig } from '../../config/route-config.js';
import { FILED_APPLICATION_SCHEMA_ID, FiledApplication } from '../../documents/application-json.js';
import { filingDocuments } from '../../documents/filing-documents.js';
import { Instances } from '../../house/instances.js';
import { House } from '../../house/tokens.js';
import { ProblemError } from '../../http/problem.js';
import { placeOf, ruleOf } from '../../routing/aktenplan.js';
import { Routes } from '../../routing/routes.js';
import type { Operator } from '../operator.js';
import { exchangedText, shownOf, veiled } from './veil.js';

type FilingStep = Extract<RouteStepConfig, { kind: 'filing' }>;
interface Order {
  readonly route?: string | undefined;
  readonly application?: string | undefined;
  readonly document?: unknown;
}

/** Works out where an application would be filed; asks no DMS, files nothing, keeps nothing. */
@Injectable()
export class FilingTrials {
  constructor(
    private readonly house: House,
    private readonly routes: Routes,
    private readonly instances: Instances,
  ) {}

  /** @throws ProblemError 404, 409, 422 */
  async run({ tenants }: Operator, order: Order): Promise<FilingTrial> {
    if ((order.application === undefined) === (order.document === undefined)) {
      throw new ProblemError(422, 'one-of-two', 'Give either the id of an application or a document.');
    }
    const application = order.application === undefined ? brought(order.document, tenants) : await this.held(order.application, tenants);
    const route = this.routeFor(application, order.route);
    const masked = order.application !== undefined;
    const steps = route.steps.filter((step): step is FilingStep => step.kind === 'filing');
    const documents = await this.documentsOf(application);
    return {
      ...{ reference: application.reference, route: route.name, masked },
      steps: steps.map((step) => this.tried(step, application, documents, masked)),
    };
  }

  private tried(step: FilingStep, application: Application, documents: readonly DeliverableDocument[], masked: boolean): TriedStep {
    const config = step.rule === undefined ? undefined : this.house.loaded.config.aktenplan[step.rule];
    const rule = step.rule === undefined || config === undefined ? undefined : ruleOf(step.rule, config);
    const head = {
      ...{ step: step.name, instance: step.instance, target: this.instances.get(step.instance, 'dms').port.describeTarget() },
      rule: rule === undefined ? null : { name: rule.name, version: rule.version, retention: rule.retention ?? null },
      runs: runs(step, application),
    };
    try {
      const preview = this.preview(step, rule, application, documents);
      const shown = masked ? shownOf(preview, this.twin(step, rule, application, documents)) : preview;
      const roles = new Map(documents.map(({ key, role }) => [key, role]));
      return {
        ...head,
        result: { ...shown, documents: shown.documents.map((each) => ({ ...each, role: roles.get(each.document) ?? '' })) },
        problem: null,
      };
    } catch (error) {
      if (!(error instanceof DeliveryError)) throw error;
      const { kind, code, message } = error;
      return { ...head, result: null, problem: { kind, code, message } };
    }
  }

  private preview(
    { instance }: FilingStep,
    rule: FilingRule | undefined,
    application: Application,
    documents: readonly DeliverableDocument[],
  ): FilingPreview {
    const place = rule === undefined ? {} : { place: placeOf(rule, application) };
    return this.instances.get(instance, 'dms').port.preview({ application, documents, ...place }, 'trial');
  }

  /** The same for an application in which everything personal is something else; undefined where that one cannot be filed. */
  private twin(
    step: FilingStep,
    rule: FilingRule | undefined,
    application: Application,
    documents: readonly DeliverableDocument[],
  ): FilingPreview | undefined {
    const attached = new Set(application.attachments.map(({ id }) => id));
    const others = documents.map((document) => {
      if (!attached.has(document.key)) return document;
      return { ...document, fileName: exchangedText(document.fileName), originalName: exchangedText(document.originalName) };
    });
    try {
      return this.preview(step, rule, veiled(application), others);
    } catch (error) {
      if (error instanceof DeliveryError) return undefined;
      throw error;
    }
  }

  /** What is not collected yet has no size: it is shown as if it had come empty. Nothing is opened. */
  private async documentsOf(application: Application): Promise<DeliverableDocument[]> {
    const attachments = application.attachments.map((each) => {
      if (each.state !== 'linked') return each;
      const { id, name, originalName, mediaType, purpose, scan } = each;
      return { ...{ id, name, originalName, mediaType, purpose, scan }, state: 'stored' as const, size: 0, sha512: '0'.repeat(128) };
    });
    const tenantName = this.house.loaded.config.tenants[application.tenant]?.name;
    const subject = { application: { ...application, attachments }, blobs: this.house.blobs };
    return filingDocuments(tenantName === undefined ? subject : { ...subject, tenantName });
  }

  private async held(id: string, tenants: Operator['tenants']): Promise<Application> {
    const rows = await this.house.database.query<{ document: Application }[]>(DOCUMENT, [id, tenants]);
    const [row] = rows;
    if (row === undefined) throw new ProblemError(404, 'unknown-application', 'There is no such application.');
    return row.document;
  }

  private routeFor(application: Application, name: string | undefined): RouteConfig {
    const route = name === undefined ? this.routes.match(application) : this.routes.find(name);
    if (route === undefined && name === undefined) throw new ProblemError(409, 'no-route', 'No route matches this application. Name one.');
    if (route === undefined || !this.routes.serves(route, application.tenant)) {
      throw new ProblemError(422, 'unknown-route', `There is no route "${name ?? ''}" for this municipality.`);
    }
    return route;
  }
}

/** @throws ProblemError that names the places, never a value. */
function brought(document: unknown, tenants: Operator['tenants']): Application {
  const isFiled =
    typeof document === 'object' && document !== null && '$schema' in document && document.$schema === FILED_APPLICATION_SCHEMA_ID;
  const read = isFiled ? FiledApplication.transform(({ application }) => application).safeParse(document) : Application.safeParse(document);
  if (!read.success) {
    const places = read.error.issues.slice(0, 5).map(({ path }) => `/${path.join('/')}`);
    throw new ProblemError(422, 'no-application', `The document is no canonical application: see ${places.join(', ')}.`);
  }
  if (tenants !== null && !tenants.includes(read.data.tenant)) {
    throw new ProblemError(403, 'foreign-municipality', 'The application is of a municipality that is not yours.');
  }
  return read.data;
}

function runs({ when }: FilingStep, application: Application): boolean | null {
  try {
    return when === undefined || compileCondition(when)({ application, decision: false });
  } catch (error) {
    if (error instanceof ExpressionError) return null;
    throw error;
  }
}

const DOCUMENT = 'SELECT document FROM application WHERE id = $1 AND ($2::text[] IS NULL OR tenant = ANY($2))';
