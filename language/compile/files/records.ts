/** Segments and service levels, each of one kind of record. Traits: traits.ts. */

import { isJsonObject } from '../../json.ts';
import type { ClockPolicy, Expression, Json, SubjectType, Table, Target } from '../../model.ts';
import type { Path } from '../../syntax.ts';
import type { YamlFile } from '../../yaml.ts';
import { Context } from '../context.ts';
import type { FileReport } from '../report.ts';
import type { WorkspaceContext } from '../scope.ts';
import { checkShape } from '../shape.ts';
import { policyShape, segmentsShape } from '../shapes.ts';
import { targetOf } from '../spans.ts';
import { becomesOf, bothHold } from '../trigger/events.ts';
import { reportCalendar } from './settings.ts';

type File = { file: YamlFile; report: FileReport };

/** Adds the segments of one file to `world.segments`. */
export function compileSegments({ file, report }: File, world: WorkspaceContext): void {
  const shaped = checkShape(file.value, segmentsShape, [], report);
  if (shaped === undefined) {
    world.faulty.addUnreadable('segment');
    return;
  }
  const subject = shaped.subject ?? 'contact';
  const context = new Context({ subject, stepIds: [] }, world, report);
  for (const [name, value] of Object.entries(shaped.segments)) {
    const path = ['segments', name];
    if (world.segments.some((segment) => segment.name === name)) {
      report.key(path, { code: 'CB208', message: `a segment \`${name}\` is described already` });
      continue;
    }
    world.segments.push({ subject, name, expression: becomesOf(context, value, path, { overviews: true }) });
  }
}

/** Adds the policy of one file to `world.policies` (section 7). */
export function compilePolicy({ file, report }: File, world: WorkspaceContext): void {
  const shaped = checkShape(file.value, policyShape, [], report);
  if (shaped === undefined) {
    world.faulty.add('policy', isJsonObject(file.value) ? file.value.sla : undefined);
    return;
  }
  const { sla: name, subject = 'ticket', calendar } = shaped;
  if (Object.hasOwn(world.policies, name)) {
    report.at(['sla'], { code: 'CB208', message: `a policy \`${name}\` is described already` });
    return;
  }
  if (!Object.hasOwn(world.calendars, calendar))
    reportCalendar(report, calendar, ['calendar'], { calendars: Object.keys(world.calendars), faulty: world.faulty });
  const context = new Context({ subject, calendar, stepIds: [] }, world, report);
  const clocks = Object.entries(shaped.clocks).map(([clockName, clock]): ClockPolicy => {
    const path = ['clocks', clockName];
    const events = (key: 'start' | 'stop' | 'resume' | 'cancel') =>
      clock[key] === undefined ? [] : context.events(clock[key], [...path, key]);
    const where = whereOf(context, { policy: shaped.where, clock: clock.where }, path);
    const target = targetOf(context, clock, path, world.calendars[calendar]);
    if (target.kind === 'table' && target.default === undefined) warnOfNoRest(report, target, [...path, 'target']);
    return {
      name: clockName,
      start: events('start'),
      stop: events('stop'),
      resume: events('resume'),
      cancel: events('cancel'),
      ...(clock.pause === undefined
        ? {}
        : { pause: context.expression(clock.pause, [...path, 'pause'], { roots: [], expects: 'bool' }) }),
      ...(where && { where }),
      target,
      repeat: clock.repeat === true,
    };
  });
  world.policies[name] = { name, subject, calendar, clocks };
}

/** The policy's condition and the clock's own: both must hold. */
function whereOf(
  context: Context,
  { policy, clock }: { policy?: unknown; clock?: unknown },
  path: Path,
): Expression | undefined {
  const read = (value: unknown, at: Path) =>
    value === undefined ? undefined : context.expression(value, at, { roots: [], expects: 'bool' });
  const all = read(policy, ['where']);
  const own = read(clock, [...path, 'where']);
  return all && own ? bothHold(all, own) : (all ?? own);
}

function warnOfNoRest(report: FileReport, { by, rows }: Table<Target>, path: Path): void {
  report.at(path, {
    code: 'CB243',
    severity: 'warning',
    message: `the table has no \`default\`: while \`${by.cel}\` is none of ${rows.map(({ is }) => is).join(', ')}, there is no promise`,
    hint: 'write a `default` after the rows, where the others are promised something as well',
  });
}

/** What a playbook's file says that it is about; what is no kind of subject is told where it stands. */
export function subjectOf(value: Json): SubjectType {
  const subject = isJsonObject(value) ? value.subject : undefined;
  return (typeof subject === 'string' ? subject : 'contact') as SubjectType;
}
