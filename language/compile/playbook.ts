/** One playbook file into its compiled form. */

import { isJsonObject } from '../json.ts';
import {
  type CompiledPlaybook,
  type JourneyProgram,
  MAX_PROGRAM_BYTES,
  SUBJECT_TYPES,
  type SubjectType,
} from '../model.ts';
import type { Path, Root } from '../syntax.ts';
import type { YamlFile } from '../yaml.ts';
import { Context } from './context.ts';
import { wholeText } from './expressions.ts';
import { reportCalendar } from './files/settings.ts';
import { lintPlaybook } from './lint/lint.ts';
import { MAX_NESTED_ROUNDS, tooManyRounds } from './lint/nested-rounds.ts';
import type { FileReport } from './report.ts';
import { type PlaybookFrame, Uses, type WorkspaceContext } from './scope.ts';
import { checkShape } from './shape.ts';
import { playbookShape } from './shapes.ts';
import { StepCompiler, stepIdsOf } from './steps.ts';
import { goalOf } from './trigger/goal.ts';
import { compileTrigger } from './trigger/trigger.ts';
import { againAt, dailyWindowAt, durationAt, holdoutAt, ifCappedAt, ifRefusedAt, zoneAt } from './values.ts';
import { triggerHash } from './version.ts';

/** N1: a firing older than this enters no one. */
const DEFAULT_TOO_LATE_MS = 72 * 3_600_000;
const DEFAULT_PRECEDENCE = 50;

export interface CompiledFile {
  playbook: CompiledPlaybook;
  uses: Uses;
  /** As they are written; read by `compileTests`. */
  tests: readonly unknown[];
  /** The lines of its steps, by path. */
  lines: { [path: string]: number };
}

/**
 * @returns undefined, and reported, when the file is not whole enough to be run
 * @param fileName without its ending: the playbook has that name
 */
export function compilePlaybook(
  file: YamlFile,
  report: FileReport,
  world: WorkspaceContext,
  fileName: string,
): CompiledFile | undefined {
  const shaped = checkShape(file.value, playbookShape, [], report);
  const written = isJsonObject(file.value) ? file.value : {};
  wholeText(report, ['description']);
  if (written.playbook !== undefined && written.playbook !== fileName && typeof written.playbook === 'string') {
    const message = `the playbook is called \`${written.playbook}\`, and its file \`${fileName}\``;
    report.at(['playbook'], { code: 'CB209', message, hint: `write playbook: ${fileName}, or rename the file` });
  }
  if (shaped === undefined && !isJsonObject(written.trigger) && !Array.isArray(written.steps)) return undefined;
  const subject = subjectSaid(shaped?.subject ?? written.subject);
  const frame = frameOf(written, subject, report, world);
  const context = new Context(frame, world, report);
  const steps = new StepCompiler(context);

  const trigger = context.gather(() =>
    isJsonObject(written.trigger) ? compileTrigger(context, written.trigger, ['trigger']) : [],
  );
  context.startedByClock = trigger.result.some((arm) => arm.kind === 'sla');
  const program: JourneyProgram = {
    schema: 1,
    // Of another shape they are told as such.
    steps: steps.list(Array.isArray(written.steps) ? written.steps : [], ['steps'], 'steps'),
    onGoal: written.on_goal === undefined ? [] : steps.list(written.on_goal, ['on_goal'], 'on_goal'),
    onExit: written.on_exit === undefined ? [] : steps.list(written.on_exit, ['on_exit'], 'on_exit'),
  };
  const rest = context.gather(() => ({
    goal: written.goal === undefined ? undefined : goalOf(context, written.goal, ['goal']),
    exitOn: written.exit_on === undefined ? [] : context.awaited(written.exit_on, ['exit_on']),
    audience:
      written.audience === undefined
        ? undefined
        : context.expression(written.audience, ['audience'], { roots: AUDIENCE_ROOTS, expects: 'bool' }),
  }));
  if (shaped === undefined) return undefined;
  checkProgram(program, steps, report);

  const holdout = optional(shaped.holdout, (v) => holdoutAt(report, v, ['holdout']));
  const playbook: CompiledPlaybook = {
    schema: 1,
    playbook: shaped.playbook,
    subject,
    precedence: shaped.precedence ?? DEFAULT_PRECEDENCE,
    trigger: { arms: trigger.result, hash: '' },
    again: shaped.again === undefined ? { kind: 'never' } : againAt(report, shaped.again, ['again']),
    tooLateAfterMs:
      optional(shaped.too_late_after, (v) => durationAt(report, v, ['too_late_after'])) ?? DEFAULT_TOO_LATE_MS,
    holdoutPercent: holdout ?? 0,
    anonymous: shaped.anonymous === true,
    exitOn: rest.result.exitOn,
    program,
    steps: Object.fromEntries([...steps.steps].map(([path, { step }]) => [path, step])),
    listensTo: [...context.listensTo].sort(),
    onlyMarketing: false,
  };
  if (shaped.if_refused !== undefined && shaped.audience === undefined) {
    const message = '`if_refused` keeps what `audience` refused, and the playbook has none';
    report.at(['if_refused'], { code: 'CB203', message, hint: 'write an audience, or leave `if_refused` out' });
  }
  setOptional(playbook, {
    description: shaped.description,
    owner: shaped.owner,
    timeZone: optional(shaped.time_zone, (v) => zoneAt(report, v, ['time_zone'])),
    audience: rest.result.audience,
    ifRefusedMs: optional(shaped.if_refused, (v) => ifRefusedAt(report, v, ['if_refused'])),
    neverHeldOut: holdout === 0 ? true : undefined,
    startsWithCurrent: shaped.start_with === 'current' ? true : undefined,
    sensitive: shaped.sensitive,
    topic: shaped.topic,
    quietHours: optional(shaped.quiet_hours, (v) => dailyWindowAt(report, v, ['quiet_hours'])),
    ifCapped: optional(shaped.if_capped, (v) => ifCappedAt(report, v, ['if_capped'])),
    goal: rest.result.goal,
  });
  const uses = new Uses();
  for (const part of [trigger.uses, steps.uses, rest.uses]) uses.add(part);
  if (uses.calendar && frame.calendar !== undefined) playbook.calendar = frame.calendar;
  playbook.onlyMarketing = lintPlaybook({ playbook, steps: steps.steps, world, report });
  playbook.trigger.hash = triggerHash(playbook, trigger.uses, world);
  if (!report.clean) return undefined;
  const lines = [...steps.steps].map(([path, { place }]) => [path, report.lineOf(place)] as const);
  return { playbook, uses, tests: shaped.tests ?? [], lines: Object.fromEntries(lines) };
}

