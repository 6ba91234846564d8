export type { AuditRecord } from './entry.ts';
export { auditRoutes } from './http.ts';
export { recordEntry } from './record-entry.ts';
export { type AuditVerdict, verifyAudit } from './verify-audit.ts';
