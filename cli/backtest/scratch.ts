/** A folder for what a backtest puts on disk: gone when it ends, however it ends. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { plainEnvironment } from '../boot/programs.ts';

/**
 * Does `work` with a folder of its own.
 *
 * No signal is listened for: the process is often too busy to hear one, and a listener would keep the system from ending
 * it at once. So the folder is removed by a shell that waits for the end of this process, by whatever it ends.
 */
export async function withScratch<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), `cuebook-backtest-${process.pid}-`));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const letGo = removedAtTheEnd(folder);
  process.once('exit', remove);
  try {
    return await work(folder);
  } finally {
    process.off('exit', remove);
    remove();
    letGo();
  }
}

/** Its input ends with this process. It has a session of its own: Ctrl-C ends everything in the terminal's. */
function removedAtTheEnd(folder: string): () => void {
  const waiting = spawn('sh', ['-c', 'cat >/dev/null; rm -rf -- "$0"', folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: plainEnvironment(),
  });
  // Without a shell the folder is left behind by a signal, and by nothing else.
  waiting.on('error', () => {});
  waiting.stdin.on('error', () => {});
  waiting.unref();
  (waiting.stdin as unknown as { unref(): void }).unref();
  return () => waiting.stdin.end();
}
