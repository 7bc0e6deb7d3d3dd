/** Who the demo company deals with: shoppers, and customers that are companies. All of them are made up. */
import { type Random, randomOf } from '../../simulate/random.ts';

export interface Person {
  id: string;
  name: string;
  email: string;
  country: string;
  /** The colleague who looks after them. */
  owner: string;
  marketing: boolean;
}

/** How a customer's usage goes from here on. Days count from the day on which the demo begins. */
export interface Fate {
  /** Usage falls to a few units a day from this day. */
  fallsOn?: number;
  /** And comes back on this one. */
  recoversOn?: number;
}

export interface Customer extends Fate {
  id: string;
  name: string;
  csm: string;
  mainContact: Person;
  status: 'active' | 'cancelled';
  unitsADay: number;
}

export interface Company {
  shoppers: Person[];
  customers: Customer[];
}

const FIRST = [
  ...['Ada', 'Ben', 'Cleo', 'Dario', 'Elif', 'Finn', 'Greta', 'Hugo', 'Ines', 'Jonas', 'Kaya', 'Leon', 'Mara', 'Nils'],
  ...['Olga', 'Paul', 'Rosa', 'Sami', 'Tilda', 'Uwe', 'Vera', 'Willem', 'Yara', 'Zoe'],
];
const LAST = [
  'Abel',
  'Brandt',
  'Costa',
  'Dorn',
  'Engel',
  'Frei',
  'Gruber',
  'Haas',
  'Iversen',
  'Jansen',
  'Keller',
  'Lenz',
];
const COMPANIES = [
  ...['Alder', 'Birch', 'Cedar', 'Dogwood', 'Elm', 'Fir', 'Ginkgo', 'Hazel', 'Ironwood', 'Juniper', 'Kauri', 'Larch'],
  ...['Maple', 'Nutmeg'],
];
const FORMS = ['Labs', 'Works', 'Logistics', 'Foods', 'Studios'];
const SHOPPERS = 60;

/**
 * Four low days in the last seven are what makes the daily look at 09:00 see half of what it saw before: so the first
 * fall is seen ten minutes after the start, others on the next days, and one passes unseen.
 */
const FATES: Fate[] = [
  { fallsOn: -4 },
  { fallsOn: -4, recoversOn: 0 },
  { fallsOn: -3 },
  { fallsOn: -3, recoversOn: 1 },
  { fallsOn: -2 },
  { fallsOn: -1, recoversOn: 1 },
  { fallsOn: 5 },
  // Usage falls, and there is no call: it is not a customer any more.
  { fallsOn: -4 },
];
const CANCELLED = 7;

export function makeCompany(seed: number): Company {
  const random = randomOf(seed, 'company');
  const shoppers = Array.from({ length: SHOPPERS }, (_, i) => person(`contact-${i + 1}`, i, random));
  const customers = COMPANIES.map((name, i): Customer => {
    const slug = name.toLowerCase();
    return {
      id: slug,
      name: `${name} ${random.pick(FORMS)}`,
      csm: random.pick(['kim', 'max']),
      mainContact: { ...person(`${slug}-1`, i + 7, random), marketing: true },
      status: i === CANCELLED ? 'cancelled' : 'active',
      unitsADay: random.int(40, 90),
      ...FATES[i],
    };
  });
  return { shoppers, customers };
}

/** @param n first names go round by it, so that the first few people have different ones. */
export function person(id: string, n: number, random: Random): Person {
  const first = FIRST[n % FIRST.length]!;
  const last = random.pick(LAST);
  return {
    id,
    name: `${first} ${last}`,
    email: `${first}.${last}.${id}@example.com`.toLowerCase(),
    country: random.pick(['DE', 'DE', 'DE', 'AT', 'FR']),
    owner: random.pick(['kim', 'max']),
    marketing: random.chance(0.9),
  };
}

/** Units on a day: what the customer is used to, give or take a tenth, or nearly nothing. */
export function unitsOn({ unitsADay, fallsOn, recoversOn }: Customer, day: number, random: Random): number {
  const noise = 0.9 + random.next() / 5;
  const isLow = fallsOn !== undefined && day >= fallsOn && (recoversOn === undefined || day < recoversOn);
  const isBack = recoversOn !== undefined && day >= recoversOn;
  return Math.max(1, Math.round(unitsADay * noise * (isLow ? 0.04 : isBack ? 1.6 : 1)));
}
