import { defineApp } from '@chung/contracts';

// The whole listing: nothing has to be typed into a form. `npx chung check` says what the platform will say of it.
export default defineApp({
  app_id: '__APP_ID__',
  name: { vi: '__NAME__', en: '__NAME__' },
  description: { vi: 'Ưu đãi của __NAME__ dành cho đoàn viên.', en: 'Offers of __NAME__ for members.' },
  icons: [{ src: 'icon.svg', sizes: 'any' }],
  version: { code: 1, name: '1.0.0' },
  platform_version: { min_code: 1 },
  req_permissions: [],
  offers: [
    {
      ref: 'welcome',
      draft: {
        title: { vi: 'Giảm 20% cho lần đầu', en: '20% off the first time' },
        summary: { vi: 'Giảm 20% cho đơn đầu tiên, tối đa 50.000 đ.', en: '20% off your first order, up to 50,000 đ.' },
        terms: {
          vi: 'Mỗi đoàn viên dùng 1 lần, cho đơn từ 100.000 đ. Không cộng với ưu đãi khác.',
          en: 'Once a member, for orders from 100,000 đ. Not together with other offers.',
        },
        category: 'other',
        // What members save must be true: the price is the one before the promotion, and a discount is half of it at the most.
        benefit: { kind: 'percentage', rateBasisPoints: 2_000, maxDiscountMinor: 50_000 },
        regularPriceMinor: 250_000,
        currency: 'VND',
        // Who pays for the discount; the shares add up to the whole.
        funding: [{ by: 'partner', shareBasisPoints: 10_000 }],
        stock: 1_000,
        limits: { perMember: 1, perMemberPerDay: null },
        window: { startsAt: '__STARTS__', endsAt: '__ENDS__' },
        // 'partner_confirmed' holds a unit until your cashier confirms the member's QR.
        fulfilment: { mode: 'instant' },
        codes: 'none',
        eligibility: { version: 1, all: [{ fact: 'verified' }] },
      },
    },
  ],
  age_rating: 'all',
  data_retention: { kept: 'none' },
  contact: { email: '__EMAIL__' },
});
