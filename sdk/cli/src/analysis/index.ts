export { type AnalysisOptions, analyse, type Findings } from './analyse.ts';
export { type AskPurpose, applyEdits, editsOf, type Finding, type Fix, type TextEdit } from './findings.ts';
export { toJson } from './output/json.ts';
export { toSarif } from './output/sarif.ts';
export { type TextOptions, toText } from './output/text.ts';
export type { Place } from './place.ts';
export { type CheckedProject, type OpenOptions, openProject, projectOf, SettingsError } from './project.ts';
export { RULE_CODES, RULES, type Rule, type RuleCode, type Severity } from './rules.ts';
