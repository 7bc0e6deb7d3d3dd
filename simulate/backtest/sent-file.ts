/** Messages that others sent, as a file of the run: each part reads them as its time comes to them (V4). */
import type { SentMessage } from '../run/types.ts';
import { readLines } from './line-file.ts';

type Fields = [contactId: string, messageClass: string, at: number];

export function lineOfSent({ contactId, messageClass, at }: SentMessage): string {
  const fields: Fields = [contactId, messageClass, at];
  return JSON.stringify(fields);
}

export function* sentMessages(path: string): Generator<SentMessage> {
  for (const line of readLines(path)) {
    const [contactId, messageClass, at] = JSON.parse(line) as Fields;
    yield { contactId, messageClass, at };
  }
}
