/** The token of a link with which a colleague answers what the mail asks for (S6, S12): what, and who was asked. */
import { openSeal, seal } from './seal.ts';

export interface Answering {
  kind: 'task' | 'approval';
  /** Of the task or approval. */
  id: string;
  /** The colleague who got the mail; a channel or an owner who is none has no name as a person. */
  person: string | null;
}

const PURPOSE = 'answer';

export function sealAnswering(secret: string, { kind, id, person }: Answering): string {
  return seal(secret, PURPOSE, Buffer.from(JSON.stringify([kind, id, person])));
}

/** Undefined for a token that was not sealed with this secret. */
export function openAnswering(secret: string, token: string): Answering | undefined {
  const plain = openSeal(secret, PURPOSE, token);
  if (!plain) return undefined;
  const [kind, id, person] = JSON.parse(plain.toString()) as [Answering['kind'], string, string | null];
  return { kind, id, person };
}
