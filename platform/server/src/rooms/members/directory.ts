import type { getMe, listProvinces, MemberId, ReplyOf } from '@chung/contracts';
import { DomainError } from '../../kernel/errors.ts';
import type { MemberPrincipal } from '../../kernel/principal.ts';
import type { Vault } from '../../kernel/vault.ts';
import { contactContext, type Member, type MemberFacts } from './member.ts';
import { formerNamesOf } from './provinces.ts';
import type { MemberRecord, MemberStore } from './store.ts';

export interface DirectoryDeps {
  readonly store: MemberStore;
  /** Both among many that are asked at the same time; see gatherReads. */
  findFacts(memberId: MemberId): Promise<MemberFacts | null>;
  findRecord(memberId: MemberId): Promise<MemberRecord | null>;
  readonly vault: Vault;
  /** Writes down that an app read a member's contact, before it gets it: what cannot be logged is not read. */
  onContactRead?(reader: MemberPrincipal): Promise<void>;
}

/** Reading the directory. */
export function createDirectory(deps: DirectoryDeps) {
  const { store, vault, findFacts } = deps;
  return {
    findById: (memberId: MemberId): Promise<Member | null> => store.findById(memberId),
    findByCode: (memberCode: string): Promise<Member | null> => store.findByCode(memberCode),
    /** Members who gave this number (E.164); several may share one. */
    findByPhone: (phone: string): Promise<Member[]> => store.findByPhoneHash(vault.lookUp(phone)),
    /** What eligibility is judged by; throws `not_found` for someone who is not in the directory. */
    async factsOf(memberId: MemberId): Promise<MemberFacts> {
      const found = await findFacts(memberId);
      if (!found) throw new DomainError('not_found');
      return found;
    },
    me: (principal: MemberPrincipal) => tellMe(deps, principal),
    async provinces(): Promise<ReplyOf<typeof listProvinces>> {
      const rows = await store.listProvinces();
      return {
        items: rows.map(({ code, name }) => ({
          code,
          name,
          formerNames: formerNamesOf(code, name),
        })),
      };
    },
    findUnit: store.findUnit,
  };
}

/** A member to one app: the pairwise id, and each part only when its scope is granted. */
async function tellMe({ findRecord, vault, onContactRead }: DirectoryDeps, principal: MemberPrincipal): Promise<ReplyOf<typeof getMe>> {
  const has = (scope: MemberPrincipal['scopes'][number]) => principal.scopes.includes(scope);
  const found = await findRecord(principal.memberId);
  if (!found) throw new DomainError('not_found');
  const contact = async () => {
    if (principal.partnerId !== null) await onContactRead?.(principal);
    if (!found.contactSealed) return { phone: null, email: null };
    const [phone, email] = vault.open(found.contactSealed, contactContext(found.memberCode)).split('\n');
    return { phone: phone || null, email: email || null };
  };
  return {
    id: principal.subject,
    ...(has('member.profile:read') ? { profile: { displayName: found.fullName, avatarUrl: null } } : {}),
    ...(has('member.membership:read')
      ? {
          membership: {
            verified: found.verified,
            unit: found.unitName === null ? null : { code: found.unitCode, name: found.unitName },
            province: found.provinceName === null ? null : { code: found.provinceCode, name: found.provinceName },
            role: found.role,
            since: found.joinedOn,
          },
        }
      : {}),
    ...(has('member.age:read') ? { age: { birthYear: found.birthYear } } : {}),
    // Opened only here, and only for this scope: what is not asked for stays sealed.
    ...(has('member.contact:read') ? { contact: await contact() } : {}),
  };
}
