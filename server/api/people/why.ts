/** `POST /api/people/why`: what `explain` says, for one playbook and one subject (V5). */
import type { PlaybookVersion } from '../../../language/model.ts';
import type { Registry } from '../../../language/syntax.ts';
import { isoInstant, parseInstant } from '../../../language/time/instants.ts';
import { isZone } from '../../../language/time/zones.ts';
import { titleOf } from '../../../steps/steps.ts';
import { readVersions } from '../../../store/deployments/versions.ts';
import { now as readNow } from '../../../store/postgres/clock.ts';
import type { Database } from '../../../store/postgres/database.ts';
import { type ExplainedFiring, type Explanation, explanationOf } from '../../../store/reports/explanations.ts';
import { namedSubject } from '../../../store/reports/find-subjects.ts';
import { standingLines, standingsOf } from '../../people/standings.ts';
import { describe, storyOf } from '../../people/story.ts';
import type { FeedTeller } from '../../sentences.ts';
import { getWhy, type Why } from '../contract/people.ts';
import { iso, isoOrNull } from '../cursor.ts';
import { tellerOf } from '../deployed.ts';
import { type Handled, on } from '../handled.ts';
import { isKnown, unknownPlaybook } from '../playbooks/status.ts';
import { reasonShown } from '../words.ts';

/** The latest that a screen shows. */
const MAX_FIRINGS = 20;
const NOT_DEPLOYED_THEN = { arm: 0, key: null, text: 'was not deployed then' };

export interface WhyOptions {
  database: Database;
  registry: Pick<Registry, 'steps'>;
}

export function whyRoutes({ database, registry }: WhyOptions): Handled[] {
  return [
    on(getWhy, async ({ body: { type, id, playbook, at: asked } }): Promise<Why> => {
      const at = asked === undefined ? undefined : parseInstant(asked);
      const subject = await namedSubject(database, { type, id });
      const general = await tellerOf(database, registry);
      const zone = subject.timeZone !== null && isZone(subject.timeZone) ? subject.timeZone : general.zone;
      const explanation = await explanationOf(database, subject, { playbook, at, limit: MAX_FIRINGS });
      const deployed = explanation.playbooks.find((one) => one.playbook === playbook);
      const isSilent = deployed === undefined && explanation.firings.length === 0;
      if (isSilent && !(at !== undefined && (await isKnown(database, playbook))))
        throw await unknownPlaybook(database, playbook);
      const standings = await standingsOf(database, subject, { playbook, at, zone });
      const versions = await readVersions(
        database.pool,
        explanation.firings.map(({ versionHash }) => versionHash),
      );
      const told = (one: ExplainedFiring) =>
        firingShown(one, explanation, { ...general, zone, called: calledIn(versions.get(one.versionHash)) });
      return {
        at: isoInstant(at ?? (await readNow(database.pool))),
        playbook,
        trigger: deployed ? [describe(deployed.trigger)] : [],
        firings: [...explanation.firings].reverse().map(told),
        waits: (deployed?.waits ?? []).map(({ dueAt, key, arm }) => {
          return { at: iso(dueAt), key, text: `looks whether ${describe(deployed!.trigger, arm)} holds` };
        }),
        standing: isSilent ? [NOT_DEPLOYED_THEN] : standingLines(standings, zone),
      };
    }),
  ];
}

/** Steps of a version by what they are called. */
function calledIn(version: PlaybookVersion | undefined): (path: string) => string | undefined {
  return (path) => {
    const step = version?.playbook.steps[path];
    return step && titleOf(step).title;
  };
}

function firingShown(
  firing: ExplainedFiring,
  { decisions, effects }: Explanation,
  { called, ...teller }: FeedTeller & { called: (path: string) => string | undefined },
): Why['firings'][number] {
  const { id, at, key, arm, trigger, status, reason, outcome, endReason, endedAt } = firing;
  const own = decisions.filter(({ firingId, enrolmentId }) => firingId === id || enrolmentId === id);
  const done = effects.filter(({ enrolment }) => enrolment === id);
  const story = storyOf({ decisions: own, effects: done, isRefused: status === 'refused', called }, teller);
  return {
    ...{ id, at: iso(at), key, status, outcome },
    what: trigger === null ? 'fired' : `fired: ${describe(trigger, arm)}`,
    reason: reasonShown(reason),
    story: story.map((one) => ({ at: iso(one.at), text: one.text })),
    endReason: outcome === null ? null : reasonShown(endReason),
    endedAt: isoOrNull(endedAt),
  };
}
