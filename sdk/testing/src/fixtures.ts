import { type Me, type MemberId, MemberId as MemberIdSchema, OfferDraft, type Partner, PartnerId } from '@chung/contracts';
import type { z } from 'zod';
import { PROVINCES } from './provinces.ts';

/** A member of the fake platform; `ref` is their pairwise id for Sao Bắc. */
export interface FakeMember {
  readonly id: MemberId;
  readonly ref: string;
  readonly profile: NonNullable<Me['profile']>;
  readonly membership: NonNullable<Me['membership']>;
  readonly age: NonNullable<Me['age']>;
  readonly contact: NonNullable<Me['contact']>;
}

const memberId = (last: string) => MemberIdSchema.parse(`01936b5e-7c00-7000-8000-00000000${last}`);
const place = (code: string) => ({ code, name: PROVINCES.find((province) => province.code === code)?.name ?? code });

/** Lan is verified and an officer, Minh is a young member elsewhere, Hoa is not verified yet. No person is meant. */
export const MEMBERS = {
  lan: {
    id: memberId('a001'),
    ref: 'ref-lan',
    profile: { displayName: 'Nguyễn Thị Lan', avatarUrl: null },
    membership: {
      verified: true,
      unit: { code: 'HN-CG-01', name: 'Chi đoàn Dịch Vọng' },
      province: place('01'),
      role: 'officer',
      since: '2019-03-26',
    },
    age: { birthYear: 1998 },
    contact: { phone: '0900000001', email: 'lan@example.vn' },
  },
  minh: {
    id: memberId('a002'),
    ref: 'ref-minh',
    profile: { displayName: 'Trần Quang Minh', avatarUrl: null },
    membership: {
      verified: true,
      unit: { code: 'DN-HC-02', name: 'Chi đoàn Hải Châu' },
      province: place('48'),
      role: 'member',
      since: '2024-09-05',
    },
    age: { birthYear: 2008 },
    contact: { phone: '0900000002', email: null },
  },
  hoa: {
    id: memberId('a003'),
    ref: 'ref-hoa',
    profile: { displayName: 'Lê Hoa', avatarUrl: null },
    membership: { verified: false, unit: null, province: null, role: 'member', since: null },
    age: { birthYear: 2001 },
    contact: { phone: null, email: null },
  },
} as const satisfies Record<string, FakeMember>;

export type FixtureMember = keyof typeof MEMBERS;

export const FAKE_PARTNER: Partner = {
  id: PartnerId.parse('01936b5e-7c00-7000-8000-00000000b001'),
  slug: 'sao-bac',
  name: 'Sao Bắc',
  legalName: 'Công ty Cổ phần Sao Bắc (hư cấu)',
  taxId: '0100000000',
  contactEmail: 'doitac@saobac.example',
  status: 'active',
  createdAt: '2026-01-05T02:00:00.000Z',
};

/** Another partner, whose offers and redemptions the first one must never see. */
export const OTHER_PARTNER: Partner = {
  ...FAKE_PARTNER,
  id: PartnerId.parse('01936b5e-7c00-7000-8000-00000000b002'),
  slug: 'bien-xanh',
  name: 'Biển Xanh',
  legalName: 'Công ty TNHH Biển Xanh (hư cấu)',
  taxId: '0100000001',
  contactEmail: 'doitac@bienxanh.example',
};

/** The pairwise id of a member: each partner knows them by another one. */
export const refOf = (member: FakeMember, partnerId: PartnerId | null): string =>
  partnerId === FAKE_PARTNER.id ? member.ref : `${member.ref}-${partnerId?.slice(-4) ?? 'chung'}`;

/** An offer as `platform.addOffer` takes it: what is left out is as in a plain offer that everybody may take once. */
export type OfferLike = Partial<z.input<typeof OfferDraft>>;

export function draftOf(changes: OfferLike): OfferDraft {
  const words = (vi: string, en: string) => ({ vi, en });
  return OfferDraft.parse({
    title: words('Tặng 10 GB', '10 GB for free'),
    summary: words('Dùng trong 30 ngày.', 'For 30 days.'),
    terms: words('Mỗi thành viên một lần.', 'Once a member.'),
    category: 'telecom',
    benefit: { kind: 'free_voucher', faceValueMinor: 50_000 },
    regularPriceMinor: 50_000,
    currency: 'VND',
    funding: [{ by: 'partner', shareBasisPoints: 10_000 }],
    stock: 100,
    limits: { perMember: 1, perMemberPerDay: null },
    window: { startsAt: '2020-01-01T00:00:00Z', endsAt: '2099-01-01T00:00:00Z' },
    fulfilment: { mode: 'instant' },
    codes: 'none',
    eligibility: { version: 1, all: [] },
    ...changes,
  });
}

/** What every fake platform begins with. */
export const OFFERS = {
  instant: draftOf({}),
  /** Held for half an hour until the counter confirms; verified members, with a code. */
  counter: draftOf({
    title: { vi: 'Giảm 20% tại quầy', en: '20% off at the counter' },
    category: 'services',
    benefit: { kind: 'percentage', rateBasisPoints: 2_000 },
    fulfilment: { mode: 'partner_confirmed', holdMinutes: 30 },
    codes: 'pool',
    eligibility: { version: 1, all: [{ fact: 'verified' }] },
    limits: { perMember: 3, perMemberPerDay: null },
  }),
  /** One unit only. */
  scarce: draftOf({ title: { vi: 'Một suất duy nhất', en: 'A single unit' }, category: 'other', stock: 1 }),
} as const;

export type FixtureOffer = keyof typeof OFFERS;
