/** How a test shows instants, lines and steps to people: as they are written in a test, the local time beside. */
import { stringify } from 'yaml';
import type { ExpectedLine, PlaybookTest } from '../../language/compile.ts';
import type { Instant, Json, PlaybookVersion } from '../../language/model.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { localTime } from '../../language/time/local-time.ts';
import { isZone } from '../../language/time/zones.ts';
import type { CameLine } from './diff.ts';

export interface Shown {
  zone: string;
  /** `at 2026-03-02T11:00:00Z (Mon 12:00 Europe/Berlin)` */
  at(instant: Instant, preposition?: string): string;
  /** `step wait_for (line 12)` */
  step(path: string): string;
}

/** In the zone of the test's one subject, else the playbook's, else the settings'. */
export function shownFor({ playbook }: PlaybookVersion, test: PlaybookTest): Shown {
  const own = test.records.find(({ type, single }) => single && type === playbook.subject)?.traits.time_zone;
  const zone = typeof own === 'string' && isZone(own) ? own : (playbook.timeZone ?? test.settings.timeZone);
  return {
    zone,
    at: (instant, preposition = 'at ') => `${preposition}${shortInstant(instant)}${local(instant, zone)}`,
    step(path) {
      const kind = playbook.steps[path]?.kind;
      const line = test.stepLines[path];
      const where = line === undefined ? path : `line ${line}`;
      return kind === undefined ? path : `step ${kind} (${where})`;
    },
  };
}

/** `2026-03-02T11:00:00Z`: milliseconds only where there are some. */
export function shortInstant(at: Instant): string {
  return isoInstant(at).replace('.000Z', 'Z');
}

function local(at: Instant, zone: string): string {
  return zone === 'UTC' ? '' : ` (${localTime(at, zone)})`;
}

/** As it can be pasted into `expect`: `- { at: 2026-03-02T11:00:00Z, send: cart-reminder }`. */
export function cameText({ at, fields, refused }: CameLine): string {
  return pasted({ at: shortInstant(at), ...fields, ...(refused !== null && { refused }) });
}

export function wantedText({ at, fields }: ExpectedLine): string {
  return pasted({ ...(at !== undefined && { at: shortInstant(at) }), ...fields });
}

export function pasted(line: { [key: string]: Json }): string {
  return `- ${stringify(line, { collectionStyle: 'flow', lineWidth: 0 }).trimEnd()}`;
}
