import type { Finding, OfferDraft } from '@chung/contracts';
import type { Offer } from '../offers/index.ts';
import { checkEligibility } from './eligibility-checks.ts';
import { errorOf, warningOf } from './finding.ts';
import { checkBenefit, checkBundle, checkDiscountLimit, checkFunding } from './price-checks.ts';

/** What the checks look at; no clock and no database, so that the same offer at the same time gives the same findings. */
export interface Checked {
  readonly terms: OfferDraft;
  readonly units: Offer['units'];
  readonly codes: Offer['codes'];
  readonly now: Date;
  readonly knowsProvince: (code: string) => boolean;
}

// Price first: what a partner most likely has to change stands on top.
const CHECKS: readonly ((offer: Checked) => Finding[])[] = [
  checkDiscountLimit,
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

/** All findings of all checks, so that a partner puts everything right at once. */
export function checkOffer(offer: Checked): Finding[] {
  return CHECKS.flatMap((check) => check(offer));
}

const VIETNAMESE_MARK = /[\u0300\u0301\u0303\u0309\u0323\u0302\u0306\u031B]|đ/i;
const TEXTS = ['title', 'summary', 'terms'] as const;

/** OFR-102. A title may be a product's name in both languages, so there it is only a warning. */
function checkTexts({ terms }: Checked): Finding[] {
  return TEXTS.flatMap((name) => {
    const { vi, en } = terms[name];
    const report = name === 'title' ? warningOf : errorOf;
    if (vi.toLowerCase() === en.toLowerCase())
      return [
        report('OFR-102', `${name}.en`, {
          vi: 'Bản tiếng Anh trùng với bản tiếng Việt.',
          en: 'The English text is the same as the Vietnamese.',
        }),
      ];
    // NFD takes the marks off their letters, so one short list finds them all.
    if (!VIETNAMESE_MARK.test(vi.normalize('NFD')))
      return [report('OFR-102', `${name}.vi`, { vi: 'Bản tiếng Việt chưa có dấu.', en: 'The Vietnamese text has no marks.' })];
    return [];
  });
}

const DAY_MS = 24 * 3600 * 1000;
const WINDOW_DAYS_MAX = 366;
const DISCOUNT_DAYS_WATCHED = 120;

/** OFR-103, OFR-110. A beginning in the past is fine: the offer opens when it is approved. */
function checkWindow({ terms, now }: Checked): Finding[] {
  const [start, end] = [Date.parse(terms.window.startsAt), Date.parse(terms.window.endsAt)];
  const days = (end - start) / DAY_MS;
  const findings: Finding[] = [];
  if (end <= now.getTime())
    findings.push(errorOf('OFR-103', 'window.endsAt', { vi: 'Thời gian ưu đãi đã kết thúc.', en: 'The window has ended.' }));
  if (days > WINDOW_DAYS_MAX)
    findings.push(
      errorOf('OFR-103', 'window.endsAt', { vi: 'Thời gian ưu đãi dài hơn 366 ngày.', en: 'The window is longer than 366 days.' }),
    );
  else if (days > DISCOUNT_DAYS_WATCHED && (terms.benefit.kind === 'percentage' || terms.benefit.kind === 'fixed_amount'))
    findings.push(
      warningOf('OFR-110', 'window', {
        vi: `Giảm giá kéo dài ${Math.round(days)} ngày; kiểm tra tổng thời gian giảm giá trong năm.`,
        en: `The discount runs for ${Math.round(days)} days; check the total of the year.`,
      }),
    );
  return findings;
}

/** OFR-104: free codes for all units that can still be taken. */
function checkCodes({ codes, units }: Checked): Finding[] {
  const needed = units.stock - units.held - units.redeemed;
  if (codes === null || codes.free >= needed) return [];
  return [
    errorOf('OFR-104', 'codes', {
      vi: `Kho mã còn ${codes.free} mã, cần ít nhất ${needed}.`,
      en: `The pool has ${codes.free} free codes, at least ${needed} are needed.`,
    }),
  ];
}

/** OFR-108: limits that nobody could ever reach are a mistake in one of the numbers. */
function checkLimits({ terms, units }: Checked): Finding[] {
  const { perMember, perMemberPerDay } = terms.limits;
  const findings: Finding[] = [];
  if (perMember > units.stock)
    findings.push(
      errorOf('OFR-108', 'limits.perMember', {
        vi: 'Giới hạn mỗi người lớn hơn số lượng ưu đãi.',
        en: 'The limit per member is more than the stock.',
      }),
    );
  if (perMemberPerDay !== null && perMemberPerDay > perMember)
    findings.push(
      errorOf('OFR-108', 'limits.perMemberPerDay', {
        vi: 'Giới hạn mỗi ngày lớn hơn giới hạn mỗi người.',
        en: 'The limit per day is more than the limit per member.',
      }),
    );
  return findings;
}

/** OFR-111: a hold of a month on an offer of a day keeps units from everyone else. */
function checkHold({ terms }: Checked): Finding[] {
  const { fulfilment, window } = terms;
  if (fulfilment.mode === 'instant' || fulfilment.holdMinutes * 60_000 <= Date.parse(window.endsAt) - Date.parse(window.startsAt))
    return [];
  return [
    warningOf('OFR-111', 'fulfilment.holdMinutes', {
      vi: 'Thời gian giữ chỗ dài hơn thời gian ưu đãi.',
      en: 'The hold is longer than the window.',
    }),
  ];
}
