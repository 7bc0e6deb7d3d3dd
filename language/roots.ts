/** The names that an expression or a text may start with (T0, Y2). Which of them one sees depends on where it is. */
import { RECORD_TYPES } from './model.ts';

/** What a playbook of colleagues or of the workspace reads (W3). */
export const OVERVIEW_ROOTS = ['mine', 'all', 'report'] as const;

/** What `report` has (W3): its days, sums over all playbooks, percentages, and lists. */
export const REPORT_FIELDS = [
  'from',
  'to',
  'fired',
  'entered',
  'converted',
  'value',
  'sla_met',
  'cadence_kept',
  'complete_profiles',
  'playbooks',
  'service_levels',
  'cadence',
  'records',
  'messages',
  'predictions',
] as const;

/** Those of them that are lists. */
export const REPORT_LISTS: readonly string[] = [
  'playbooks',
  'service_levels',
  'cadence',
  'records',
  'messages',
  'predictions',
];

export const ROOTS = [
  'event',
  ...RECORD_TYPES,
  'colleague',
  'trigger',
  'steps',
  'repeat',
  ...OVERVIEW_ROOTS,
  'drop',
] as const;
export type Root = (typeof ROOTS)[number];

export const EXPRESSION_ROOTS = [...ROOTS, 'now'] as const;

/** What templates are given in addition. */
export const TEMPLATE_ROOTS = ['with', 'links'] as const;

/** `n` counts the repeated events of a test. */
export const TEXT_ROOTS: readonly string[] = [...EXPRESSION_ROOTS, ...TEMPLATE_ROOTS, 'n'];

/** What reads the same for every playbook at one position of one subject's timeline. */
export const EVENT_ROOTS: readonly Root[] = ['event', ...RECORD_TYPES];

/** What has happened to the enrolment so far. */
export const JOURNEY_ROOTS = ['trigger', 'steps', 'repeat'] as const;

/** What every step may read in addition to the records. */
export const STEP_ROOTS: readonly Root[] = [...JOURNEY_ROOTS, 'drop', ...OVERVIEW_ROOTS];
