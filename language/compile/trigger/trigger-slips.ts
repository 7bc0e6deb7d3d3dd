/** Keys that triggers of other tools have: how it is said here, with the value that was written. */

type Meant = (value: unknown, whole: { [key: string]: unknown }) => string;

const atFirst: Meant = (value) =>
  `a trigger fires at once: let the steps begin with - wait: ${typeof value === 'string' ? value : '2h'}`;
const scheduled: Meant = (value) => {
  const text = typeof value === 'string' ? value : '';
  if (/^\S+ \S+ \S+ \S+ \S+$/.test(text)) return `write { schedule: "${text}" }`;
  return `write { schedule: ${/^(?:1w|week)/.test(text) ? 'monday' : 'day'} at "09:00" }`;
};

const MEANT: { [key: string]: Meant } = {
  is: (_, whole) =>
    'sla' in whole
      ? 'a trigger fires at a mark: mark: breach; `is` is a word of waits and goals'
      : 'a condition over traits is { becomes: contact.stage == "won" }',
  after: atFirst,
  delay: atFirst,
  wait: atFirst,
  before: (value) => `did you mean offset: ${typeof value === 'string' ? `-${value.replace(/^-/, '')}` : '-3d'}?`,
  cron: scheduled,
  every: scheduled,
  daily: scheduled,
  segment: (value) => `write { enters: ${typeof value === 'string' ? value : 'vip'} }, or leaves for those who go out`,
  or: () => 'did you mean `any`?',
  and: () => "one condition is written into `where` of the other, or is the playbook's `audience`",
  condition: () => 'write { becomes: … } for a condition that turns true, or `where` beside an event',
};

/** @param whole the trigger, or the arm of it */
export function triggerMeant(key: string, whole: { [key: string]: unknown }): string | undefined {
  return Object.hasOwn(MEANT, key) ? MEANT[key]!(whole[key], whole) : undefined;
}
