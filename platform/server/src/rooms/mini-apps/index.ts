export { miniAppsRoutes } from './http.ts';
export { createMiniApps, type MiniApps } from './mini-apps.ts';
