/** What tests of `becomes` share: a playbook that records each firing, and events that write traits or only happen. */
import { day, type Happening } from '../play.ts';

export const playbook = (trigger: string, more = '') => `
trigger: { ${trigger} }
again: always
${more}steps: [{ record: turned, value: trigger.n }]`;

export const known = (time: string, contact: object, days = 0, more: object = {}): Happening => [
  day(time, days),
  'known',
  { traits: { contact }, ...more } as never,
];

export const seen = (time: string, days = 0): Happening => [day(time, days), 'seen'];
