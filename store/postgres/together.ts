/** Statements that go out together. */

type Answers<T extends readonly unknown[]> = { -readonly [n in keyof T]: Awaited<T[n]> };

/**
 * The answers of statements that were sent one behind the other, without waiting for an answer in between. Of a transaction in
 * which one fails, what comes behind it only says that the transaction is aborted: thrown is the first one's error.
 */
export async function together<T extends readonly unknown[]>(sent: readonly [...T]): Promise<Answers<T>> {
  const settled = await Promise.allSettled(sent);
  for (const one of settled) if (one.status === 'rejected') throw one.reason;
  return settled.map((one) => (one as PromiseFulfilledResult<unknown>).value) as Answers<T>;
}
