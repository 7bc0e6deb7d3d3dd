/** What `cuebook messages` does and prints. */
import { requestRemedyOf } from '../../activities/http/request-codes.ts';
import { remedyOf } from '../../activities/mail/refusal-codes.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { dropMessages, retryMessages } from '../../store/journeys/operate-messages.ts';
import type { Database } from '../../store/postgres/database.ts';
import { readTroubledMessages, type Trouble, type TroubledMessage } from '../../store/reports/troubled-messages.ts';
import { Failure } from '../failure.ts';
import { counted, note, paint, print, printLine } from '../output.ts';
import { reachingStore } from '../reach-store.ts';

export interface MessageOptions {
  status?: Trouble;
  playbook?: string;
  reason?: string;
  limit?: number;
  after?: string;
  all?: boolean;
  dataDir?: string;
  json?: boolean;
}

/** Changed in one transaction. */
const AT_ONCE = 500;

export async function list({ limit = 50, dataDir, json, ...filter }: MessageOptions): Promise<void> {
  const found = await reachingStore(dataDir, (database) =>
    readTroubledMessages(database, { ...filter, most: limit + 1 }),
  );
  const shown = found.slice(0, limit);
  if (json) {
    for (const message of shown) print(JSON.stringify(jsonOf(message)));
    return;
  }
  if (shown.length === 0) return print('No message waits, failed, or is unknown.');
  for (const message of shown) printMessage(message);
  if (found.length > limit) note(`More: cuebook messages list --after ${shown.at(-1)!.id}`);
}

export async function retry(ids: string[], options: MessageOptions): Promise<void> {
  await operate(ids, options, { change: retryMessages, done: 'tried now', verb: 'retry' });
}

export async function drop(ids: string[], options: MessageOptions): Promise<void> {
  await operate(ids, options, { change: dropMessages, done: 'dropped', verb: 'drop' });
}

interface Operation {
  change: (database: Database, ids: readonly string[]) => Promise<string[]>;
  /** In words, of what was changed. */
  done: string;
  verb: string;
}

async function operate(ids: string[], options: MessageOptions, { change, done, verb }: Operation): Promise<void> {
  const { all = false, playbook, reason, dataDir, json } = options;
  if (all === ids.length > 0) {
    throw new Failure('WRONG_USE', `Which messages to ${verb}?`, 'Name their ids, or give --all; not both.');
  }
  const changed: string[] = [];
  await reachingStore(dataDir, async (database) => {
    for (let after: string | undefined; ; ) {
      const filter = { status: 'waiting' as const, playbook, reason, after, most: AT_ONCE };
      const page = await readTroubledMessages(database, all ? filter : { ...filter, ids });
      changed.push(
        ...(await change(
          database,
          page.map(({ id }) => id),
        )),
      );
      if (page.length < AT_ONCE) return;
      after = page.at(-1)!.id;
    }
  });
  const left = ids.filter((id) => !changed.includes(id));
  if (json) for (const id of changed) print(JSON.stringify({ id, done }));
  else print(`${counted(changed.length, 'message')} ${done}.`);
  if (left.length > 0) {
    process.exitCode = 1;
    note(`Not among those that wait: ${left.join(', ')}. \`cuebook messages list\` shows them.`);
  }
}

function printMessage(message: TroubledMessage): void {
  const { id, status, playbook, kind, template, messageClass, recipients, reason, at, wait } = message;
  const colour = status === 'waiting' ? 'yellow' : 'red';
  printLine(`${paint('bold', id, process.stdout)}`);
  printLine(`  ${paint(colour, `${status}: ${reason}`, process.stdout)}`);
  const what =
    messageClass === null ? `a ${kind}` : `${template ?? 'a notice'} (${messageClass}) to ${recipients.join(', ')}`;
  printLine(`  ${playbook}, ${what}, due ${isoInstant(at)}`);
  if (wait)
    printLine(
      `  refused ${counted(wait.tries, 'time')} since ${isoInstant(wait.since)}; next try ${isoInstant(wait.nextAt)}`,
    );
  const remedy = remedyFor(message);
  if (remedy !== undefined) print(`  ${remedy}`);
}

function remedyFor({ reason, messageClass }: Pick<TroubledMessage, 'reason' | 'messageClass'>): string | undefined {
  if (reason === null) return undefined;
  return messageClass === null ? requestRemedyOf(reason) : remedyOf(reason);
}

function jsonOf({ at, wait, ...message }: TroubledMessage): object {
  return {
    ...message,
    remedy: remedyFor(message) ?? null,
    at: isoInstant(at),
    wait: wait && { since: isoInstant(wait.since), tries: wait.tries, nextAt: isoInstant(wait.nextAt) },
  };
}
