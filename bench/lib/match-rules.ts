/** The same rules as playbooks and as rules of json-rules-engine, and events that concern those of two shelves. */
import type { RuleProperties } from 'json-rules-engine';
import type { WorkspaceFile } from '../../language/compile.ts';
import type { Traits } from '../../language/model.ts';
import type { Random } from '../../simulate/random.ts';

type Check = [fact: string, operator: string, value: unknown];

interface Rule {
  where: string;
  checks: Check[];
}

/** Of each shelf, one of each kind: its value, its value and more, one of several values, a range, and its value with a trait. */
const KINDS: ((shelf: number) => Rule)[] = [
  (n) => ({ where: `event.shelf == "s${n}"`, checks: [['shelf', 'equal', `s${n}`]] }),
  (n) => ({
    where: `event.shelf == "s${n}" && event.price >= 20`,
    checks: [
      ['shelf', 'equal', `s${n}`],
      ['price', 'greaterThanInclusive', 20],
    ],
  }),
  (n) => ({ where: `event.shelf in ["s${n}", "sale-${n}"]`, checks: [['shelf', 'in', [`s${n}`, `sale-${n}`]]] }),
  (n) => ({
    where: `event.aisle >= ${n} && event.aisle < ${n + 1}`,
    checks: [
      ['aisle', 'greaterThanInclusive', n],
      ['aisle', 'lessThan', n + 1],
    ],
  }),
  (n) => ({
    where: `event.shelf == "s${n}" && event.brand != "none" && contact.country in ["DE", "FR"]`,
    checks: [
      ['shelf', 'equal', `s${n}`],
      ['brand', 'notEqual', 'none'],
      ['country', 'in', ['DE', 'FR']],
    ],
  }),
];
/** Events are about these shelves: the rules of all others concern none of them, however many there are. */
const SHELVES = 2;
const EVENT = 'product.viewed';
const CONTACTS = 1_000;
const COUNTRIES = ['DE', 'FR', 'AT', 'NL'];

function ruleAt(n: number): Rule {
  return KINDS[n % KINDS.length]!(Math.floor(n / KINDS.length));
}

/** `count` files, five to a shelf, each of which fires at every event that its rule holds for. */
export function playbooks(count: number): WorkspaceFile[] {
  return Array.from({ length: count }, (_, n) => ({
    path: `p${n}.yaml`,
    text: `playbook: p${n}\nowner: ops@shop.example\ntrigger: { event: ${EVENT}, where: '${ruleAt(n).where}' }\nsteps: [{ record: seen }]\n`,
  }));
}

/** The same rules; facts are the event's properties, its `name`, and the contact's `country`. */
export function rules(count: number): RuleProperties[] {
  return Array.from({ length: count }, (_, n) => ({
    event: { type: `p${n}` },
    conditions: {
      all: [['name', 'equal', EVENT] satisfies Check, ...ruleAt(n).checks].map(([fact, operator, value]) => ({
        fact,
        operator,
        value,
      })),
    },
  }));
}

/** Contacts `c0`, `c1`, … with a country. */
export function contacts(): Map<string, Traits> {
  return new Map(Array.from({ length: CONTACTS }, (_, n) => [`c${n}`, { country: COUNTRIES[n % 4]!, stage: 'new' }]));
}

/** Calls of the tracking API as they lie in a file, one a line. */
export function lines(random: Random, count: number): string[] {
  return Array.from({ length: count }, (_, n) => {
    const shelf = random.int(0, SHELVES - 1);
    return JSON.stringify({
      type: 'track',
      messageId: `m${n}`,
      event: EVENT,
      userId: `c${random.int(0, CONTACTS - 1)}`,
      timestamp: new Date(Date.UTC(2026, 2, 2) + n * 1000).toISOString(),
      properties: {
        shelf: random.pick([`s${shelf}`, `s${shelf}`, `sale-${shelf}`]),
        aisle: shelf + 0.5,
        price: random.int(1, 60),
        brand: random.pick(['oak', 'pine', 'none']),
        path: `/p/${random.int(1, 4000)}`,
        in_stock: random.int(0, 9) > 0,
      },
    });
  });
}
