import type { PublishedPackage } from './sdk-packages.mjs';

export function apiReport(one: PublishedPackage): string;
export function committedReport(one: PublishedPackage): string | null;
