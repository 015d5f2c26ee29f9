// SPDX-License-Identifier: EUPL-1.2
import type { ApplicationPage, ApplicationSummary, DeadLetterView, RunView, StepView, Timeline } from '@amtsbote/ops-api';

/** An application as the hub tells of it. */
export interface HubApplication extends Pick<
  ApplicationSummary,
  'id' | 'reference' | 'submissionId' | 'state' | 'progress' | 'receivedAt' | 'route'
> {
  readonly steps: readonly Pick<StepView, 'name' | 'state' | 'failure'>[];
  /** Attempts whose outcome was unknown, or whose worker was lost: each had to be found out. */
  readonly doubts: number;
}

const PAGE = 200;
const AT_ONCE = 4;
const ANSWER_MS_MAX = 10_000;

/** What the hub says of itself: its operators' interface over HTTP, and nothing else. */
export class HubView {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  /** How many applications are neither at their end nor in front of a person; counted up to one page. */
  async flowing(): Promise<number> {
    return (await this.get<ApplicationPage>(`/ops/applications?progress=flowing&limit=${PAGE}`)).items.length;
  }

  /** Every application the hub holds, with its Laufzettel. */
  async applications(): Promise<HubApplication[]> {
    const summaries: ApplicationSummary[] = [];
    let next: string | undefined;
    do {
      const cursor = next === undefined ? '' : `&cursor=${encodeURIComponent(next)}`;
      const page = await this.get<ApplicationPage>(`/ops/applications?limit=${PAGE}${cursor}`);
      summaries.push(...page.items);
      next = page.next;
    } while (next !== undefined);
    const applications: HubApplication[] = [];
    const queue = summaries.values();
    const read = async (): Promise<void> => {
      for (const summary of queue) applications.push(withTimeline(summary, await this.timeline(summary.id)));
    };
    await Promise.all(Array.from({ length: AT_ONCE }, read));
    return applications;
  }

  async timeline(id: string): Promise<Timeline> {
    return this.get<Timeline>(`/ops/applications/${id}/timeline`);
  }

  /** Runs of the catalogue that are not applied: name of their state. */
  async unappliedRuns(): Promise<string[]> {
    const { runs } = await this.get<{ runs: RunView[] }>('/ops/catalogue/runs?limit=100');
    return runs.flatMap(({ id, state }) => (state === 'applied' ? [] : [`run ${id} is ${state}`]));
  }

  async deadLetters(): Promise<readonly DeadLetterView[]> {
    return (await this.get<{ deadLetters: DeadLetterView[] }>(`/ops/dead-letters?limit=${PAGE}`)).deadLetters;
  }

  private async get<Answer>(path: string): Promise<Answer> {
    const answer = await fetch(this.url + path, {
      headers: { authorization: `Bearer ${this.token}` },
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    if (!answer.ok) throw new Error(`the hub answers ${answer.status} to ${path}: ${(await answer.text()).slice(0, 300)}`);
    return (await answer.json()) as Answer;
  }
}

function withTimeline(summary: ApplicationSummary, { application, entries }: Timeline): HubApplication {
  const isDoubt = (outcome: unknown): boolean => outcome === 'outcomeUnknown' || outcome === 'abandoned';
  const doubts = entries.filter(({ kind, data }) => kind === 'attempt' && isDoubt(data['outcome'])).length;
  return { ...summary, steps: application.steps, doubts };
}
