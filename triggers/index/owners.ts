/** Whose state a row is: `playbook:<name>#<arm>`, `sla:<policy>.<clock>`, `trait:<name>`. */
export const PLAYBOOK_OWNER_PREFIX = 'playbook:';
export const SLA_OWNER_PREFIX = 'sla:';
export const TRAIT_OWNER_PREFIX = 'trait:';
/** The next instant at which time may turn what open enrolments of the subject wait for. */
export const AWAITED_OWNER = 'awaited:';
