/** What is read as a number where a text may stand for one: in functions, texts and updates. */
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?$/;

/** A number, or a text that is one in digits (`"80.50"`), blanks around it aside; `""`, `"80 EUR"`, `"0x10"` are none. */
export function readNumber(value: unknown): number | undefined {
  if (typeof value === 'string' && !NUMBER.test(value.trim())) return undefined;
  const number = typeof value === 'string' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
