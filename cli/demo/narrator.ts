/** Prints what happens, with the time in the company. */

import { registry } from '../../evaluation/registry.ts';
import type { Instant } from '../../language/model.ts';
import { formatTime } from '../../language/template/formats.ts';
import type { FeedTeller } from '../../server/sentences.ts';
import { readDeployedConfig } from '../../store/deployments/deployments.ts';
import type { Database } from '../../store/postgres/database.ts';
import type { Activity } from '../../store/reports/activity-feed.ts';
import { paint, print } from '../output.ts';
import { ZONE } from './calls.ts';
import { taleOf } from './story.ts';

export interface Opening {
  baseUrl: string;
  warp: number;
  begin: Instant;
}

/** Prints where to look, and gives what prints the rest. */
export async function narrator(database: Database, opening: Opening): Promise<(happening: Activity) => void> {
  const { people } = await readDeployedConfig(database.pool);
  const teller: FeedTeller = { zone: ZONE, people, steps: registry.steps };
  const out = process.stdout;
  print();
  print(`  ${paint('bold', 'Look at it', out)}  ${paint('cyan', opening.baseUrl, out)}`);
  print(`  ${paint('bold', 'The app', out)}     ${paint('cyan', `${opening.baseUrl}/app/`, out)}`);
  print(`  ${paint('bold', 'Its mails', out)}   ${paint('cyan', `${opening.baseUrl}/mailbox`, out)}`);
  print();
  const pace = opening.warp === 3600 ? 'an hour passes every second' : `${opening.warp} seconds pass every second`;
  print(`It is ${timeOf(opening.begin)} in a small company, and ${pace}. Ctrl-C ends it.`);
  print();
  return (happening) => {
    const tale = taleOf(happening, teller);
    if (tale === undefined) return;
    const at = paint('dim', timeOf(happening.at), out);
    print(`${at}  ${tale}  ${paint('dim', happening.playbook, out)}`);
  };
}

const WEEKDAYS = new Intl.DateTimeFormat('en', { weekday: 'short', timeZone: ZONE });

/** `Mon 09:51` */
function timeOf(at: Instant): string {
  return `${WEEKDAYS.format(at)} ${formatTime(at, { zone: ZONE })}`;
}
