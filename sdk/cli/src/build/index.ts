export { type BuildCheckSettings, type BuildCheckStep, checkBuild, type FoundBrowser } from '../check-build/index.ts';
export { type MiniAppSource, NothingToBuildError, readMiniApp } from './app.ts';
export { type BuildSettings, buildMiniApp } from './build.ts';
export { type BuiltFile, type Bundle, digestOf, FIRST_LOAD_BUDGET_BYTES, filesOf, firstLoadBytes } from './bundle.ts';
export { BuildError, type BuildProblem, problemLine } from './problems.ts';
export { ENTRY_FILE } from './rspack-configuration.ts';
export { type BuildReport, type ServedMiniApp, type ServeSettings, serveMiniApp } from './serve.ts';
