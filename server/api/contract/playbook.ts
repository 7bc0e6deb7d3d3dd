/** One playbook: as a picture with its counts, as it was written, by version, and who is in it. */
import { z } from 'zod';
import { instant, namedSubject, paging, reason, reasonCount } from './common.ts';
import { endpoint } from './endpoint.ts';
import { playbookSummary } from './playbooks.ts';

const params = z.object({ playbook: z.string().min(1).max(200) });
const hash = z.string().max(100);

export const playbookDetail = playbookSummary.extend({
  zone: z.string(),
  /** What makes it fire, an arm each, in words. */
  trigger: z.array(z.string()),
  audience: z.string().nullable(),
  again: z.string(),
  tooLateAfterMs: z.number(),
  holdoutPercent: z.number(),
  goal: z.object({ words: z.string(), withinMs: z.number().nullable() }).nullable(),
  exitOn: z.array(z.string()),
  topic: z.string().nullable(),
  precedence: z.number(),
});
export type PlaybookDetail = z.infer<typeof playbookDetail>;

export const getPlaybook = endpoint({
  method: 'GET',
  path: '/api/playbooks/{playbook}',
  role: 'viewer',
  summary: 'What a playbook says, and what it has come to.',
  params,
  answer: playbookDetail,
});

/** `start`: what fires it; `end`: where its steps end; else a step. */
export const flowNode = z.object({
  /** The step's path; `start`, `end`. */
  id: z.string(),
  /** `start`, `end`, or the step's key: `send`, `wait`, `if`, … */
  kind: z.string(),
  stepId: z.string().nullable(),
  /** In plain words: `E-mail cart-reminder`, `Wait 1 d`. */
  title: z.string(),
  /** A further line: a condition, a subject line. */
  detail: z.string().nullable(),
  /** The line of the file, from 1. */
  line: z.int().nullable(),
  /** Which part of the playbook it is in. */
  part: z.enum(['steps', 'on_goal', 'on_exit']),
  /** Journeys that came to it. */
  entered: z.int(),
  /** Of these, those that are there now. */
  waiting: z.int(),
  /** Those that went on from it. */
  passed: z.int(),
  /** Of an effect: what was not done, and why. Of `start`: what fired and was not let in. */
  refused: z.array(reasonCount),
  /** Of an effect: what failed for good, or is not known to have arrived. */
  failed: z.int(),
});
export type FlowNode = z.infer<typeof flowNode>;

export const flowEdge = z.object({
  from: z.string(),
  to: z.string(),
  kind: z.enum(['next', 'arm', 'otherwise', 'loop', 'error']),
  /** What leads along it: a condition, an arm's share, `else`. */
  label: z.string().nullable(),
  /** Journeys that went along it; null where that is not known. */
  count: z.int().nullable(),
});
export type FlowEdge = z.infer<typeof flowEdge>;

export const flow = z.object({
  playbook: z.string(),
  version: hash,
  /** Only journeys that began in this time count. */
  since: instant,
  until: instant,
  /** Journeys of that time and version. */
  entered: z.int(),
  nodes: z.array(flowNode),
  edges: z.array(flowEdge),
  /** Journeys that left from a step before the end: by step and reason. */
  left: z.array(z.object({ from: z.string(), outcome: z.string(), reason: reason.nullable(), count: z.int() })),
});
export type Flow = z.infer<typeof flow>;

export const getFlow = endpoint({
  method: 'GET',
  path: '/api/playbooks/{playbook}/flow',
  role: 'viewer',
  summary: 'A version as a graph of its steps, with how many came where.',
  params,
  query: z.strictObject({
    version: hash.optional().describe('Left out: the deployed one.'),
    days: z.coerce.number().int().min(1).max(400).default(30),
  }),
  answer: flow,
});

export const diagnostic = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning']),
  message: z.string(),
  hint: z.string().nullable(),
  file: z.string(),
  line: z.int(),
  column: z.int(),
});
export type Diagnostic = z.infer<typeof diagnostic>;

export const source = z.object({
  /** As people name it: `playbooks/welcome.yaml`. Null where the server does not see the folder. */
  file: z.string().nullable(),
  yaml: z.string().nullable(),
  /** Whether the file compiles to the version that is deployed; null where that is not known. */
  isDeployed: z.boolean().nullable(),
  diagnostics: z.array(diagnostic),
});
export type Source = z.infer<typeof source>;

export const getSource = endpoint({
  method: 'GET',
  path: '/api/playbooks/{playbook}/source',
  role: 'viewer',
  summary: 'The file of a playbook as it is in the folder now, with what there is to say about it.',
  params,
  answer: source,
});

export const version = z.object({
  hash,
  createdAt: instant,
  file: z.string().nullable(),
  commit: z.string().nullable(),
  isDeployed: z.boolean(),
  entered: z.int(),
  underWay: z.int(),
  /** Where those are who are under way; `path` null before the first step. */
  at: z.array(
    z.object({ path: z.string().nullable(), title: z.string().nullable(), waits: z.boolean(), count: z.int() }),
  ),
});
export type Version = z.infer<typeof version>;

export const listVersions = endpoint({
  method: 'GET',
  path: '/api/playbooks/{playbook}/versions',
  role: 'viewer',
  summary: 'Its versions, the latest first, with who is where. At most 100.',
  params,
  answer: z.object({ items: z.array(version) }),
});

export const enrolment = z.object({
  id: z.string(),
  playbook: z.string(),
  subject: namedSubject,
  key: z.string(),
  version: hash,
  startedAt: instant,
  /** Held out for comparison: it does nothing. */
  heldOut: z.boolean(),
  /** Null while it is under way. */
  outcome: z.string().nullable(),
  reason: reason.nullable(),
  endedAt: instant.nullable(),
  goalAt: instant.nullable(),
  /** What it waits for at the latest; null where it waits without one, and where it has ended. */
  nextAt: instant.nullable(),
  /** The step that it came to last. */
  step: z.object({ path: z.string(), title: z.string() }).nullable(),
});
export type Enrolment = z.infer<typeof enrolment>;

export const listEnrolments = endpoint({
  method: 'GET',
  path: '/api/playbooks/{playbook}/enrolments',
  role: 'viewer',
  summary: 'Who is or was in it, the latest first.',
  params,
  query: z.strictObject({
    state: z.enum(['open', 'ended', 'all']).default('all'),
    outcome: z.string().max(50).optional(),
    reason: z.string().max(500).optional(),
    version: hash.optional(),
    ...paging,
  }),
  answer: z.object({ items: z.array(enrolment), next: z.string().nullable() }),
});
