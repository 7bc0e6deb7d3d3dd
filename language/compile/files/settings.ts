/** `settings.yaml` and `people/*.yaml` (W1, W2). */

import { isJsonObject } from '../../json.ts';
import type { Absence, People, Person, Settings } from '../../model.ts';
import { absenceTime } from '../../records/people/absences.ts';
import { priorityName } from '../../records/priority-name.ts';
import type { Path } from '../../syntax.ts';
import { readMailTime } from '../../time/mail-time.ts';
import type { YamlFile } from '../../yaml.ts';
import type { FileReport } from '../report.ts';
import { checkShape } from '../shape.ts';
import { personShape, settingsShape, teamsShape } from '../shapes.ts';
import { capOf, dailyWindowAt, percentAt, zoneAt } from '../values.ts';
import type { Faulty, Referred } from './faulty.ts';

export function defaultSettings(): Settings {
  return {
    timeZone: 'UTC',
    caps: {},
    sendWindow: {},
    globalHoldoutPercent: 0,
    sender: { name: 'Cuebook', from: 'cuebook@localhost.example' },
    required: {},
  };
}

/**
 * @param path where the settings are in the file: its root, or `settings` of a test
 * @param given the names of all calendars, and the settings that hold where the file says nothing
 */
export function compileSettings(
  report: FileReport,
  value: unknown,
  path: Path,
  { calendars, base, faulty }: { calendars: readonly string[]; base: Settings; faulty: Faulty },
): Settings {
  const shaped = checkShape(value, settingsShape, path, report);
  if (shaped === undefined) return base;
  const settings: Settings = { ...base };
  const at = (key: string): Path => [...path, key];
  if (shaped.time_zone !== undefined) settings.timeZone = zoneAt(report, shaped.time_zone, at('time_zone'));
  if (shaped.calendar !== undefined) {
    if (calendars.includes(shaped.calendar)) settings.calendar = shaped.calendar;
    else reportCalendar(report, shaped.calendar, at('calendar'), { calendars, faulty });
  }
  const quiet =
    shaped.quiet_hours === undefined ? undefined : dailyWindowAt(report, shaped.quiet_hours, at('quiet_hours'));
  if (quiet !== undefined) settings.quietHours = quiet;
  if (shaped.caps !== undefined) {
    const caps = Object.entries(shaped.caps).map(([name, written]) => {
      const here = [...at('caps'), name];
      const read = Array.isArray(written)
        ? written.map((cap, i) => capOf(report, cap, [...here, i]))
        : capOf(report, written, here);
      return [name, read] as const;
    });
    settings.caps = Object.fromEntries(caps);
  }
  if (shaped.send_window !== undefined) {
    settings.sendWindow = {};
    for (const [channel, text] of Object.entries(shaped.send_window)) {
      const window = dailyWindowAt(report, text, [...at('send_window'), channel]);
      if (window !== undefined) settings.sendWindow[channel] = window;
    }
  }
  if (shaped.global_holdout !== undefined) {
    settings.globalHoldoutPercent = percentAt(report, shaped.global_holdout, at('global_holdout')) ?? 0;
  }
  if (shaped.sender !== undefined) {
    const { name, from, postal_address: postalAddress } = shaped.sender;
    settings.sender = { name, from, ...(postalAddress === undefined ? {} : { postalAddress }) };
  }
  if (shaped.required !== undefined) settings.required = shaped.required as { [type: string]: string[] };
  if (shaped.webhooks !== undefined) settings.webhooks = shaped.webhooks;
  if (shaped.tasks !== undefined) settings.tasks = tasksAt(report, shaped.tasks, at('tasks'));
  if (shaped.priorities !== undefined) settings.priorities = prioritiesAt(report, shaped.priorities, at('priorities'));
  return settings;
}

/** S6: whether and when tasks are mailed. */
function tasksAt(report: FileReport, { mail }: { mail: string }, path: Path): { mail: string } {
  if (mail === 'off' || mail === 'at once') return { mail };
  const read = mail.trim() === 'weekly' ? undefined : readMailTime(mail);
  if (read && !('error' in read)) return { mail };
  const message = `\`${mail}\` does not say when tasks are mailed`;
  report.at([...path, 'mail'], { code: 'CB202', message, hint: 'write at once, daily at "08:00", or off' });
  return { mail: 'off' };
}

/** One that is named twice, in whatever case, has no place in an order; `raise` is one step up (S7). */
function prioritiesAt(report: FileReport, written: (string | number)[], path: Path): (string | number)[] {
  const seen = new Set<string>();
  written.forEach((priority, i) => {
    const name = priorityName(priority);
    if (name === 'raise') {
      const message = '`raise` is no priority: to an escalation it is one step up';
      report.at([...path, i], { code: 'CB202', message, hint: 'call the priority otherwise' });
    } else if (seen.has(name)) {
      const message = `\`${priority}\` is named twice`;
      report.at([...path, i], { code: 'CB208', message, hint: 'name each once, from the lowest to the highest' });
    }
    seen.add(name);
  });
  return written;
}

export function reportCalendar(
  report: FileReport,
  name: string,
  path: Path,
  { calendars: known, faulty }: { calendars: readonly string[]; faulty: Faulty },
): void {
  if (faulty.has('calendar', name)) report.spoil();
  else report.unknownName(path, { code: 'CB504', what: 'calendar', name, known });
}

