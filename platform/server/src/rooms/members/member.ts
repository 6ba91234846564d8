import type { MemberId } from '@chung/contracts';

export type MemberRole = 'member' | 'officer' | 'secretary';

/** A member of the directory, as other rooms may know one; contact data is not part of it. */
export interface Member {
  readonly id: MemberId;
  readonly memberCode: string;
  readonly fullName: string;
  readonly birthYear: number;
  readonly unitCode: string;
  readonly provinceCode: string;
  readonly role: MemberRole;
  readonly verified: boolean;
  /** Day of joining, `YYYY-MM-DD`; some registers do not know it. */
  readonly joinedOn: string | null;
}

/** What eligibility rules are judged by. */
export interface MemberFacts {
  readonly memberId: MemberId;
  readonly verified: boolean;
  readonly provinceCode: string;
  /** Codes of the units from the centre to the member's own. */
  readonly unitPath: readonly string[];
  readonly birthYear: number;
  readonly role: MemberRole;
  readonly since: string | null;
  readonly displayName: string;
}

/** Binds sealed contact data to its member, so that it does not open in another one's row. */
export function contactContext(memberCode: string): string {
  return `members.contact:${memberCode}`;
}
