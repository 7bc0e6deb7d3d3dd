/** A desk's policy with one clock, `reply`, over a calendar in UTC with a break at noon. */
import type { WorkspaceFile } from '../../language/compile.ts';
import type { Json } from '../../language/model.ts';
import { day, type Happening, play } from '../rules/play.ts';

/** @param clock lines of the clock, indented by four; `more` are lines of the policy */
export const policy = (clock: string, more = ''): WorkspaceFile[] => [
  {
    path: 'calendars/desk.yaml',
    text: 'calendar: desk\ntime_zone: UTC\nhours: { mon-fri: ["09:00-12:00", "13:00-17:00"] }\n',
  },
  {
    path: 'sla/desk.yaml',
    text: `sla: desk\ncalendar: desk\n${more}clocks:\n  reply:\n    start: ticket.created\n    stop: ticket.replied\n${clock}`,
  },
];

export const ticket = (
  time: string,
  name = 'ticket.created',
  traits: { [name: string]: Json } = {},
  later = 0,
): Happening => [day(time, later), name, { traits: { ticket: traits } }];

/** When `mark` and the breach fire, as `03-02 14:00`; Monday is 2 March 2026. */
export const firings = (mark: string, extra: WorkspaceFile[], events: Happening[], until = day('17:00', 1)) =>
  play(
    `subject: ticket\nagain: always\ntrigger:\n  any:\n    - { sla: desk.reply, mark: ${mark} }\n    - { sla: desk.reply, mark: breach }\nsteps: [{ record: x }]`,
    { ticket: {}, extra, events, until },
  ).firings.map((line) => line.slice(0, 11));
