/** Lines to standard output as fast as it takes them, and no faster: a slow reader does not fill the memory. */
import { once } from 'node:events';
import { visible } from '../output.ts';

const PIECE_CHARACTERS = 64 * 1024;

export async function writeLines(lines: Iterable<string>): Promise<void> {
  let piece = '';
  for (const line of lines) {
    piece += `${visible(line)}\n`;
    if (piece.length < PIECE_CHARACTERS) continue;
    if (!process.stdout.write(piece)) await once(process.stdout, 'drain');
    piece = '';
  }
  if (piece !== '') process.stdout.write(piece);
}
