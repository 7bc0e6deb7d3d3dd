/** `POST /api/people/profile`: what is known of a subject now. */
import { isJsonObject } from '../../../language/json.ts';
import type { Json, SubjectRef } from '../../../language/model.ts';
import { addressKey, suppressionOf } from '../../../language/records/suppression.ts';
import { readKnownVersions } from '../../../store/deployments/versions.ts';
import type { Database } from '../../../store/postgres/database.ts';
import { readSuppressions } from '../../../store/records/suppressions.ts';
import { enrolmentsOfSubject } from '../../../store/reports/app/enrolments.ts';
import { heirOfSubject, namedSubject, subjectsOfId } from '../../../store/reports/find-subjects.ts';
import { readRecord, readRelated, readTraitTimes } from '../../../store/reports/people/profile.ts';
import { Problem } from '../../problems.ts';
import { getProfile, type Profile } from '../contract/people.ts';
import { isoOrNull } from '../cursor.ts';
import { type Handled, on } from '../handled.ts';
import { enrolmentShown } from '../playbooks/detail.ts';

const MAX_ENROLMENTS = 50;
const MAX_RELATED = 20;
type Traits = { [name: string]: Json };

/** The values of computed traits and segments for a record, as the deployed playbooks define them. */
export type ComputedOf = (subject: SubjectRef) => Promise<Pick<Profile, 'computed' | 'segments'>>;

export interface ProfileOptions {
  database: Database;
  /** Left out where nothing computes them. */
  computedOf?: ComputedOf | undefined;
}

export function profileRoutes({ database, computedOf }: ProfileOptions): Handled[] {
  return [
    on(getProfile, async ({ body: subject }): Promise<Profile> => {
      const record = await readRecord(database.pool, subject);
      const isKnown =
        record !== undefined || (await subjectsOfId(database, subject.id)).some(({ type }) => type === subject.type);
      if (!isKnown) throw new Problem('not_found', 'Nothing that is stored is called so.');
      const { name, email, timeZone: zone } = await namedSubject(database, subject);
      const heir = await heirOfSubject(database, subject);
      const enrolments = await enrolmentsOfSubject(database.pool, subject, MAX_ENROLMENTS);
      const versions = await readKnownVersions(database.pool, new Set(enrolments.map((row) => row.versionHash)));
      const traits = record?.traits ?? {};
      return {
        ...{ type: subject.type, id: subject.id, name, email, zone, exists: record !== undefined },
        createdAt: isoOrNull(record?.createdAt),
        updatedAt: isoOrNull(record?.updatedAt),
        mergedInto: heir ? await namedOf(database, heir) : null,
        traits: await traitsOf(database, subject, traits),
        ...((await computedOf?.(subject)) ?? { computed: [], segments: [] }),
        relations: await relationsOf(database, subject, traits),
        consent: subject.type === 'contact' ? await consentOf(database, traits) : null,
        enrolments: enrolments.map((row) => enrolmentShown(row, versions)),
      };
    }),
  ];
}

async function namedOf(database: Database, subject: SubjectRef) {
  const { type, id, name } = await namedSubject(database, subject);
  return { type, id, name };
}

async function traitsOf({ pool }: Database, subject: SubjectRef, traits: Traits): Promise<Profile['traits']> {
  const times = await readTraitTimes(pool, subject);
  return Object.keys(traits)
    .sort()
    .map((name) => ({ name, value: traits[name], at: isoOrNull(times.get(name)) }));
}

async function relationsOf(database: Database, subject: SubjectRef, traits: Traits): Promise<Profile['relations']> {
  const named: Profile['relations'] = [];
  for (const [relation, type] of [
    ['contactId', 'contact'],
    ['accountId', 'account'],
  ] as const) {
    const id = traits[relation];
    if (typeof id === 'string' || typeof id === 'number')
      named.push({ relation: type, ...(await namedOf(database, { type, id: String(id) })) });
  }
  const related = await readRelated(database.pool, subject, MAX_RELATED);
  return [...named, ...related.map((one) => ({ relation: `${one.type}s`, ...one }))];
}

/** Consent is the value true alone; what stops mails holds for the address, whoever has it (P3). */
async function consentOf({ pool }: Database, traits: Traits): Promise<Profile['consent']> {
  const consent = isJsonObject(traits.consent ?? null) ? (traits.consent as Traits) : {};
  const parts = (of: Json | undefined) => Object.entries(isJsonObject(of ?? null) ? (of as Traits) : {});
  const address = addressKey(traits);
  const stopped =
    suppressionOf(traits) ??
    (address === undefined ? undefined : (await readSuppressions(pool, [address])).get(address));
  return {
    marketing: consent.marketing === true,
    topics: parts(consent.topics).map(([topic, value]) => ({ topic, consents: value === true })),
    channels: parts(consent.channels).map(([channel, value]) => ({ channel, consents: value === true })),
    suppressed: stopped === undefined ? null : { code: stopped, words: stopped },
  };
}
