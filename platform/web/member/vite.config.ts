import { webApp } from '@chung/ui/vite';

// CHUNG_FIXTURE=1 answers the API from dev/fixture.ts, for work on pages without a platform running. Never part of a build.
const plugins = process.env['CHUNG_FIXTURE'] ? [(await import('./dev/fixture.ts')).fixture()] : [];

export default webApp({ base: '/', budgetKilobytes: 150, firstLoad: ['/texts/vi.ts'], plugins });
