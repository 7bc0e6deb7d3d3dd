/** The embedded mailbox: keeps mails in a folder, and can be asked what it has taken (P4). */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type DeliveryStatus, mailboxIdOf } from '../../activities/mail/delivery-status.ts';
import { fileName, type MailFile, openFolder, readStart, renameWhole, writeWhole } from './folder.ts';
import { idOfMail, type MailHead, parseHead } from './head.ts';
import { Memory } from './memory.ts';

export interface KeptMail extends MailHead {
  id: string;
  receivedAt: Date;
  /** How often it was handed over. It is kept once. */
  times: number;
}

export interface MailPage {
  mails: KeptMail[];
  /** Of those found. */
  total: number;
  page: number;
  pages: number;
}

export interface MailboxOptions {
  dir: string;
  /** Mails that are kept; 5,000 when left out. The oldest go. */
  most?: number;
  /** Ids of mails gone that are remembered; 100,000 when left out. */
  mostRemembered?: number;
}

/** A head is a few kilobytes; what is longer is not shown in the list. */
const HEAD_BYTES = 64 * 1024;

type Entry = MailFile & { head?: MailHead };

export class Mailbox {
  readonly #dir: string;
  readonly #most: number;
  readonly #memory: Memory;
  /** In the order of arrival. */
  readonly #mails = new Map<string, Entry>();
  readonly #atWork = new Map<string, Promise<void>>();
  #repeats = 0;

  private constructor(dir: string, most: number, memory: Memory, files: readonly MailFile[]) {
    this.#dir = dir;
    this.#most = most;
    this.#memory = memory;
    for (const file of files) {
      this.#mails.set(file.id, file);
      this.#repeats += file.times - 1;
    }
  }

  /** Reads the folder. Rejects where it cannot be made or read. */
  static async open(options: MailboxOptions): Promise<Mailbox> {
    const files = await openFolder(options.dir);
    const memory = await Memory.open(options.dir, options.mostRemembered ?? 100_000);
    const mailbox = new Mailbox(options.dir, options.most ?? 5_000, memory, files);
    await mailbox.#makeRoom(0);
    return mailbox;
  }

  /** Mails kept. */
  get size(): number {
    return this.#mails.size;
  }

  /** Handovers of a mail that was already there. */
  get repeats(): number {
    return this.#repeats;
  }

  /** Resolves when the mail is on the disk; rejects where the disk refuses, and nothing was taken then. */
  async keep(raw: Buffer): Promise<{ id: string; repeat: boolean }> {
    const id = idOfMail(raw);
    // One after the other for each id: a repeat that comes while the first is being written waits for it.
    const before = this.#atWork.get(id) ?? Promise.resolve();
    const work = before.catch(() => undefined).then(() => this.#keep(id, raw));
    const done = work.then(
      () => undefined,
      () => undefined,
    );
    this.#atWork.set(id, done);
    try {
      return { id, repeat: await work };
    } finally {
      if (this.#atWork.get(id) === done) this.#atWork.delete(id);
    }
  }

  async #keep(id: string, raw: Buffer): Promise<boolean> {
    const kept = this.#mails.get(id);
    if (kept) {
      await renameWhole(this.#dir, fileName(kept), fileName({ ...kept, times: kept.times + 1 }));
      kept.times += 1;
    }
    if (kept || this.#memory.has(id)) {
      this.#repeats += 1;
      return true;
    }
    const entry: Entry = { id, receivedAtMs: Date.now(), times: 1 };
    await this.#makeRoom(1);
    await writeWhole(this.#dir, fileName(entry), raw);
    this.#mails.set(id, entry);
    return false;
  }

  async #makeRoom(wanted: number): Promise<void> {
    while (this.#mails.size > 0 && this.#mails.size + wanted > this.#most) {
      const oldest = this.#mails.values().next().value!;
      this.#mails.delete(oldest.id);
      await this.#memory.add(oldest.id);
      await rm(join(this.#dir, fileName(oldest)), { force: true });
    }
  }

  /** Whether a mail of this Message-ID was taken, even where it has made room since. */
  has(messageId: string): DeliveryStatus {
    return this.taken(mailboxIdOf(messageId));
  }

  taken(id: string): DeliveryStatus {
    if (this.#mails.has(id) || this.#memory.has(id)) return 'taken';
    // A mail that is being written has not been answered for yet.
    if (this.#atWork.has(id)) return 'cannot-ask';
    return this.#memory.complete ? 'not-taken' : 'cannot-ask';
  }

  /** A page of mails, newest first; of those that hold every word of `search` in an address, subject or playbook. */
  async list(query: { search?: string; page?: number; perPage: number }): Promise<MailPage> {
    const words = (query.search ?? '').toLowerCase().split(/\s+/).filter(Boolean);
    let entries = [...this.#mails.values()].reverse();
    if (words.length > 0) {
      const found: Entry[] = [];
      for (const entry of entries) if (holds(await this.#headOf(entry), words)) found.push(entry);
      entries = found;
    }
    const pages = Math.max(1, Math.ceil(entries.length / query.perPage));
    const page = Math.min(Math.max(1, query.page ?? 1), pages);
    const shown = entries.slice((page - 1) * query.perPage, page * query.perPage);
    const mails: KeptMail[] = [];
    for (const entry of shown) mails.push(kept(entry, await this.#headOf(entry)));
    return { mails, total: entries.length, page, pages };
  }

  /** One mail with its source; undefined where it is not kept. */
  async read(id: string): Promise<{ mail: KeptMail; raw: Buffer } | undefined> {
    const entry = this.#mails.get(id);
    const raw = entry && (await this.#fromFile(entry, (name) => readFile(join(this.#dir, name))));
    return raw && { mail: kept(entry, await this.#headOf(entry)), raw };
  }

  async #headOf(entry: Entry): Promise<MailHead> {
    if (!entry.head) {
      const start = await this.#fromFile(entry, (name) => readStart(this.#dir, name, HEAD_BYTES));
      entry.head = start ? await parseHead(start) : { from: '', to: '', subject: '' };
    }
    return entry.head;
  }

  /** Reads from a mail's file, which a repeat may rename and a newer mail may take away meanwhile: then undefined. */
  async #fromFile<T>(entry: Entry, read: (name: string) => Promise<T>): Promise<T | undefined> {
    for (let attempt = 0; attempt < 3; attempt++) {
      await this.#atWork.get(entry.id);
      try {
        return await read(fileName(entry));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
    return undefined;
  }
}

function kept(entry: Entry, head: MailHead): KeptMail {
  return { ...head, id: entry.id, receivedAt: new Date(entry.receivedAtMs), times: entry.times };
}

function holds(head: MailHead, words: readonly string[]): boolean {
  const text = `${head.from} ${head.to} ${head.subject} ${head.playbook ?? ''}`.toLowerCase();
  return words.every((word) => text.includes(word));
}
