/** A playbook of tasks and approvals, and its tests: what it asks is answered, refused, forgotten and left behind. */
export const ASKS_PEOPLE = {
  path: 'asks-people.yaml',
  text: `playbook: asks-people
owner: ops@shop.example
trigger: { event: lead.created }
exit_on: [lead.disqualified]
steps:
  - repeat:
      at_most: 2
      until: steps.call.status in ["accepted", "done"]
    steps:
      - assign: owner
        by: [round_robin]
        among: [kim, max]
        except: tried
        weights: { kim: 2 }
      - id: call
        task: Call {{ contact.name }}
        assign: contact.owner
        wait_until_accepted: { within: 4h, else: [{ record: nobody }] }
  - id: discount
    approve: contact.owner.manager
    text: A discount for {{ contact.name }}
    within: 1d
    then: [{ record: approved, value: steps.discount.by }]
    else: [{ record: not_approved, value: steps.discount.answer }]
  - record: behind
    value: steps.call.status
tests:
  - it: is accepted by the second, and approved
    contact: { id: ada, name: Ada }
    events:
      - { at: 2026-03-02T10:00:00Z, event: lead.created }
      - { after: 5h, task: call, is: accepted, by: max }
      - { after: 1h, approval: discount, is: given, by: sara }
    expect_only: [outcome]
    expect: [{ outcome: completed }]
  - it: is done at once, and refused
    contact: { id: bob, name: Bob }
    events:
      - { at: 2026-03-03T10:00:00Z, event: lead.created }
      - { after: 1h, task: call, is: done }
      - { after: 1h, approval: discount, is: refused }
    expect_only: [outcome]
    expect: [{ outcome: completed }]
  - it: is answered by nobody
    contact: { id: cem, name: Cem }
    events:
      - { at: 2026-03-05T10:00:00Z, event: lead.created }
    expect_only: [outcome]
    expect: [{ outcome: completed }]
  - it: is left while it is asked
    contact: { id: dan, name: Dan }
    events:
      - { at: 2026-03-09T10:00:00Z, event: lead.created }
      - { after: 1h, event: lead.disqualified }
    expect_only: [outcome]
    expect: [{ outcome: exited }]
`,
};
