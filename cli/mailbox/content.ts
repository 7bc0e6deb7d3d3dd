/** What a mail says, taken out of its parts. */
import { simpleParser } from 'mailparser';

export interface MailContent {
  text: string;
  html: string | undefined;
}

/** Undefined for what the parser gives up: parts nested a thousand deep, a head of megabytes. Anybody at this machine may send it. */
export async function contentOf(raw: Buffer): Promise<MailContent | undefined> {
  const parsed = await simpleParser(raw).catch(() => undefined);
  return parsed && { text: parsed.text ?? '', html: parsed.html || undefined };
}
