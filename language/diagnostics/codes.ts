/** Every code of the language, in one place: what the linter may say. Those of templates (CB4…) are in template/codes.ts. */

export interface CodeEntry {
  /** Stable: never given another meaning. */
  code: string;
  title: string;
  /** One line: why it is said, and what to do. */
  explanation: string;
}

const CATALOGUE: readonly (readonly [code: string, title: string, explanation: string])[] = [
  ['CB101', 'not YAML', 'The file is not YAML 1.2; nothing in it can be read until this is mended.'],
  ['CB102', 'file too large', 'A file of playbooks has at most 256 kB; split it.'],
  ['CB103', 'nested too deeply', 'Lists and maps are nested at most 32 deep.'],
  ['CB104', 'duplicate key', 'A map has each key once; YAML would keep one of the values and drop the other.'],
  ['CB105', 'anchor or alias', 'Anchors and aliases are not read: write each value where it is meant.'],
  ['CB106', 'tag', 'YAML reads a leading `!` as a tag; put a text or expression that begins with it in quotes.'],
  ['CB107', 'bare braces', 'YAML reads a bare `{{` as maps; put a text that begins with it in quotes.'],
  ['CB108', 'text cut by a comment', 'YAML drops what follows ` #`; put a text with it in quotes.'],
  [
    'CB109',
    'cut at a comma',
    'Inside `{ }` and `[ ]` YAML ends a bare value at a comma; put the whole value in quotes.',
  ],
  ['CB110', 'cut at a colon', 'A bare value ends at a colon and a space; put the whole value in quotes.'],
  ['CB111', 'one document', 'A file holds exactly one YAML document, and it is a map.'],
  ['CB112', 'value that would change', 'The number would not be kept as it is written; in quotes it is.'],
  ['CB113', 'file cannot be read', 'The file is a link, not text, or one of too many.'],
  ['CB201', 'unknown key', 'The key means nothing here; what is allowed is listed.'],
  ['CB202', 'wrong value', 'The value has another shape than this key takes.'],
  ['CB203', 'missing key', 'A key that must be there is not.'],
  ['CB204', 'unknown trigger', 'The trigger has no keys that tell a kind of trigger.'],
  ['CB205', 'mixed trigger', 'The keys of the trigger belong to different kinds, which mean nothing together.'],
  ['CB206', 'unknown step', 'The step has no key that names a step.'],
  ['CB207', 'two steps in one', 'Two keys name a step; each step is an entry of its own in the list.'],
  ['CB208', 'name taken', 'The name is taken; names are unique.'],
  ['CB209', 'name and file differ', 'What a file describes has the name of the file.'],
  ['CB210', 'duplicate step id', 'Two steps of one playbook have the same id.'],
  ['CB211', 'bad duration', 'The duration cannot be read.'],
  ['CB212', 'bad moment', 'The moment cannot be read.'],
  ['CB213', 'bad mark', 'A mark is a share of the target, `breach`, or a time before or after it.'],
  ['CB214', 'unknown time zone', 'Time zones are IANA names such as Europe/Berlin.'],
  ['CB215', 'bad calendar', 'The opening hours cannot be read.'],
  ['CB216', 'unknown folder', 'The file is where nothing is read.'],
  ['CB217', 'bad schedule', 'The schedule cannot be read, or no day ever fits it.'],
  [
    'CB241',
    'key that is always the same',
    'A key tells watches of one subject apart; a constant tells none apart: write event.cart_id, without quotes.',
  ],
  [
    'CB242',
    'closed by what opens it',
    'The same event would close the watch that it opens; name another in `unless`, or write `inactive`.',
  ],
  [
    'CB243',
    'table without a rest',
    'Values that no row of the table names open no watch, or are promised nothing; `default` is for all of them.',
  ],
  ['CB244', '`any` inside `any`', 'The arms of a trigger are one list, each a trigger of its own.'],
  ['CB231', 'not whole days', 'A drop compares whole calendar days; write its windows in days.'],
  ['CB232', 'no share', 'A drop falls by a share above 0% and up to 100%.'],
  ['CB233', 'settles too long', 'A day is looked at before the next one ends: `settle` is less than a day.'],
  ['CB251', 'traits in a circle', 'A computed trait that is computed from itself has no value.'],
  ['CB301', 'bad expression', 'The expression is not CEL, or its parts do not go together.'],
  ['CB302', 'unknown name', 'The expression reads a name, field or function that does not exist here.'],
  ['CB303', 'wrong type', 'The expression gives another type than is needed here.'],
  [
    'CB304',
    'time without a moment',
    'In `becomes` and segments, a value that changes with time may only be compared, so that the moment of the change is known.',
  ],
  [
    'CB305',
    'never true',
    'Parts of the condition exclude each other, so nothing can ever satisfy it; turn a sign, or write || for &&.',
  ],
  [
    'CB306',
    'nearly a list',
    'The condition walks over a trait whose name is nearly that of a list of records: account.tickets, contact.deals, ….',
  ],
  [
    'CB307',
    'read in steps alone',
    'What is counted over all records when it is read (`contact.duplicates`, W3) tells nobody when it changes: triggers, audiences, waits, goals and exits do not read it.',
  ],
  [
    'CB308',
    'comparison with null',
    'No trait is null, as null removes it, and what is absent equals nothing: `!has(contact.name)` asks whether something is there.',
  ],
  [
    'CB309',
    'segment read as a trait',
    'Only triggers ask for segments (`enters`, `leaves`); a condition that reads one as a trait reads nothing.',
  ],
  [
    'CB310',
    'digits in quotes',
    'A number in quotes is a text: it equals no number, and `<` and `>` go by its letters.',
  ],
  [
    'CB332',
    'expression in a text',
    'Values are texts: the value of an expression stands between braces, `"{{ trigger.at }}"`.',
  ],
  ['CB331', 'no trait to change', 'An update names a record and its trait, as contact.stage.'],
  ['CB501', 'unknown template', 'templates/ has no file of that name.'],
  ['CB502', 'unknown person', 'It is not a person, role, team or channel of people/, nor a path to one.'],
  ['CB503', 'unknown clock', 'No policy in sla/ has this clock.'],
  ['CB504', 'unknown calendar', 'calendars/ has no file of that name.'],
  [
    'CB505',
    'business time without a calendar',
    'Business hours and days need `calendar` in the playbook or the settings.',
  ],
  [
    'CB510',
    'address in place of a person',
    'Messages go to contacts, people, teams and channels by their names; the address is looked up.',
  ],
  [
    'CB512',
    'hop that nobody has',
    'A path goes on behind a colleague or a team to what neither has: it leads to nobody.',
  ],
  ['CB513', 'unknown playbook', 'The folder has no playbook of the name that `run` gives.'],
  ['CB514', 'playbook about another subject', 'What `run` begins is for the subject of the playbook that runs it.'],
  [
    'CB515',
    'playbooks that run each other',
    'Each waits for the next, and the last is refused as `open`: who waits has not ended. `wait: false` goes on without waiting.',
  ],
  ['CB511', 'unknown activity', 'No file of activities/ is the activity that `do` names.'],
  ['CB507', 'clock of another subject', 'The policy counts for another kind of subject than the playbook.'],
  ['CB509', 'unknown segment', 'No file in segments/ describes a segment of that name for this kind of record.'],
  [
    'CB508',
    'not a trigger of service levels',
    '`trigger.clock` is known only where an SLA trigger started the playbook.',
  ],
  [
    'CB601',
    'marketing without a postal address',
    'Marketing mail states its sender: set `sender.postal_address` in settings.yaml.',
  ],
  [
    'CB602',
    'health data in a transactional message',
    'A playbook with `sensitive: health` sends with consent only: class marketing.',
  ],
  [
    'CB603',
    'health data without a topic',
    'A playbook with `sensitive: health` names the `topic` that people agreed to.',
  ],
  ['CB604', 'runs once only', 'On a schedule or a date, `again: never` fires once per subject and then never more.'],
  [
    'CB605',
    'playbook too large',
    'The compiled steps have at most 128 kB, and repeats in repeats make at most 10,000 rounds; split the playbook.',
  ],
  [
    'CB607',
    'health data in plain sight',
    'Subject lines, notifications and webhooks of a `sensitive: health` playbook show no values.',
  ],
  [
    'CB608',
    'key that no event has',
    'No test, condition or text of the folder mentions this field of the event, and one of nearly that name.',
  ],
  [
    'CB609',
    'no moment to send',
    'Quiet hours and the send window of the channel leave no minute of any day: every message would be refused.',
  ],
  [
    'CB610',
    'feeds itself',
    'What the playbook does fires it again, by itself or through others; after five rounds a firing is refused as `loop`.',
  ],
  [
    'CB621',
    'global holdout',
    'No fault: it says from which playbooks `global_holdout` holds subjects out. `holdout: none` takes a playbook out.',
  ],
  [
    'CB622',
    'holdout that holds nobody out',
    'The test holds its subject out of a playbook in which no holdout takes part: one without marketing messages and without `holdout`.',
  ],
  [
    'CB614',
    'name with braces',
    'Names of outcomes and reasons of exits are counted and compared: they are stored as they stand, the same for everybody.',
  ],
  ['CB615', 'star in a name', 'Events are named one by one: a star stands for itself; write a list of names.'],
  [
    'CB631',
    'wait that may never end',
    'A wait for a date that is absent holds: `within` says for how long, and `else` what then. Without it the enrolment ends after 400 days.',
  ],
  ['CB632', 'answer to no step', 'A test answers a step of its playbook that asks nobody, or has no id.'],
  [
    'CB633',
    'arms that may be one firing',
    'Arms without evidence (dates, schedules, drops) that fall in one instant under one key are one firing; a key tells them apart.',
  ],
  [
    'CB611',
    'as often as its bound',
    'A schedule that comes as often as `again` or a frequency cap allows is refused now and then: windows are rolling, clocks change, and held mails go later.',
  ],
  ['CB616', 'two events in one name', 'A list of events stands in brackets: [trial.cancelled, subscription.started].'],
  ['CB617', 'no name of an event', 'An expression, or a name and a time in one text, stands where an event is named.'],
  [
    'CB639',
    'line that cannot come',
    'A line of `expect` has a key or a value that no effect of the playbook ever has: it can never be met.',
  ],
  [
    'CB640',
    'words that look like a value',
    'A path without braces (`contact.due`) where a text stands goes out as these words; a number with a plus sign sets, and does not add.',
  ],
  ['CB618', 'setting of nothing', 'A cap or a send window names a class or a channel that there is not.'],
  [
    'CB626',
    'end that goes on',
    'Steps of `on_goal` and `on_exit` run once, at once: without waits, and without marketing messages.',
  ],
  ['CB623', 'unknown arm', 'A test names an experiment or an arm that the playbook does not have.'],
  [
    'CB634',
    'event of nobody',
    'The test has no record of the kind that the playbook is about, and its events name none.',
  ],
  [
    'CB635',
    'event that nothing else names',
    'No test, playbook, trait or policy of the folder names this event, and one of nearly that name.',
  ],
  [
    'CB636',
    'trait that nothing writes',
    'Nothing of the folder writes this trait, and one of nearly that name is written or computed.',
  ],
  [
    'CB637',
    'text for true or false',
    'In YAML 1.2 `yes`, `no`, `on` and `off` are texts, and curly quotes are letters; write true or false, and straight quotes.',
  ],
  [
    'CB641',
    'address of a webhook',
    'It begins with https:// and a host that stand there as they are; values stand in its path and query, encoded: `{{ url contact.id }}`.',
  ],
  ['CB642', 'values of an activity', 'What `with` gives, or a test answers, is not what the activity’s file asks for.'],
  ['CB638', 'no consent', 'Consent is a map: { marketing: true, topics: { wellness: true } }.'],
  [
    'CB651',
    'never reached',
    'No journey comes here: an `exit` without `if` stands before it, an earlier branch takes all that this one would, or it is the `else` of a wait without `within`. What a condition excludes by the data alone is not looked for.',
  ],
  [
    'CB652',
    'message behind the goal',
    'A marketing message comes, by the waits before it, only when the goal’s window from the start is over: what it leads to counts for nothing. Waits by calendars, dates and tables count as none.',
  ],
  [
    'CB653',
    'goal that holds at the start',
    'A goal `becomes` has to turn after the start, and the audience or the trigger asks for the same. Said only where the one follows from the other whatever is missing; goals that are events are not looked at, as their fields and traits may change.',
  ],
  [
    'CB654',
    'rounds that nothing ends',
    'In a playbook about tickets, rounds of a `repeat` notify colleagues or give them tasks with no `until`, no condition in a round, no `exit_on` and no goal: they go on after the ticket is solved.',
  ],
  [
    'CB655',
    'value that the trigger never brings',
    'Schedules, dates and drops are fired by no event: `trigger` has their own fields alone. A trigger with an arm that an event fires is not looked at.',
  ],
  [
    'CB656',
    'two that mail the same people',
    'Two playbooks answer one event, or the same day of a schedule, with marketing mails less than a day apart, to audiences that do not exclude each other, and no cap lets one mail a day through. Mails in branches, behind waits for events or with an `if` are not looked at.',
  ],
  [
    'CB657',
    'no tests',
    'A playbook without `tests:` says to nobody what it was meant to do. `cuebook lint` alone tells it; it is no fault.',
  ],
  [
    'CB658',
    'marketing to whoever has not consented',
    'Every message of the playbook is marketing, and its audience excludes those who consented: consent is asked at the entry, and all are refused.',
  ],
  [
    'CB659',
    'value that no event has',
    'A step or a template shows a field of `trigger` that no test, condition or trait of the folder mentions, while its event has one of nearly that name.',
  ],
  ['CB606', 'too many faults', 'Only the first faults are listed.'],
];

export const LANGUAGE_CODES: readonly CodeEntry[] = CATALOGUE.map(([code, title, explanation]) => ({
  code,
  title,
  explanation,
}));
