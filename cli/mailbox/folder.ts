/** The mailbox's folder: one file a mail, and each either whole or not there. */
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** What a file's name says: when its mail came, under which id, and how often. */
export interface MailFile {
  id: string;
  receivedAtMs: number;
  /** How often a mail with this id was handed over; it is kept once. */
  times: number;
}

const NAME = /^(\d{15})-([0-9a-f]{32})\.(\d+)\.eml$/;
const UNFINISHED = /^\.unfinished-/;

export function fileName(file: MailFile): string {
  return `${String(file.receivedAtMs).padStart(15, '0')}-${file.id}.${file.times}.eml`;
}

/** Makes the folder where there is none, takes away what a crash left half-written, and lists the rest, oldest first. */
export async function openFolder(dir: string): Promise<MailFile[]> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const files: MailFile[] = [];
  for (const name of (await readdir(dir)).sort()) {
    if (UNFINISHED.test(name)) await rm(join(dir, name), { force: true });
    const match = NAME.exec(name);
    if (match) files.push({ receivedAtMs: Number(match[1]), id: match[2]!, times: Number(match[3]) });
  }
  return files;
}

/** Returns when the file is on the disk under its name. Rejects where the disk refuses; nothing is left then. */
export async function writeWhole(dir: string, name: string, content: Buffer | string): Promise<void> {
  const unfinished = join(dir, `.unfinished-${randomUUID()}`);
  try {
    const handle = await open(unfinished, 'wx', 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unfinished, join(dir, name));
    await syncFolder(dir);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

export async function renameWhole(dir: string, from: string, to: string): Promise<void> {
  await rename(join(dir, from), join(dir, to));
  await syncFolder(dir);
}

/** A rename is on the disk only when its folder is. */
async function syncFolder(dir: string): Promise<void> {
  const handle = await open(dir, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The first bytes of a file, which hold a mail's head. */
export async function readStart(dir: string, name: string, bytes: number): Promise<Buffer> {
  const handle = await open(join(dir, name), 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
