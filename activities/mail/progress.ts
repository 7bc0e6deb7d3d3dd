/** How far a mail got: the difference between "not taken" and "unknown" (P4). */
import { PassThrough, type Readable } from 'node:stream';

export interface Progress {
  /** The connection was given the whole mail; its end-of-data mark follows at once. */
  sentWhole: boolean;
}

interface Watched {
  use(step: 'stream', plugin: (mail: PluginMail, done: (error?: Error | null) => void) => void): unknown;
}

interface PluginMail {
  data: { progress?: Progress };
  message: { processFunc(process: (input: Readable) => Readable): void };
}

/** Makes every mail of a transport keep its `progress`. A mail that was sent whole once is never sent again by it. */
export function watchProgress(transport: unknown): void {
  (transport as Watched).use('stream', (mail, done) => {
    const { progress } = mail.data;
    if (progress) mail.message.processFunc((content) => watching(content, progress));
    done();
  });
}

function watching(content: Readable, progress: Progress): Readable {
  if (progress.sentWhole) return new PassThrough().destroy(new Error('this mail has been sent whole before'));
  // `end` comes when the connection has taken the last byte: the content is not read before the server asked for it.
  // That the content has all been produced says nothing: a short mail waits in a buffer from the start.
  content.once('end', () => {
    progress.sentWhole = true;
  });
  return content;
}
