import type { Finding, OfferDraft, Text } from '@chung/contracts';
import type { Units } from '../state/units.ts';
import { checkEligibility } from './eligibility-checks.ts';
import { error, warning } from './finding.ts';
import { checkBenefit, checkBundle, checkDiscount, checkFunding } from './price-checks.ts';

/** What the checks look at. */
export interface Checked {
  readonly terms: OfferDraft;
  readonly units: Pick<Units, 'stock' | 'held' | 'redeemed'>;
  readonly codes: { readonly free: number } | null;
  readonly now: Date;
}

const CHECKS: readonly ((offer: Checked) => Finding[])[] = [
  checkDiscount,
  checkTexts,
  checkWindow,
  checkCodes,
  checkFunding,
  checkBundle,
  checkBenefit,
  checkLimits,
  checkHold,
  checkEligibility,
];

/** The machine's part of a review, by the same rule numbers as the platform's; errors stop a submission. */
export const checkOffer = (offer: Checked): Finding[] => CHECKS.flatMap((check) => check(offer));

const MARK = /[\u0300\u0301\u0303\u0309\u0323\u0302\u0306\u031B]|đ/i;
const SAME: Text = { vi: 'Bản tiếng Anh trùng với bản tiếng Việt.', en: 'The English text is the same as the Vietnamese.' };
const UNMARKED: Text = { vi: 'Bản tiếng Việt chưa có dấu.', en: 'The Vietnamese text has no marks.' };

/** OFR-102. A title may be a product's name in both languages, so there it is only a warning. */
function checkTexts({ terms }: Checked): Finding[] {
  return (['title', 'summary', 'terms'] as const).flatMap((name) => {
    const { vi, en } = terms[name];
    const report = name === 'title' ? warning : error;
    if (vi.toLowerCase() === en.toLowerCase()) return [report('OFR-102', `${name}.en`, SAME)];
    return MARK.test(vi.normalize('NFD')) ? [] : [report('OFR-102', `${name}.vi`, UNMARKED)];
  });
}

const DAY_MS = 86_400_000;
const WINDOW_DAYS_MAX = 366;
const DISCOUNT_DAYS_WATCHED = 120;

/** OFR-103, OFR-110. */
function checkWindow({ terms, now }: Checked): Finding[] {
  const [start, end] = [Date.parse(terms.window.startsAt), Date.parse(terms.window.endsAt)];
  const days = (end - start) / DAY_MS;
  const isDiscount = terms.benefit.kind === 'percentage' || terms.benefit.kind === 'fixed_amount';
  const findings: Finding[] = [];
  if (end <= now.getTime())
    findings.push(error('OFR-103', 'window.endsAt', { vi: 'Thời gian ưu đãi đã kết thúc.', en: 'The window has ended.' }));
  if (days > WINDOW_DAYS_MAX)
    findings.push(
      error('OFR-103', 'window.endsAt', { vi: 'Thời gian ưu đãi dài hơn 366 ngày.', en: 'The window is longer than 366 days.' }),
    );
  else if (days > DISCOUNT_DAYS_WATCHED && isDiscount)
    findings.push(
      warning('OFR-110', 'window', {
        vi: `Giảm giá kéo dài ${Math.round(days)} ngày; kiểm tra tổng thời gian giảm giá trong năm.`,
        en: `The discount runs for ${Math.round(days)} days; check the total of the year.`,
      }),
    );
  return findings;
}

/** OFR-104: free codes for all units that can still be taken. */
function checkCodes({ codes, units: { stock, held, redeemed } }: Checked): Finding[] {
  const needed = stock - held - redeemed;
  if (codes === null || codes.free >= needed) return [];
  return [
    error('OFR-104', 'codes', {
      vi: `Kho mã còn ${codes.free} mã, cần ít nhất ${needed}.`,
      en: `The pool has ${codes.free} free codes, at least ${needed} are needed.`,
    }),
  ];
}

/** OFR-108: limits that nobody could ever reach are a mistake in one of the numbers. */
function checkLimits({ terms: { limits }, units: { stock } }: Checked): Finding[] {
  const { perMember, perMemberPerDay } = limits;
  const findings: Finding[] = [];
  if (perMember > stock)
    findings.push(
      error('OFR-108', 'limits.perMember', {
        vi: 'Giới hạn mỗi người lớn hơn số lượng ưu đãi.',
        en: 'The limit per member is more than the stock.',
      }),
    );
  if (perMemberPerDay !== null && perMemberPerDay > perMember)
    findings.push(
      error('OFR-108', 'limits.perMemberPerDay', {
        vi: 'Giới hạn mỗi ngày lớn hơn giới hạn mỗi người.',
        en: 'The limit per day is more than the limit per member.',
      }),
    );
  return findings;
}

/** OFR-111: a hold of a month on an offer of a day keeps units from everyone else. */
function checkHold({ terms: { fulfilment, window } }: Checked): Finding[] {
  const windowMs = Date.parse(window.endsAt) - Date.parse(window.startsAt);
  if (fulfilment.mode === 'instant' || fulfilment.holdMinutes * 60_000 <= windowMs) return [];
  return [
    warning('OFR-111', 'fulfilment.holdMinutes', {
      vi: 'Thời gian giữ chỗ dài hơn thời gian ưu đãi.',
      en: 'The hold is longer than the window.',
    }),
  ];
}
