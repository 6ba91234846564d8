import { webApp } from '@chung/ui/vite';

export default webApp({ base: '/admin/', firstLoad: ['/texts/vi.ts'] });