/** Every file of `people/`: a person each, or teams and channels. */
/** @param faulty gets the names of those with a fault */
export function compilePeople(files: readonly { file: YamlFile; report: FileReport }[], faulty: Faulty): People {
  const people: People = { persons: [], teams: [], channels: {} };
  for (const { file, report } of files) {
    if (isJsonObject(file.value) && !isPerson(file.value)) addTeams(people, file, report, faulty);
    else {
      const person = compilePerson(report, file.value, []);
      if (person === undefined) {
        noteFaulty(faulty, 'person', file.value, ['person', 'role']);
        continue;
      }
      if (people.persons.some((p) => p.id === person.id)) {
        report.at(['person'], { code: 'CB208', message: `another file describes \`${person.id}\` already` });
      } else people.persons.push(person);
    }
  }
  people.persons.sort((a, b) => (a.id < b.id ? -1 : 1));
  checkRelations(people, files, faulty);
  return people;
}

/** Also one whose `person` is missing or misspelt: what it says tells that it is none of teams. */
function isPerson(value: { [key: string]: unknown }): boolean {
  if (value.person !== undefined) return true;
  const isOfTeams = Object.keys(teamsShape.shape).some((key) => value[key] !== undefined);
  return !isOfTeams && Object.keys(value).some((key) => Object.hasOwn(personShape.shape, key));
}

/** One colleague, as files and tests describe them. */
export function compilePerson(report: FileReport, value: unknown, path: Path): Person | undefined {
  const shaped = checkShape(value, personShape, path, report);
  if (shaped === undefined) return undefined;
  const { person: id, time_zone, away, ...rest } = shaped;
  const person = { id, ...rest } as Person;
  if (typeof away === 'boolean') person.away = away;
  else if (away !== undefined) {
    const several = Array.isArray(away);
    person.absences = [away].flat().map((absence, i) => {
      checkAbsence(report, absence, several ? [...path, 'away', i] : [...path, 'away']);
      return absence as Absence;
    });
  }
  if (time_zone !== undefined) person.timeZone = zoneAt(report, time_zone, [...path, 'time_zone']);
  return person;
}

/** Dates or instants that there are, the first before the last. */
function checkAbsence(
  report: FileReport,
  { from, to }: { from?: string | undefined; to?: string | undefined },
  path: Path,
): void {
  for (const [key, text] of Object.entries({ from, to })) {
    if (text === undefined || absenceTime(text) !== undefined) continue;
    const message = `\`${text}\` is no day and no instant`;
    report.at([...path, key], { code: 'CB212', message, hint: 'write 2026-12-24, or 2026-12-24T12:00:00Z' });
    return;
  }
  if (from === undefined || to === undefined || absenceTime(from)! <= absenceTime(to)!) return;
  report.at([...path, 'to'], {
    code: 'CB212',
    message: `\`${to}\` is before \`${from}\``,
    hint: 'the first day comes first',
  });
}

function addTeams(people: People, file: YamlFile, report: FileReport, faulty: Faulty): void {
  const shaped = checkShape(file.value, teamsShape, [], report);
  if (shaped === undefined) {
    const { teams, channels } = isJsonObject(file.value) ? file.value : {};
    // Whose names cannot be read may be any.
    if (teams !== undefined && !isJsonObject(teams)) faulty.addUnreadable('team');
    if (channels !== undefined && !isJsonObject(channels)) faulty.addUnreadable('channel');
    for (const team of Object.keys(isJsonObject(teams) ? teams : {})) faulty.add('team', team);
    for (const channel of Object.keys(isJsonObject(channels) ? channels : {})) faulty.add('channel', channel);
    return;
  }
  for (const [id, team] of Object.entries(shaped.teams ?? {})) {
    const { lead, fallback } = team;
    people.teams.push({ id, ...(lead === undefined ? {} : { lead }), ...(fallback === undefined ? {} : { fallback }) });
  }
  Object.assign(people.channels, shaped.channels ?? {});
}

/** The names under which others may refer to what a file with a fault describes. */
function noteFaulty(faulty: Faulty, kind: Referred, value: unknown, keys: readonly string[]): void {
  for (const key of keys) faulty.add(kind, isJsonObject(value) ? value[key] : undefined);
}

/** Managers, leads and fallbacks are persons that there are; so are the teams that persons name. */
function checkRelations(
  people: People,
  files: readonly { file: YamlFile; report: FileReport }[],
  faulty: Faulty,
): void {
  const persons = people.persons.map((person) => person.id);
  const teams = people.teams.map((team) => team.id);
  const deputyOf = (report: FileReport, written: unknown, path: Path) => {
    if (!isJsonObject(written)) return;
    checkPerson(report, written.deputy, [...path, 'deputy']);
    if (written.deputy !== written.person || written.deputy === undefined) return;
    const message = 'nobody stands in for themselves';
    report.at([...path, 'deputy'], { code: 'CB502', message, hint: 'name a colleague, or leave it out' });
  };
  const isOneOf = (known: string[], what: 'person' | 'team') => (report: FileReport, name: unknown, path: Path) => {
    if (typeof name !== 'string' || known.includes(name) || faulty.has(what, name)) return;
    report.unknownName(path, { code: 'CB502', what, name, known });
  };
  const checkPerson = isOneOf(persons, 'person');
  const checkTeam = isOneOf(teams, 'team');
  for (const { file, report } of files) {
    if (!isJsonObject(file.value)) continue;
    checkPerson(report, file.value.manager, ['manager']);
    deputyOf(report, file.value, []);
    checkTeam(report, file.value.team, ['team']);
    if (!isJsonObject(file.value.teams)) continue;
    for (const [id, team] of Object.entries(file.value.teams)) {
      if (!isJsonObject(team)) continue;
      checkPerson(report, team.lead, ['teams', id, 'lead']);
      checkPerson(report, team.fallback, ['teams', id, 'fallback']);
    }
  }
}
