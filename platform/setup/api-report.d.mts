import type { SdkPackage } from './sdk-packages.mjs';

export function apiReport(one: SdkPackage): string;
export function committedReport(one: SdkPackage): string | null;
