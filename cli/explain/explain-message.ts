/** `explain --message`: from a mail back to its step, its version, its place in the files, and the events that led to it. */

import { reasonWithWords } from '../../language/records/reasons.ts';
import { isoInstant } from '../../language/time/instants.ts';
import { withLocalTime } from '../../language/time/local-time.ts';
import type { FeedTeller } from '../../server/sentences.ts';
import { decisionWords } from '../../steps/words/decision-words.ts';
import type { Database } from '../../store/postgres/database.ts';
import { type MessageOrigin, messageOrigins } from '../../store/reports/message-origins.ts';
import { Failure } from '../failure.ts';
import { counted, paint, print, printLine } from '../output.ts';

/** @throws Failure UNKNOWN_MESSAGE where nothing is called so */
export async function explainMessage(
  database: Database,
  asked: string,
  { teller, json }: { teller: FeedTeller; json: boolean | undefined },
): Promise<void> {
  const found = await messageOrigins(database, asked);
  if (found.length === 0) {
    const hint =
      'It is the Message-ID in the head of a mail, or an id that `cuebook messages list` and `cuebook explain --json` show.';
    throw new Failure('UNKNOWN_MESSAGE', `No message is called ${asked}.`, hint);
  }
  for (const [i, origin] of found.entries()) {
    if (json) print(JSON.stringify(jsonOf(origin)));
    else {
      if (i > 0) print();
      printOrigin(origin, (at) => withLocalTime(at, teller.zone));
    }
  }
}

function printOrigin(origin: MessageOrigin, shown: (at: number) => string): void {
  const { id, kind, path, playbook, subject, key, version, firedAt, evidence, decisions, messages } = origin;
  printLine(paint('bold', id, process.stdout));
  for (const one of messages) {
    const what = `${one.template ?? 'a notice'} (${one.messageClass}) to ${one.to ?? 'a channel'}`;
    printLine(`  ${what}: ${one.sentAt === null ? one.status : `sent ${shown(one.sentAt)}`}`);
  }
  printLine(`  ${statusOf(origin, shown)}`);
  const line = version.origin?.lines[path];
  const file = version.origin === null ? '' : `, ${version.origin.file}${line === undefined ? '' : `:${line}`}`;
  printLine(`  by ${kind} (${path}) of ${playbook}${file}`);
  const commit = version.commit === null ? 'of no commit that is known' : `of commit ${version.commit}`;
  printLine(`  version ${version.hash}, ${commit}`);
  const of = `${subject.type} ${subject.id}${key === '' ? '' : `, key ${key}`}`;
  printLine(`  for ${of}, fired ${shown(firedAt)}${evidence.length === 0 ? ', by time alone' : ', by'}`);
  for (const { messageId, name, at } of evidence) {
    printLine(
      `    ${name ?? 'an event that is not stored any more'} ${messageId}${at === null ? '' : ` of ${shown(at)}`}`,
    );
  }
  for (const { kind: what, verdict, looked, at } of decisions) {
    printLine(`  ${shown(at)}  ${what}: ${decisionWords(verdict, looked, shown)}`);
  }
  printLine(`  all about it: cuebook explain --subject ${subject.type}/${subject.id} --playbook ${playbook}`);
}

function statusOf({ status, reason, at, wait }: MessageOrigin, shown: (at: number) => string): string {
  const why = reason === null ? '' : `: ${reasonWithWords(reason)}`;
  if (wait === null) return `${status}${why}, ${shown(at)}`;
  return `waits${why}; tried ${counted(wait.tries, 'time')} since ${shown(wait.since)}, next try ${shown(wait.nextAt)}`;
}

function jsonOf({ at, firedAt, wait, messages, evidence, decisions, ...origin }: MessageOrigin): object {
  const shown = (instant: number | null) => (instant === null ? null : isoInstant(instant));
  return {
    type: 'message',
    ...origin,
    at: isoInstant(at),
    firedAt: isoInstant(firedAt),
    wait: wait && { since: isoInstant(wait.since), tries: wait.tries, nextAt: isoInstant(wait.nextAt) },
    messages: messages.map(({ sentAt, ...one }) => ({ ...one, sentAt: shown(sentAt) })),
    evidence: evidence.map(({ at: of, ...one }) => ({ ...one, at: shown(of) })),
    decisions: decisions.map(({ at: of, ...one }) => ({ ...one, at: isoInstant(of) })),
  };
}
