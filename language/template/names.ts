/** The words that texts may use (Y2). */

export interface HelperForm {
  /** How many values it takes. */
  arity: number;
  /** How it is written, for messages. */
  form: string;
}

export const HELPERS: Readonly<Record<string, HelperForm>> = {
  date: { arity: 1, form: '{{ date trigger.due }}' },
  time: { arity: 1, form: '{{ time trigger.due }}' },
  money: { arity: 2, form: '{{ money event.total "EUR" }}' },
  count: { arity: 3, form: '{{ count cart.items "item" "items" }}' },
  url: { arity: 1, form: '{{ url contact.email }}' },
  json: { arity: 1, form: '{{ json trigger.items }}' },
  default: { arity: 2, form: '{{ default contact.name "there" }}' },
};

export const BLOCKS: readonly string[] = ['if', 'unless', 'each', 'with'];

/** What a text or a rendered mail may be long, in UTF-8 bytes. */
export const MAX_TEXT_BYTES = 256 * 1024;