/** Also of a playbook whose shape is faulty elsewhere: its trigger and steps are read as the subject's that it names. */
function subjectSaid(subject: unknown): SubjectType {
  return SUBJECT_TYPES.find((one) => one === subject) ?? 'contact';
}

const AUDIENCE_ROOTS: readonly Root[] = ['trigger'];

/** What parts of the playbook ask of it as a whole; ids that are used twice are reported here. */
function frameOf(
  written: { [key: string]: unknown },
  subject: PlaybookFrame['subject'],
  report: FileReport,
  world: WorkspaceContext,
): PlaybookFrame {
  const lists: Path[] = [['steps'], ['on_goal'], ['on_exit']];
  const ids = lists.flatMap((path) => stepIdsOf(written[String(path[0])], path));
  const seen = new Set<string>();
  for (const { id, path } of ids) {
    if (seen.has(id)) report.at(path, { code: 'CB210', message: `another step has the id \`${id}\` already` });
    seen.add(id);
  }
  const own = typeof written.calendar === 'string' ? written.calendar : undefined;
  const known = Object.keys(world.calendars);
  if (own !== undefined && !known.includes(own)) {
    reportCalendar(report, own, ['calendar'], { calendars: known, faulty: world.faulty });
  }
  const calendar = own ?? world.settings.calendar;
  return {
    subject,
    stepIds: [...seen],
    ...(calendar !== undefined && { calendar }),
    ...(own !== undefined && known.includes(own) && { ownCalendar: true }),
  };
}

function checkProgram(program: JourneyProgram, steps: StepCompiler, report: FileReport): void {
  for (const { path, rounds } of tooManyRounds(program)) {
    const message = `repeats in repeats make ${rounds} rounds here, and at most ${MAX_NESTED_ROUNDS} run`;
    report.at([...steps.steps.get(path)!.place, 'repeat', 'at_most'], {
      code: 'CB605',
      message,
      hint: 'lower an `at_most`',
    });
  }
  const bytes = Buffer.byteLength(JSON.stringify(program));
  if (bytes <= MAX_PROGRAM_BYTES) return;
  const message = `the compiled steps have ${bytes} bytes, and at most ${MAX_PROGRAM_BYTES} run`;
  report.key(['steps'], { code: 'CB605', message, hint: 'split the playbook' });
}

function optional<T, U>(value: T | undefined, read: (value: T) => U): U | undefined {
  return value === undefined ? undefined : read(value);
}

/** Sets what has a value: a compiled playbook is plain JSON, in which nothing is undefined. */
function setOptional<T extends object>(target: T, values: { [K in keyof T]?: T[K] | undefined }): void {
  for (const [key, value] of Object.entries(values))
    if (value !== undefined) (target as { [key: string]: unknown })[key] = value;
}
