export { type Catalogue, createCatalogue } from './catalogue.ts';
export { catalogueRoutes } from './http.ts';
export type { CatalogueDeps, Viewer } from './viewer.ts';
