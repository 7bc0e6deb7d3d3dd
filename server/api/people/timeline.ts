/** `POST /api/people/timeline`: one feed of what happened to a subject, in sentences. */
import { isJsonObject } from '../../../language/json.ts';
import type { Json } from '../../../language/model.ts';
import { reasonWithWords } from '../../../language/records/reasons.ts';
import type { Registry } from '../../../language/syntax.ts';
import { withLocalTime } from '../../../language/time/local-time.ts';
import { decisionWords } from '../../../steps/words/decision-words.ts';
import type { Database } from '../../../store/postgres/database.ts';
import { type Activity, readActivitiesById } from '../../../store/reports/activity-feed.ts';
import { HAPPENING_KINDS, type HappeningRow, readHappenings } from '../../../store/reports/people/happenings.ts';
import { type FeedTeller, type Sentence, sentenceOf } from '../../sentences.ts';
import { getTimeline, type Happening } from '../contract/people.ts';
import { iso, pageOf, placeOf } from '../cursor.ts';
import { tellerOf } from '../deployed.ts';
import { type Handled, on } from '../handled.ts';

export interface TimelineOptions {
  database: Database;
  registry: Pick<Registry, 'steps'>;
}

export function timelineRoutes({ database, registry }: TimelineOptions): Handled[] {
  return [
    on(getTimeline, async ({ body: { type, id, kinds = [...HAPPENING_KINDS], playbook, after, limit } }) => {
      const page = { kinds, playbook, after: placeOf(after), most: limit + 1 };
      const rows = await readHappenings(database.pool, { type, id }, page);
      const ids = (kind: string) => rows.filter((row) => row.kind === kind).map(({ of }) => of);
      const found = await readActivitiesById(database, { effects: ids('effect'), outcomes: ids('outcome') });
      const activities = new Map(found.map((one) => [one.id, one]));
      const teller = await tellerOf(database, registry);
      return pageOf(rows, limit, { place: (row) => row, shown: (row) => shown(row, activities.get(row.of), teller) });
    }),
  ];
}

function shown(row: HappeningRow, activity: Activity | undefined, teller: FeedTeller): Happening {
  const { id, at, kind, playbook, enrolment, path, detail } = row;
  const looked = isJsonObject(detail) && isJsonObject(detail.looked ?? null) ? detail.looked : {};
  return {
    ...{ id, at: iso(at), kind, playbook, enrolment, path },
    name: activity?.kind === 'outcome' ? row.name : (activity?.kind ?? row.name),
    sentence: sentenceFor(row, activity, teller),
    message: activity?.kind === 'send' || activity?.kind === 'notify' ? row.of : null,
    values: valuesOf(kind === 'decision' ? (looked ?? {}) : kind === 'event' ? detail : {}),
  };
}

function sentenceFor(
  { kind, name, detail, path }: HappeningRow,
  activity: Activity | undefined,
  teller: FeedTeller,
): Sentence {
  if (activity) return sentenceOf(activity, teller);
  const { verdict = '', looked = {}, reason = null } = (isJsonObject(detail) ? detail : {}) as { [name: string]: Json };
  switch (kind) {
    case 'decision': {
      const words = decisionWords(String(verdict), looked, (at) => withLocalTime(at, teller.zone));
      return { text: `${path ? `${path} ` : ''}${name}: ${words}`, tone: 'silent' };
    }
    case 'firing':
      return name === 'enrolled'
        ? { text: 'Fired, and entered', tone: 'done' }
        : {
            text: `Fired, and was ${name}${reason === null ? '' : `: ${reasonWithWords(String(reason))}`}`,
            tone: 'silent',
          };
    case 'outcome':
      return { text: `Recorded ${name}`, tone: 'done' };
    default:
      return { text: name, tone: 'done' };
  }
}

/** As many values as a line of a list unfolds to. */
const MAX_VALUES = 100;

function valuesOf(detail: Json): Happening['values'] {
  if (!isJsonObject(detail)) return [];
  return Object.entries(detail)
    .slice(0, MAX_VALUES)
    .map(([name, value]) => ({ name, value }));
}
