import { defineApp } from '@chung/contracts';

// The whole listing: nothing has to be typed into a form. `npx chung check` says what the platform will say of it.
export default defineApp({
  app_id: '__APP_ID__',
  name: { vi: '__NAME__', en: '__NAME__' },
  description: { vi: 'Ưu đãi của __NAME__ dành cho đoàn viên.', en: 'Offers of __NAME__ for members.' },
  icons: [{ src: 'icon.svg', sizes: 'any' }],
  version: { code: 1, name: '1.0.0' },
  platform_version: { min_code: 1 },
  // Each scope says what it is for; a program that calls more, or less, does not pass the check.
  req_permissions: [
    // __PERMISSIONS__
  ],
  // __LISTING__
  age_rating: 'all',
  data_retention: { kept: 'none' },
  contact: { email: '__EMAIL__' },
});
