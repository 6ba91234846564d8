import { webApp } from '@chung/ui/vite';

export default webApp({ base: '/partner/', firstLoad: ['/texts/vi.ts'] });
