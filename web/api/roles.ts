/** What a reader may do; the server decides, this only leaves away what it would refuse. */
import type { Role } from '../../server/api/contract/common.ts';
import type { Session } from '../../server/api/contract/session.ts';

/** From the least to the most, as the contract has them; here by name, since only its types are imported. */
const ORDER: { [role in Role]: number } = { viewer: 0, author: 1, operator: 2, admin: 3 };

export function mayDo(session: Session | undefined, least: Role): boolean {
  return session !== undefined && ORDER[session.role] >= ORDER[least];
}
