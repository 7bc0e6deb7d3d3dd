/** What texts may call: `date`, `time`, `money`, `count`, `url`, `json`, `default`, and the blocks. Values that fit nothing are empty. */
import Handlebars from 'handlebars';
import { readNumber } from '../records/read-number.ts';
import { BusinessTime, formatDate, formatMoney, formatTime, momentOf, type Reader } from './formats.ts';
import type { Session } from './session.ts';
import { show } from './show.ts';

interface Options {
  fn(context: unknown, with_?: { data: unknown; blockParams: unknown[] }): string;
  inverse(context: unknown): string;
  data: { session: Session; root: unknown };
}

type Registry = Pick<typeof Handlebars, 'registerHelper'>;

export function registerHelpers(registry: Registry): void {
  registerValues(registry);
  registerShowing(registry);
  registerBlocks(registry);
}

function registerValues(registry: Registry): void {
  registry.registerHelper('date', (value: unknown, options: Options) => {
    const moment = momentOf(value);
    if (!moment) return '';
    return formatDate(moment.ms, clockOf(moment, options.data.session.reader));
  });
  registry.registerHelper('time', (value: unknown, options: Options) => {
    const moment = momentOf(value);
    return moment && !moment.day ? formatTime(moment.ms, clockOf(moment, options.data.session.reader)) : '';
  });
  registry.registerHelper('money', (value: unknown, currency: unknown, options: Options) => {
    const amount = readNumber(value);
    return amount === undefined
      ? ''
      : formatMoney(amount, show(currency, options.data.session.reader), options.data.session.reader);
  });
  registry.registerHelper('count', (value: unknown, one: unknown, many: unknown, options: Options) => {
    const { reader } = options.data.session;
    const n = Array.isArray(value) ? value.length : (readNumber(value) ?? 0);
    return `${show(n, reader)} ${show(n === 1 ? one : many, reader)}`;
  });
  registry.registerHelper('url', (value: unknown, options: Options) => {
    // A number as programs write it, not as its reader does. Halves of a character alone cannot be encoded.
    const asIs = typeof value === 'string' || typeof value === 'number';
    const text = asIs ? String(value) : show(value, options.data.session.reader);
    return encodeURIComponent(Buffer.from(text).toString());
  });
  registry.registerHelper('json', (value: unknown) =>
    // Halves of a character alone are written as JSON escapes them; what is absent is null.
    typeof value === 'function' || value === undefined ? 'null' : JSON.stringify(value),
  );
  registry.registerHelper('default', (value: unknown, fallback: unknown) =>
    isAbsent(value) || isBlank(value) ? fallback : value,
  );
}

/** A date is the same day everywhere, and so is a time without a zone; only an instant has a zone to be seen from. */
function clockOf(moment: { local: boolean }, reader: Reader): Reader {
  return moment.local ? { ...reader, zone: 'UTC' } : reader;
}

function registerShowing(registry: Registry): void {
  registry.registerHelper('$show', (value: unknown, options: Options) => show(value, options.data.session.reader));
  registry.registerHelper('$html', (value: unknown, options: Options) =>
    Handlebars.escapeExpression(show(value, options.data.session.reader)),
  );
  registry.registerHelper('$value', (value: unknown, options: Options) => {
    options.data.session.value = value;
    return '';
  });
}

function registerBlocks(registry: Registry): void {
  registry.registerHelper('if', function (this: unknown, value: unknown, options: Options) {
    return isTrue(value) ? options.fn(this) : options.inverse(this);
  });
  registry.registerHelper('unless', function (this: unknown, value: unknown, options: Options) {
    return isTrue(value) ? options.inverse(this) : options.fn(this);
  });
  registry.registerHelper('with', function (this: unknown, value: unknown, options: Options) {
    if (!isTrue(value)) return options.inverse(this);
    return options.fn(value, { data: options.data, blockParams: [value] });
  });
  registry.registerHelper('each', function (this: unknown, value: unknown, options: Options) {
    const entries = entriesOf(value);
    if (entries.length === 0) return options.inverse(this);
    let out = '';
    for (const [index, [key, item]] of entries.entries()) {
      options.data.session.round(out.length);
      const place = { key, index, first: index === 0, last: index === entries.length - 1 };
      const data = Object.assign(Handlebars.createFrame(options.data), place);
      out += options.fn(item, { data, blockParams: [item, key] });
    }
    options.data.session.round(out.length);
    return out;
  });
}

function entriesOf(value: unknown): [string | number, unknown][] {
  if (Array.isArray(value)) return value.map((item, index) => [index, item]);
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '' || typeof value === 'function';
}

/** A name of blanks is no name: `default` takes it for missing. */
function isBlank(value: unknown): boolean {
  return typeof value === 'string' && value.trim() === '';
}

function isTrue(value: unknown): boolean {
  if (isAbsent(value)) return false;
  if (value instanceof BusinessTime) return value.ms !== 0;
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}
