/** Derived ids and buckets: the same input gives the same id on every machine and at every time. */
import { hash } from 'node:crypto';
import type { Instant, SubjectRef } from './model.ts';

/** A number below 10 000 from the first 8 bytes, big endian, of the SHA-256 (N4). */
export function bucketOf(text: string): number {
  return Number(first8(text) % 10_000n);
}

/** Milliseconds below 900 000 by which a message is spread after quiet hours (P1). */
export function jitterMs(subjectId: string, localDate: string): number {
  return Number(first8(`jitter:${subjectId}:${localDate}`) % 900_000n);
}

function first8(text: string): bigint {
  return hash('sha256', text, 'buffer').readBigUInt64BE(0);
}

/** 32 hexadecimal digits from the parts: an id that is derived, not drawn. */
export function idOf(...parts: (string | number)[]): string {
  return hash('sha256', JSON.stringify(parts), 'hex').slice(0, 32);
}

/** The name under which the answer of a try that failed stands at its place: only this one is written over, by the next try. */
export const FAILED_TRY = 'do:failed';

/** The id of the effect at a place of an enrolment, and of its message or task: every try has the same (P4). */
export function effectIdOf(enrolmentId: string, place: { path: string; iteration: string }): string {
  return idOf('effect', enrolmentId, place.path, place.iteration);
}

/**
 * The enrolment's id (N3): from playbook, key, the firing's `at`, and the last evidence event, or else the subject and the
 * trigger's branch. The firing has the same id.
 */
export function enrolmentIdOf(firing: {
  playbook: string;
  key: string;
  at: Instant;
  evidence: readonly string[];
  subject: SubjectRef;
  arm: number;
  overtaken?: boolean;
  firedAs?: string | null | undefined;
}): string {
  const last = firing.evidence.at(-1);
  const cause =
    last === undefined
      ? ['arm', firing.subject.type, firing.firedAs ?? firing.subject.id, firing.arm]
      : ['event', last];
  // Marks of one instance that fall due together have all of this in common, and only the furthest enters (T13).
  const beside = firing.overtaken === true ? ['overtaken', firing.arm] : [];
  return idOf('enrolment', firing.playbook, firing.key, firing.at, ...cause, ...beside);
}
