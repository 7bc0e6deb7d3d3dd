/** The shape of every file: strict, so that an unknown key is reported. Values are read further by the compiler. */
import { z } from 'zod';
import { RECORD_TYPES, SUBJECT_TYPES } from '../model.ts';

/** CEL; a number or a boolean of YAML is an expression as well. */
const expression = z.union([z.string(), z.number(), z.boolean()]);
const words = z.string().min(1).max(500);
const open = z.record(z.string(), z.unknown());
const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]*$/i, 'a name has letters, digits, - and _')
  .max(100);
const traitName = z
  .string()
  .regex(/^[A-Za-z_]\w*$/, 'a name has letters, digits and _')
  .max(100);

export const playbookShape = z.strictObject({
  playbook: name,
  description: words.optional(),
  subject: z.enum(SUBJECT_TYPES).optional(),
  owner: words.optional(),
  time_zone: z.string().optional(),
  calendar: z.string().optional(),
  precedence: z.int().min(0).max(100).optional(),
  trigger: open,
  audience: expression.optional(),
  again: z.union([z.string(), open]).optional(),
  too_late_after: z.string().optional(),
  if_refused: z.string().optional(),
  start_with: z.literal('current').optional(),
  holdout: z.union([z.string(), z.number()]).optional(),
  anonymous: z.boolean().optional(),
  sensitive: z.enum(['health']).optional(),
  topic: words.optional(),
  quiet_hours: z.string().optional(),
  if_capped: z.string().optional(),
  goal: z.union([z.string(), open, z.array(z.unknown())]).optional(),
  exit_on: z.union([z.string(), open, z.array(z.unknown())]).optional(),
  on_goal: z.array(z.unknown()).optional(),
  on_exit: z.array(z.unknown()).optional(),
  steps: z.array(z.unknown()).min(1),
  tests: z.array(z.unknown()).max(200).optional(),
});

/** `host` or `host:port`. */
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/i;
const HOST_HINT = 'a host, or a host and its port: crm.intranet:8080';

const cap = z.strictObject({
  at_most: z.int().min(1).max(10_000),
  per: z.string(),
  if_capped: z.string().optional(),
});

export const settingsShape = z.strictObject({
  time_zone: z.string().optional(),
  calendar: z.string().optional(),
  quiet_hours: z.string().optional(),
  caps: z.record(z.string(), z.union([cap, z.array(cap).min(1).max(10)])).optional(),
  send_window: z.record(z.string(), z.string()).optional(),
  global_holdout: z.union([z.string(), z.number()]).optional(),
  sender: z.strictObject({ name: words, from: z.email(), postal_address: words.optional() }).optional(),
  required: z.partialRecord(z.enum(RECORD_TYPES), z.array(words)).optional(),
  webhooks: z.strictObject({ allow: z.array(z.string().regex(HOST, { error: HOST_HINT })).max(100) }).optional(),
  /** When tasks are mailed (S6). */
  tasks: z.strictObject({ mail: z.string().meta({ examples: ['at once', 'daily at "08:00"', 'off'] }) }).optional(),
  /** Of tickets, from the lowest to the highest. */
  priorities: z
    .array(z.union([words, z.number()]))
    .min(2)
    .max(50)
    .optional(),
});

const absence = z
  .strictObject({ from: z.string().optional(), to: z.string().optional() })
  .refine(({ from, to }) => from !== undefined || to !== undefined, { error: '`from`, `to` or both say when' });

export const personShape = z.strictObject({
  person: name,
  name: words.optional(),
  email: z.email().optional(),
  role: words.optional(),
  team: name.optional(),
  manager: name.optional(),
  region: words.optional(),
  territories: z.array(words).max(500).optional(),
  time_zone: z.string().optional(),
  away: z.union([z.boolean(), absence, z.array(absence).max(200)]).optional(),
  deputy: name.optional(),
});

export const teamShape = z.strictObject({ lead: name.optional(), fallback: name.optional() });

export const teamsShape = z.strictObject({
  teams: z.record(name, teamShape).optional(),
  channels: z.record(name, z.email('a channel leads to an e-mail address')).optional(),
});

export const segmentsShape = z.strictObject({
  subject: z.enum(RECORD_TYPES).optional(),
  segments: z.record(traitName, expression),
});

export const traitsShape = z.strictObject({
  subject: z.enum(RECORD_TYPES).optional(),
  traits: z.record(traitName, open),
});

/** The open intervals of a day; `closed` is none. */
const hours = z.union([z.literal('closed'), z.array(z.string().meta({ examples: ['09:00-17:00'] })).max(48)]);

export const calendarShape = z.strictObject({
  calendar: name,
  time_zone: z.string(),
  /** By weekday, or by several: `mon-thu`. */
  hours: z.record(z.string(), hours),
  /** By date. */
  except: z.record(z.string(), hours).optional(),
});

const span = z.union([z.string(), z.record(z.string(), z.string())]);
const events = z.union([z.string(), open, z.array(z.unknown())]);

export const policyShape = z.strictObject({
  sla: name,
  subject: z.enum(RECORD_TYPES).optional(),
  calendar: name,
  where: expression.optional(),
  clocks: z.record(
    traitName,
    z.strictObject({
      start: events,
      stop: events,
      pause: expression.optional(),
      where: expression.optional(),
      resume: events.optional(),
      cancel: events.optional(),
      target: span,
      by: z.string().optional(),
      repeat: z.boolean().optional(),
    }),
  ),
});
