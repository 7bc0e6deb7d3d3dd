/** Which names an expression, a text or a template of a playbook sees (T0, E8). */
import { RECORD_TYPES, type RecordType, type SubjectType } from '../model.ts';
import { OVERVIEW_ROOTS, REPORT_FIELDS, type Root } from '../roots.ts';

const RELATIONS: { [subject in SubjectType]: readonly RecordType[] } = {
  contact: ['contact', 'account'],
  account: ['account'],
  deal: ['deal', 'contact', 'account'],
  ticket: ['ticket', 'contact', 'account'],
  colleague: [],
  workspace: [],
};

/** Only the playbooks of colleagues and of the workspace have these (W3). */
const OVERVIEW: ReadonlySet<string> = new Set(OVERVIEW_ROOTS);

/** The roots at a place: the records of the subject, and those of `asked` that this subject has. */
export function rootsFor(subject: SubjectType, asked: readonly Root[]): Root[] {
  const overview = subject === 'colleague' || subject === 'workspace';
  const roots: Root[] = [...RELATIONS[subject]];
  if (subject === 'colleague') roots.push('colleague');
  for (const root of asked) {
    const isRecord = (RECORD_TYPES as readonly string[]).includes(root) || root === 'colleague';
    if (isRecord || roots.includes(root) || (OVERVIEW.has(root) && !overview)) continue;
    if (root === 'mine' && subject !== 'colleague') continue;
    roots.push(root);
  }
  return roots;
}

/** E9's events of clocks: a playbook that listens to one has the clocks of every policy running. */
export function isClockEvent(event: string): boolean {
  return event.startsWith('sla.');
}

/** Why a root is not there, for a person who wrote it. */
export function whyNot(root: string, subject: SubjectType): string | undefined {
  const overview = subject === 'colleague' || subject === 'workspace';
  if (root === 'mine' && subject === 'workspace')
    return 'the workspace owns nothing: write `all`, or `subject: colleague`';
  if (OVERVIEW.has(root) && !overview) {
    const everybody = root === 'all' ? 'where everybody is meant, leave it out; ' : '';
    return `${everybody}\`${root}\` is known with \`subject: colleague\` or \`workspace\``;
  }
  if (root === 'event') return 'an event is known where it comes; in steps, what it brought is `trigger`';
  const records = RELATIONS[subject];
  if ((RECORD_TYPES as readonly string[]).includes(root)) {
    const known = records.join(' and ') || 'no record';
    return `a playbook whose subject is ${subject} knows ${known}; one about a ${root} says \`subject: ${root}\``;
  }
  return undefined;
}

/** Fields of the roots that have no others. */
export const KNOWN_FIELDS: { readonly [root: string]: readonly string[] } = {
  repeat: ['round'],
  drop: ['current', 'baseline'],
  report: REPORT_FIELDS,
};
